import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const ENOMEM = -12;
const EINVAL = -22;

/** A file of four pages, the first byte of page n being n + 1. */
const FILLED = `m = sys.memfd(16384, shrink); sys.put(m, 0, 1); sys.put(m, 4096, 2)
  sys.put(m, 8192, 3); sys.put(m, 12288, 4)`;

/** What buffers of memory files show. */
export const USING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UDMABUF-010'],
    plan: `A buffer has the ranges of its list in that order, one behind the other, repeated or not.
      - two files, overlapping ranges, the same page twice; size and mode
      - through mappings of the process and of the kernel`,
    programs: [
      program('mode', {
        setup: FILLED,
        tasks: { A: 'u = udmabuf.create(m, 0, 4096); i = sys.modes(u)' },
      }),
      program('ranges', {
        setup: `${FILLED}; n = sys.memfd(8192, shrink); sys.put(n, 4096, 9)`,
        tasks: {
          A: `u = udmabuf.createList([m, n, m, m], [8192, 4096, 0, 4096], [8192, 4096, 8192, 4096])
            s = sys.lseek(u, 0, 2); i = sys.modes(u); x = sys.mmap(u, 24576); l0 = sys.load(x, 0)
            l1 = sys.load(x, 4096); l2 = sys.load(x, 8192); l3 = sys.load(x, 12288)
            l4 = sys.load(x, 16384); l5 = sys.load(x, 20480); v = buf.vmapUnlocked(u)
            k1 = buf.peek(v, 4096); k2 = buf.peek(v, 8192); k5 = buf.peek(v, 20480)
            buf.vunmapUnlocked(u, v)`,
        },
      }),
    ],
    holds: results({
      mode: { u: 0, i: 'readWrite closeOnExec' },
      ranges: {
        u: 0,
        s: 24_576,
        i: 'readWrite closeOnExec',
        l0: 3,
        l1: 4,
        l2: 9,
        l3: 1,
        l4: 2,
        l5: 2,
        k1: 4,
        k2: 9,
        k5: 2,
      },
    }),
    witness: { twice: reached((run) => resultNamed(run, 'l5') === 2) },
    faults: ['udmabuf-010-first-file', 'udmabuf-010-reversed', 'udmabuf-010-read-only'],
  }),
  property({
    rules: ['UDMABUF-011'],
    plan: `Buffer and file share their pages, for as long as the buffer lives.
      - writes through the file, a mapping of the buffer, a mapping of the file
      - the file closed; pins before and after the buffer goes
      - no pin is dropped before a table, a kernel's or a process's mapping of the pages`,
    programs: [
      program('shared', {
        setup: `${FILLED}; u = udmabuf.create(m, 4096, 8192); x = sys.mmap(u, 8192)
          f = sys.mmap(m, 16384)`,
        tasks: {
          A: `sys.put(m, 4097, 7); a = sys.load(x, 1); sys.store(x, 4098, 8); b = sys.peek(m, 8194)
            sys.store(f, 4099, 9); c = sys.load(x, 3); d = sys.load(f, 8194); p = inspect.pins(m)
            sys.munmap(f); sys.close(m); sys.store(x, 5, 6); e = sys.load(x, 5); g = sys.load(x, 1)`,
        },
      }),
      program('pins', {
        setup: `${FILLED}; u = udmabuf.create(m, 4096, 8192)`,
        tasks: { A: 'p = inspect.pins(m); sys.close(u); q = inspect.pins(m)' },
      }),
      program('bracketed', {
        setup: `${FILLED}; u = udmabuf.create(m, 4096, 8192)`,
        tasks: { A: 's = dmabuf.sync(u, read); sys.close(u); q = inspect.pins(m)' },
      }),
      program('views', {
        setup: `${FILLED}; u = udmabuf.create(m, 4096, 8192); b = attach.static(u, gpu)`,
        tasks: {
          A: `x = sys.mmap(u, 8192); v = buf.vmapUnlocked(u)
            t = attach.mapUnlocked(b, BIDIRECTIONAL)
            attach.unmapUnlocked(b, t, BIDIRECTIONAL); attach.detach(u, b); e = buf.peek(v, 0)
            buf.vunmapUnlocked(u, v)
            sys.close(u); g = sys.load(x, 0)`,
        },
      }),
    ],
    forbids: ['use-after-free', 'leak', 'mapped pages'],
    holds: results({
      shared: { a: 7, b: 8, c: 9, d: 8, p: 1, e: 6, g: 7 },
      pins: { p: 1, q: 0 },
      bracketed: { s: 0, q: 0 },
      views: { x: 0, v: 'v', t: 't', e: 2, g: 2 },
    }),
    witness: { closed: reached((run) => resultNamed(run, 'e') === 6) },
    faults: [
      'udmabuf-011-copies',
      'udmabuf-011-not-pinned',
      'udmabuf-011-unpins-first',
      'udmabuf-011-pinned-by-devices',
    ],
  }),
  property({
    rules: ['UDMABUF-013'],
    plan: `Only shared mappings are given, within the buffer, page by page.
      - private ones of one page, offsets, the end; behind the end there is no byte`,
    programs: [
      program('mappings', {
        setup: `${FILLED}; u = udmabuf.create(m, 4096, 8192)`,
        tasks: {
          A: `p = sys.mmap(u, 4096, 0, read, true); q = sys.mmap(u, 4096, 0, read+write, true)
            a = sys.mmap(u, 4096, 4096); l = sys.load(a, 0); b = sys.mmap(u, 8192, 4096)
            c = sys.mmap(u, 12288, 0); d = sys.mmap(u, 4096, 8192); e = sys.load(a, 4096)
            f = buf.fault(u, 2); g = buf.fault(u, 1)`,
        },
      }),
    ],
    holds: results({
      mappings: {
        p: EINVAL,
        q: EINVAL,
        a: 0,
        l: 3,
        b: EINVAL,
        c: EINVAL,
        d: EINVAL,
        e: 'SIGSEGV',
        f: 'SIGBUS',
        g: 3,
      },
    }),
    witness: { behind: reached((run) => resultNamed(run, 'f') === 'SIGBUS') },
    faults: ['BUG-UDMABUF-01', 'udmabuf-013-private', 'udmabuf-013-ignores-the-offset'],
  }),
  property({
    rules: ['UDMABUF-014'],
    plan: `The kernel's mapping shows all pages in a row.
      - small pages, and small pages inside huge ones, at offsets; no memory for it`,
    programs: [
      program('small', {
        setup: `${FILLED}; u = udmabuf.createList([m, m], [8192, 0], [8192, 4096])`,
        tasks: {
          A: `v = buf.vmapUnlocked(u); a = buf.peek(v, 0); b = buf.peek(v, 4096)
            c = buf.peek(v, 8192); buf.poke(v, 5, 4097); d = sys.peek(m, 12289)
            buf.vunmapUnlocked(u, v)`,
        },
      }),
      program('huge', {
        setup: `m = sys.memfd(4194304, shrink, sealing+huge); f = sys.mmap(m, 4194304)
          sys.store(f, 0, 1); sys.store(f, 4096, 2); sys.store(f, 2101248, 3)
          u = udmabuf.createList([m, m], [4096, 2101248])`,
        tasks: {
          A: `x = sys.mmap(u, 8192); k = sys.load(x, 0); l = sys.load(x, 4096)
            v = buf.vmapUnlocked(u)
            a = buf.peek(v, 0); b = buf.peek(v, 4096); buf.vunmapUnlocked(u, v)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'v = buf.vmapUnlocked(u)' },
        teardown: 'buf.vgiveBack(u, v)',
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        const result = resultNamed(run, 'v');
        return result === 'v' || result === ENOMEM ? null : `it returns ${String(result)}`;
      }
      return results({
        small: { v: 'v', a: 3, b: 4, c: 1, d: 5 },
        huge: { k: 2, l: 3, v: 'v', a: 2, b: 3 },
      })(run);
    },
    witness: {
      huge: reached((run) => run.program.name === 'huge' && resultNamed(run, 'b') === 3),
      none: reached((run) => resultNamed(run, 'v') === ENOMEM),
    },
    faults: ['KERN-UDMABUF-02', 'udmabuf-014-first-range', 'udmabuf-014-ebusy'],
  }),
];
