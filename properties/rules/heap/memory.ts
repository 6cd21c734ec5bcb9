import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';

const EINTR = -4;
const EIO = -5;
const ENOMEM = -12;
const EACCES = -13;
const EINVAL = -22;

const HEAPS = ['system', 'reserved'] as const;

/** Fills pages of a buffer, gives it back, and looks at the next one. */
function reused(heap: string): Program {
  return program(`reused-${heap}`, {
    setup: `heap.addAll(); b = heap.buffer(12288, ${heap}); m = sys.mmap(b, 12288)
      sys.store(m, 0, 255); sys.store(m, 4095, 255); sys.store(m, 5000, 255); sys.store(m, 12287, 255)
      sys.munmap(m); sys.close(b)`,
    tasks: {
      A: `c = heap.buffer(12288, ${heap}); n = sys.mmap(c, 12288); l0 = sys.load(n, 0)
        l1 = sys.load(n, 4095); l2 = sys.load(n, 5000); l3 = sys.load(n, 12287); sys.munmap(n)
        v = buf.vmapUnlocked(c); k0 = buf.peek(v, 0); k3 = buf.peek(v, 12287)
        buf.vunmapUnlocked(c, v)`,
    },
  });
}

function repeated(order: string, count: number): string {
  return Array.from({ length: count }, () => order).join(' ');
}

/** What a buffer can be made of when one allocation fails. */
const FALLING: Readonly<Record<string, readonly string[]>> = {
  'chunks-middle': ['4 4', repeated('0', 32), `4 ${repeated('0', 16)}`],
  'chunks-large': ['8', repeated('4', 16)],
};

/** The memory of buffers: contents, chunks, blocks, and how processes see it. */
export const MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HEAP-010'],
    plan: `A fresh buffer reads as zero everywhere.
      - first and last bytes of pages, through a mapping and by the kernel, of both heaps
      - behind a buffer that was filled and given back`,
    programs: HEAPS.map(reused),
    holds: (run) => {
      const zeros = { c: 0, l0: 0, l1: 0, l2: 0, l3: 0, k0: 0, k3: 0 };
      return results({ 'reused-system': zeros, 'reused-reserved': zeros })(run);
    },
    witness: { zero: reached((run) => resultNamed(run, 'l3') === 0, 2) },
    faults: ['heap-010-dirty-system', 'heap-010-dirty-reserved'],
  }),
  property({
    rules: ['HEAP-011'],
    plan: `The system heap takes the largest chunk of 1 MiB, 64 KiB, 4 KiB that fits what is left.
      - one of each, sizes between them, several of one kind; segments are the chunks`,
    programs: [
      program('chunks', {
        setup: 'heap.addAll()',
        tasks: {
          A: `a = heap.buffer(4096); ca = heap.chunks(a); b = heap.buffer(61440); cb = heap.chunks(b)
            c = heap.buffer(65536); cc = heap.chunks(c); d = heap.buffer(1048576); cd = heap.chunks(d)
            e = heap.buffer(1118208); ce = heap.chunks(e); f = heap.buffer(2166784); cf = heap.chunks(f)
            x = attach.static(e, gpu); t = attach.mapUnlocked(x, BIDIRECTIONAL)
            s = attach.segments(t); attach.unmapUnlocked(x, t, BIDIRECTIONAL)
            attach.detach(e, x)`,
        },
      }),
    ],
    holds: results({
      chunks: {
        ca: '0',
        cb: repeated('0', 15),
        cc: '4',
        cd: '8',
        ce: '8 4 0',
        cf: '8 8 4 0',
        s: '256 16 1',
      },
    }),
    witness: { all: reached((run) => resultNamed(run, 'ce') === '8 4 0') },
    faults: ['heap-011-single-pages', 'heap-011-too-large', 'heap-011-smallest-first'],
  }),
  property({
    rules: ['HEAP-012'],
    plan: `Where a large chunk is not to be had, the next smaller one is taken, and none larger after
      it; without single pages there is nothing.
      - one failed allocation, wherever it comes: 128 KiB, 1 MiB, 2 pages`,
    programs: [
      program('chunks-middle', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); h = heap.open(system)',
        tasks: { A: 'b = heap.alloc(h, 131072); c = heap.chunks(b)' },
      }),
      program('chunks-large', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); h = heap.open(system)',
        tasks: { A: 'b = heap.alloc(h, 1048576); c = heap.chunks(b)' },
      }),
      program('pages', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll()',
        tasks: { A: 'b = heap.buffer(8192)' },
      }),
    ],
    forbids: ['leak'],
    holds: (run) => {
      const result = resultNamed(run, 'b');
      if (result !== 0) return result === ENOMEM ? null : `it returns ${String(result)}`;
      const chunks = String(resultNamed(run, 'c'));
      const wanted = FALLING[run.program.name];
      return wanted === undefined || wanted.includes(chunks) ? null : `chunks are ${chunks}`;
    },
    outcomes: (outcomes, { name }) => {
      const missing = FALLING[name]?.find((chunks) => !outcomes.has(`A:0,${chunks}`));
      return missing === undefined ? null : `${name}: never gives ${missing}`;
    },
    witness: {
      smaller: reached((run) => resultNamed(run, 'c') === repeated('4', 16)),
      mixed: reached((run) => resultNamed(run, 'c') === `4 ${repeated('0', 16)}`),
      none: reached((run) => run.program.name === 'pages' && resultNamed(run, 'b') === ENOMEM),
    },
    faults: ['heap-012-gives-up', 'heap-012-tries-large-again', 'heap-012-leaks'],
  }),
  property({
    rules: ['HEAP-013'],
    plan: `A signal that ends the process ends an allocation between two chunks.
      - before and during an allocation of three chunks; other signals do not`,
    programs: [
      program('killed-before', {
        setup: 'heap.addAll()',
        tasks: { A: 'task.kill(A); b = heap.buffer(12288)' },
      }),
      program('killed', {
        setup: 'heap.addAll()',
        tasks: { A: 'b = heap.buffer(12288)', B: 'task.kill(A)' },
      }),
      program('signaled', {
        setup: 'heap.addAll()',
        tasks: { A: 'task.interrupt(A); b = heap.buffer(12288)' },
      }),
    ],
    forbids: ['leak'],
    holds: (run) => {
      const result = resultNamed(run, 'b');
      if (run.program.name === 'killed') {
        return result === 0 || result === EINTR ? null : `it returns ${String(result)}`;
      }
      return results({ 'killed-before': { b: EINTR }, signaled: { b: 0 } })(run);
    },
    witness: {
      ended: reached((run) => run.program.name === 'killed' && resultNamed(run, 'b') === EINTR),
      late: reached((run) => run.program.name === 'killed' && resultNamed(run, 'b') === 0),
    },
    faults: ['heap-013-goes-on', 'heap-013-any-signal', 'heap-013-enomem'],
  }),
  property({
    rules: ['HEAP-014'],
    plan: `The contiguous heap gives one aligned block; its buffers bear the name of its area.
      - 1, 3 and 17 pages; no block`,
    programs: [
      program('blocks', {
        setup: `heap.addAll(); b = heap.buffer(12288, reserved); a = attach.static(b, gpu)
            t = attach.mapUnlocked(a, BIDIRECTIONAL)`,
        tasks: {
          A: `s = attach.segments(t); l = attach.isAligned(t, 16384); i = sys.fdinfo(b)
            c = heap.buffer(69632, reserved); x = attach.static(c, gpu)
            u = attach.mapUnlocked(x, BIDIRECTIONAL)
            r = attach.segments(u); m = attach.isAligned(u, 131072)
            attach.unmapUnlocked(x, u, BIDIRECTIONAL)
            attach.detach(c, x)`,
        },
        teardown: 'attach.unmapUnlocked(a, t, BIDIRECTIONAL); attach.detach(b, a)',
      }),
      program('none', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll()',
        tasks: { A: 'b = heap.buffer(12288, reserved)' },
      }),
    ],
    forbids: ['leak'],
    holds: (run) => {
      if (run.program.name === 'none') {
        const result = resultNamed(run, 'b');
        return result === 0 || result === ENOMEM ? null : `it returns ${String(result)}`;
      }
      return results({
        blocks: {
          s: '3',
          l: true,
          i: 'size 12288, count 1, exp_name reserved',
          r: '17',
          m: true,
        },
      })(run);
    },
    witness: {
      block: reached((run) => resultNamed(run, 'r') === '17'),
      none: reached((run) => resultNamed(run, 'b') === ENOMEM),
    },
    faults: ['heap-014-pieces', 'heap-014-unaligned', 'heap-014-fixed-name', 'heap-014-ebusy'],
  }),
  property({
    rules: ['HEAP-018'],
    plan: `Mapping: the system heap shows all pages at once and takes private mappings of one page, the
      contiguous heap wants shared ones.
      - offsets, the last page, private mappings of one page and of two`,
    programs: HEAPS.map((heap) =>
      program(heap, {
        setup: `heap.addAll(); b = heap.buffer(12288, ${heap})`,
        tasks: {
          A: `w = sys.mmap(b, 12288); sys.store(w, 4100, 7); sys.store(w, 8200, 9)
            o = sys.mmap(b, 8192, 4096); l = sys.load(o, 4); m = sys.load(o, 4104)
            e = sys.mmap(b, 4096, 8192); n = sys.load(e, 8); x = sys.load(e, 4096)
            p = sys.mmap(b, 4096, 0, private: true); q = sys.mmap(b, 8192, 0, private: true)
            t = sys.mmap(b, 8192, 0, read, true)`,
        },
      }),
    ),
    holds: (run) => {
      const common = { w: 0, o: 0, l: 7, m: 9, e: 0, n: 9, x: 'SIGSEGV', q: EINVAL, t: EINVAL };
      return results({
        system: { ...common, p: 0 },
        reserved: { ...common, p: EINVAL },
      })(run);
    },
    witness: { shared: reached((run) => resultNamed(run, 'n') === 9, 2) },
    faults: ['heap-018-ignores-the-offset', 'heap-018-private-refused', 'heap-018-private-block'],
  }),
  property({
    rules: ['HEAP-019'],
    plan: `No access mode is refused, and each has its limits for mappings; a bracket need not begin.
      - every mode with both protections; brackets that end first, on both heaps`,
    programs: [
      program('modes', {
        setup: `heap.addAll(); r = heap.buffer(4096, fdFlags: readOnly)
          w = heap.buffer(4096, fdFlags: writeOnly); n = heap.buffer(4096, fdFlags: noAccess)
          b = heap.buffer(4096, fdFlags: readWrite)`,
        tasks: {
          A: `rr = sys.mmap(r, 4096, 0, read); rw = sys.mmap(r, 4096, 0, read+write)
            wr = sys.mmap(w, 4096, 0, read); nr = sys.mmap(n, 4096, 0, read)
            br = sys.mmap(b, 4096, 0, read); bw = sys.mmap(b, 4096, 0, read+write)
            s = dmabuf.sync(n, read+write); x = heap.buffer(4096, fdFlags: readWrite+nonBlock)`,
        },
      }),
      program('end-first', {
        setup: 'heap.addAll(); b = heap.buffer(4096); c = heap.buffer(4096, reserved)',
        tasks: {
          A: `e = dmabuf.sync(b, read+end); f = dmabuf.sync(c, write+end)
            s = dmabuf.sync(b, read)`,
        },
      }),
    ],
    holds: results({
      modes: { rr: 0, rw: EACCES, wr: EACCES, nr: EACCES, br: 0, bw: 0, s: 0, x: EINVAL },
      'end-first': { e: 0, f: 0, s: 0 },
    }),
    witness: { limits: reached((run) => resultNamed(run, 'rw') === EACCES) },
    faults: ['heap-019-needs-reading', 'heap-019-end-needs-begin', 'heap-006-nonblocking'],
  }),
  property({
    rules: ['HEAP-015'],
    plan: `Each attachment has a table of its own, made when it attaches, for all its mappings.
      - two devices; one mapped again in another direction; brackets behind a detach
      - a failing attach, a failing mapping: its code in one heap, -ENOMEM in the other`,
    programs: [
      ...HEAPS.map((heap) =>
        program(`tables-${heap}`, {
          setup: `heap.addAll(); b = heap.buffer(8192, ${heap}); a = attach.static(b, gpu)
            c = attach.static(b, gpu)`,
          tasks: {
            A: `t = attach.mapUnlocked(a, TO_DEVICE); u = attach.mapUnlocked(c, TO_DEVICE)
              attach.unmapUnlocked(a, t, TO_DEVICE); v = attach.mapUnlocked(a, FROM_DEVICE)`,
          },
          teardown: `attach.unmapUnlocked(a, v, FROM_DEVICE); attach.unmapUnlocked(c, u, TO_DEVICE)
            attach.detach(b, a); attach.detach(b, c); s = dmabuf.sync(b, read)`,
        }),
      ),
      ...HEAPS.map((heap) =>
        program(`failing-${heap}`, {
          world: { failuresMax: 1 },
          setup: `heap.addAll(); b = heap.buffer(8192, ${heap}); a = attach.static(b, gpu)`,
          tasks: { A: 't = attach.mapUnlocked(a, TO_DEVICE)' },
          teardown: 'attach.giveBack(a, t, TO_DEVICE); attach.detach(b, a)',
        }),
      ),
      program('attach', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); b = heap.buffer(8192); c = buf.get(b)',
        tasks: { A: 'a = attach.static(c, gpu); l = attach.list(c)' },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 200 }],
    forbids: ['leak'],
    holds: (run) => {
      const { name } = run.program;
      if (name.startsWith('tables')) {
        return results({ [name]: { t: 't', u: 'u', v: 't', s: 0 } })(run);
      }
      if (name === 'attach') {
        const isMade = resultNamed(run, 'a') === 0;
        return results({ attach: { a: isMade ? 0 : ENOMEM, l: isMade ? 'gpu' : '' } })(run);
      }
      const result = resultNamed(run, 't');
      const error = name === 'failing-system' ? EIO : ENOMEM;
      return result === 't' || result === error ? null : `${name}: it returns ${String(result)}`;
    },
    witness: {
      again: reached((run) => resultNamed(run, 'v') === 't', 2),
      mapping: reached((run) => resultNamed(run, 't') === EIO),
      attach: reached((run) => resultNamed(run, 'a') === ENOMEM),
    },
    faults: [
      'heap-015-one-table',
      'heap-015-new-table-each-time',
      'heap-015-one-code',
      'heap-015-listed-for-nothing',
    ],
  }),
  property({
    rules: ['HEAP-015'],
    plan: `An attachment that is mapped twice without an unmap, which importers must not do, gets its
      one table twice; another attachment beside it does not.
      - the table that is handed out twice is all that is wrong`,
    programs: HEAPS.map((heap) =>
      program(`twice-${heap}`, {
        setup: `heap.addAll(); b = heap.buffer(8192, ${heap}); a = attach.static(b, gpu)
          c = attach.static(b, gpu)`,
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); u = attach.mapUnlocked(a, TO_DEVICE)
            v = attach.mapUnlocked(c, TO_DEVICE)`,
        },
        teardown: `attach.unmapUnlocked(a, t, TO_DEVICE); attach.unmapUnlocked(c, v, TO_DEVICE)
          attach.detach(b, a); attach.detach(b, c)`,
      }),
    ),
    allows: ['attachments'],
    holds: (run) => {
      const wrong = results({ [run.program.name]: { t: 't', u: 't', v: 'v' } })(run);
      if (wrong !== null) return wrong;
      const said = run.findings.filter(({ judge }) => judge === 'attachments');
      const messages = said.map(({ message }) => message).join('; ');
      const wanted = 't is handed out while a has it';
      return messages === wanted ? null : `${run.program.name}: ${messages || 'nobody minds'}`;
    },
    witness: { twice: reached((run) => resultNamed(run, 'u') === 't', 2) },
    faults: ['heap-015-one-table', 'heap-015-new-table-each-time'],
  }),
];
