import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENOMEM = -12;
const EBUSY = -16;
const EINVAL = -22;
const EIO = -5;

/** A file of four pages, the first byte of page n being n + 1. */
const FILLED = `m = sys.memfd(16384, shrink); sys.put(m, 0, 1); sys.put(m, 4096, 2)
  sys.put(m, 8192, 3); sys.put(m, 12288, 4)`;

/** Maps, unmaps and maintenance of tables, as `map 0, cpu 2`. */
function ledger(run: Run): string {
  const words: Readonly<Record<string, string>> = {
    dma_map_sg: 'map',
    dma_unmap_sg: 'unmap',
    dma_sync_sg_for_cpu: 'cpu',
    dma_sync_sg_for_device: 'device',
  };
  const parts = run.sightings.map(({ name, detail }) => {
    const word = words[name];
    return word === undefined ? '' : `${word} ${detail}`;
  });
  return parts.filter((part) => part !== '').join(', ');
}

/** Every table is unmapped once, in the direction in which it was mapped. */
function balanced(run: Run): string | null {
  const mapped = new Map<object, number>();
  for (const { name, object, detail } of run.sightings) {
    if (name === 'dma_map_sg') mapped.set(object, detail);
    if (name !== 'dma_unmap_sg') continue;
    if (mapped.get(object) !== detail) {
      return `${object.label} is unmapped as ${detail}, mapped as ${mapped.get(object) ?? 'never'}`;
    }
    mapped.delete(object);
  }
  return mapped.size === 0 ? null : 'a table stays mapped';
}

/** What buffers of memory files show, and their brackets. */
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
  property({
    rules: ['UDMABUF-015'],
    plan: `The first begin makes a table and keeps it, all sync it for the CPU.
      - three brackets in different directions; the table goes with the buffer, as it was mapped
      - a first begin that fails, and the next one; two first begins at once`,
    programs: [
      program('brackets', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: {
          A: `a = dmabuf.sync(u, read); b = dmabuf.sync(u, write); c = dmabuf.sync(u, read+write)
            e = dmabuf.sync(u, write+end); sys.close(u)`,
        },
      }),
      program('fails', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, write); y = dmabuf.sync(u, read); sys.close(u)' },
      }),
      program('fails-and-goes', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, write); sys.close(u)' },
      }),
      program('two-first', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'p = dmabuf.sync(u, read)', B: 'q = dmabuf.sync(u, read)' },
        teardown: 'sys.close(u)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['leak', 'double-free', 'use-after-free', 'bug', 'races'],
    holds: both(balanced, (run) => {
      const { name } = run.program;
      const seen = ledger(run);
      if (name.startsWith('fails')) {
        const first = resultNamed(run, 'x');
        if (first !== 0 && first !== ENOMEM && first !== EIO) return `it returns ${String(first)}`;
        if (name === 'fails-and-goes') return null;
        const second = resultNamed(run, 'y');
        if (first !== 0 && second !== 0) return `the second begin returns ${String(second)}`;
        const direction = first === 0 ? 1 : 2;
        return seen.startsWith(`map ${direction}, cpu ${direction}`) ? null : `it does ${seen}`;
      }
      const wanted: Readonly<Record<string, string>> = {
        brackets: 'map 2, cpu 2, cpu 1, cpu 0, device 1, unmap 2',
        'two-first': 'map 2, cpu 2, cpu 2, unmap 2',
      };
      if (seen !== wanted[name]) return `${name}: ${seen}`;
      return results({ brackets: { a: 0, b: 0, c: 0, e: 0 }, 'two-first': { p: 0, q: 0 } })(run);
    }),
    witness: {
      kept: reached((run) => resultNamed(run, 'c') === 0),
      fails: reached((run) => resultNamed(run, 'x') === EIO),
      again: reached((run) => resultNamed(run, 'x') === ENOMEM && resultNamed(run, 'y') === 0),
    },
    faults: [
      'BUG-UDMABUF-03',
      'BUG-UDMABUF-04',
      'KERN-UDMABUF-01',
      'udmabuf-015-table-for-each',
      'udmabuf-015-no-sync-of-the-first',
    ],
  }),
  property({
    rules: ['UDMABUF-016'],
    plan: `An end before any begin is refused; behind one it always syncs for the device.
      - ends first, ends without begin between, in every direction
      - a begin that failed does not count, one that was interrupted while it waited does`,
    programs: [
      program('ends', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: {
          A: `a = dmabuf.sync(u, read+end); b = dmabuf.sync(u, read); c = dmabuf.sync(u, write+end)
            d = dmabuf.sync(u, read+write+end); e = dmabuf.sync(u, read+end)`,
        },
      }),
      program('failed', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, read); y = dmabuf.sync(u, read+end)' },
      }),
      program('interrupted', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192); f = fence.create()
          dmabuf.add(u, f, WRITE)`,
        tasks: {
          A: 's = dmabuf.sync(u, read); t = dmabuf.sync(u, read+end)',
          B: 'task.sleep(5); task.interrupt(A)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'failed') {
        const isBegun = resultNamed(run, 'x') === 0;
        return resultNamed(run, 'y') === (isBegun ? 0 : EINVAL) ? null : 'an end is wrong';
      }
      const wanted: Readonly<Record<string, string>> = {
        ends: 'map 2, cpu 2, device 1, device 0, device 2, unmap 2',
        interrupted: 'map 2, cpu 2, device 2, unmap 2',
      };
      if (ledger(run) !== wanted[name]) return `${name}: ${ledger(run)}`;
      return results({
        ends: { a: EINVAL, b: 0, c: 0, d: 0, e: 0 },
        interrupted: { s: -512, t: 0 },
      })(run);
    },
    witness: {
      refused: reached((run) => resultNamed(run, 'a') === EINVAL),
      failed: reached((run) => resultNamed(run, 'y') === EINVAL),
      interrupted: reached((run) => resultNamed(run, 's') === -512),
    },
    faults: [
      'udmabuf-016-end-is-free',
      'udmabuf-016-failed-begin-counts',
      'udmabuf-016-end-does-nothing',
    ],
  }),
  property({
    rules: ['UDMABUF-017'],
    plan: `The core keeps the mapping of an attachment: another direction is refused, except behind both.
      - pairs of directions, on attachments of their own; the same direction again`,
    programs: [
      program('pairs', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192); a = attach.static(u, gpu)
          b = attach.static(u, gpu)
          c = attach.static(u, gpu)`,
        tasks: {
          A: `t1 = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t1, TO_DEVICE)
            t2 = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t2, TO_DEVICE); t3 = attach.mapUnlocked(a, FROM_DEVICE)
            t4 = attach.mapUnlocked(a, BIDIRECTIONAL); u1 = attach.mapUnlocked(b, BIDIRECTIONAL)
            attach.unmapUnlocked(b, u1, BIDIRECTIONAL)
            u2 = attach.mapUnlocked(b, TO_DEVICE); attach.unmapUnlocked(b, u2, TO_DEVICE)
            u3 = attach.mapUnlocked(b, FROM_DEVICE)
            attach.unmapUnlocked(b, u3, FROM_DEVICE)
            v1 = attach.mapUnlocked(c, FROM_DEVICE); attach.unmapUnlocked(c, v1, FROM_DEVICE)
            v2 = attach.mapUnlocked(c, TO_DEVICE)`,
        },
        teardown: 'attach.detach(u, a); attach.detach(u, b); attach.detach(u, c)',
      }),
    ],
    holds: both(
      results({
        pairs: {
          t1: 't1',
          t2: 't1',
          t3: EBUSY,
          t4: EBUSY,
          u1: 'u1',
          u2: 'u1',
          u3: 'u1',
          v1: 'v1',
          v2: EBUSY,
        },
      }),
      (run) => {
        const wanted = 'map 1, map 0, map 2, unmap 1, unmap 0, unmap 2';
        return ledger(run) === wanted ? null : `it does ${ledger(run)}`;
      },
    ),
    witness: { refused: reached((run) => resultNamed(run, 't3') === EBUSY) },
    faults: ['udmabuf-017-not-cached', 'udmabuf-017-one-table'],
  }),
];
