import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const ENOMEM = -12;
const EBUSY = -16;
const EINVAL = -22;
const EMFILE = -24;
const EBADFD = -77;

/** A file of four pages that may not shrink. */
const MEMFD = 'm = sys.memfd(16384, shrink)';

/** All of a list. */
function times(count: number, call: string): string {
  return Array.from({ length: count }, (_, index) => call.replaceAll('#', String(index))).join(
    '; ',
  );
}

/** Every combination of the seals that matter. */
const SEALS: readonly string[] = [
  'grow',
  'shrink',
  'shrink+grow',
  'write',
  'shrink+write',
  'futureWrite',
  'shrink+futureWrite',
  'shrink+write+futureWrite',
  'shrink+seal',
  'shrink+grow+seal',
  'exec',
];
const GOOD_SEALS: ReadonlySet<string> = new Set([
  'shrink',
  'shrink+grow',
  'shrink+seal',
  'shrink+grow+seal',
]);

/** Files, seals and ranges, and what happens when something fails. */
export const PINNING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UDMABUF-005'],
    plan: `Closed descriptors and files that are no memory files give -EBADFD.
      - a timeline, a buffer, a sync_file; a file without leave to seal is a memory file`,
    programs: [
      program('descriptors', {
        setup: `${MEMFD}; heap.addAll(); b = heap.buffer(4096); t = sys.timeline()
          e = dmabuf.exportSyncFile(b, read); p = sys.memfd(16384, flags: closeOnExec)`,
        tasks: {
          A: `a = udmabuf.create(99, 0, 4096); c = udmabuf.create(-1, 0, 4096); d = udmabuf.create(b, 0, 4096)
            f = udmabuf.create(t, 0, 4096); g = udmabuf.create(e, 0, 4096); h = udmabuf.create(p, 0, 4096)
            sys.close(m); i = udmabuf.create(m, 0, 4096)`,
        },
      }),
    ],
    holds: results({
      descriptors: {
        a: EBADFD,
        c: EBADFD,
        d: EBADFD,
        f: EBADFD,
        g: EBADFD,
        h: EINVAL,
        i: EBADFD,
      },
    }),
    witness: { other: reached((run) => resultNamed(run, 'd') === EBADFD) },
    faults: ['udmabuf-005-ebadf', 'udmabuf-005-einval-for-others'],
  }),
  property({
    rules: ['UDMABUF-006'],
    plan: `The file must have the shrink seal, and neither write seal.
      - every combination of the seals that matter, and others besides`,
    programs: [
      program('seals', {
        setup: SEALS.map((seals, index) => `m${index} = sys.memfd(4096, ${seals})`).join('; '),
        tasks: { A: times(SEALS.length, 'u# = udmabuf.create(m#, 0, 4096)') },
      }),
    ],
    holds: results({
      seals: Object.fromEntries(
        SEALS.map((seals, index) => [`u${index}`, GOOD_SEALS.has(seals) ? 0 : EINVAL]),
      ),
    }),
    witness: { good: reached((run) => resultNamed(run, 'u1') === 0) },
    faults: ['udmabuf-006-any-seals', 'udmabuf-006-future-writes', 'udmabuf-006-wants-grow'],
  }),
  property({
    rules: ['UDMABUF-007'],
    plan: `No seal is added between the look at the seals and the pinning of the pages.
      - a write seal, a future-write seal, at any moment of CREATE`,
    programs: [
      program('write', {
        setup: MEMFD,
        tasks: { A: 'u = udmabuf.create(m, 0, 4096)', B: 's = sys.addSeals(m, write)' },
      }),
      program('futureWrite', {
        setup: MEMFD,
        tasks: { A: 'u = udmabuf.create(m, 0, 4096)', B: 's = sys.addSeals(m, futureWrite)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 2000 }],
    holds: (run) => {
      const made = resultNamed(run, 'u');
      const sealed = resultNamed(run, 's');
      if (run.program.name === 'futureWrite') {
        return sealed === 0 && (made === 0 || made === EINVAL) ? null : `sealing gives ${sealed}`;
      }
      const isBefore = made === EINVAL && sealed === 0;
      const isAfter = made === 0 && sealed === EBUSY;
      return isBefore || isAfter ? null : `creating gives ${made}, sealing ${sealed}`;
    },
    witness: {
      before: reached((run) => run.program.name === 'write' && resultNamed(run, 'u') === EINVAL),
      after: reached((run) => resultNamed(run, 's') === EBUSY),
    },
    faults: ['BUG-UDMABUF-05'],
  }),
  property({
    rules: ['UDMABUF-008'],
    plan: `A range ends within the file, byte for byte, and is not empty; holes become zero pages.
      - at the end, one page behind it, files that end within a page; an empty entry among others
      - a file that nobody has written to`,
    programs: [
      program('ranges', {
        setup: `${MEMFD}; o = sys.memfd(5000, shrink); z = sys.memfd(0, shrink)`,
        tasks: {
          A: `a = udmabuf.create(m, 12288, 4096); b = udmabuf.create(m, 12288, 8192)
            c = udmabuf.create(m, 16384, 4096); d = udmabuf.create(o, 0, 4096)
            e = udmabuf.create(o, 4096, 4096); f = udmabuf.create(o, 0, 8192)
            g = udmabuf.createList([m, m, m], [0, 0, 4096], [4096, 0, 4096])
            h = udmabuf.create(z, 0, 4096); x = sys.mmap(a); y = sys.load(x, 9)`,
        },
      }),
    ],
    holds: results({
      ranges: {
        a: 0,
        b: EINVAL,
        c: EINVAL,
        d: 0,
        e: EINVAL,
        f: EINVAL,
        g: EINVAL,
        h: EINVAL,
        x: 0,
        y: 0,
      },
    }),
    witness: { hole: reached((run) => resultNamed(run, 'y') === 0) },
    faults: [
      'udmabuf-008-rounds-the-file',
      'udmabuf-008-behind-the-end',
      'udmabuf-008-empty-entry',
    ],
  }),
  property({
    rules: ['UDMABUF-012'],
    plan: `Whatever fails, nothing stays pinned, and what was exported is released once.
      - one failed allocation, wherever it comes; no descriptor left; the second entry is wrong`,
    programs: [
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${MEMFD}; n0 = sys.nextNumber()`,
        tasks: {
          A: `u = udmabuf.createList([m, m], [0, 4096]); p = inspect.pins(m); n1 = sys.nextNumber()`,
        },
      }),
      program('full', {
        setup: `${MEMFD}; d = udmabuf.open(); sys.fillTable()`,
        tasks: { A: 'u = udmabuf.create(m, 0, 4096, device: d); p = inspect.pins(m)' },
      }),
      program('second', {
        setup: MEMFD,
        tasks: {
          A: `a = udmabuf.createList([m, m], [0, 16384]); pa = inspect.pins(m)
            b = udmabuf.createList([m, 99]); pb = inspect.pins(m)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'double-free', 'use-after-free'],
    holds: (run) => {
      if (run.program.name !== 'no-memory') {
        return results({
          full: { u: EMFILE, p: 0 },
          second: { a: EINVAL, pa: 0, b: EBADFD, pb: 0 },
        })(run);
      }
      const made = resultNamed(run, 'u');
      if (made !== 0 && made !== ENOMEM) return `it returns ${String(made)}`;
      const pins = resultNamed(run, 'p');
      if (pins !== (made === 0 ? 2 : 0)) return `${String(pins)} pins are left`;
      const isSame = resultNamed(run, 'n0') === resultNamed(run, 'n1');
      return made === 0 || isSame ? null : 'a number stays reserved';
    },
    witness: {
      memory: reached((run) => resultNamed(run, 'u') === ENOMEM, 3),
      full: reached((run) => resultNamed(run, 'u') === EMFILE),
    },
    faults: [
      'udmabuf-012-keeps-pins',
      'udmabuf-012-keeps-the-buffer',
      'udmabuf-012-releases-twice',
    ],
  }),
  property({
    rules: ['UDMABUF-018'],
    plan: `Entries are seen to in their order, each completely: the first wrong one decides.
      - two entries with different mistakes, in both orders; the pins of the good ones before
      - a closed file in front of one without seals, a wrong range in front of both`,
    programs: [
      program('pairs', {
        setup: `${MEMFD}; p = sys.memfd(16384)`,
        tasks: {
          A: `a = udmabuf.createList([99, p]); b = udmabuf.createList([p, 99])
            c = udmabuf.createList([m, 99, p]); d = udmabuf.createList([m, p, 99])
            e = udmabuf.createList([m, 99], [16384, 0]); f = udmabuf.createList([99, m], [0, 16384])
            n = inspect.pins(m)`,
        },
      }),
      program('seal-before-range', {
        world: { failuresMax: 1 },
        setup: `${MEMFD}; p = sys.memfd(16384)`,
        tasks: { A: 'x = udmabuf.createList([m, p]); n = inspect.pins(m)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'pairs') {
        return results({
          pairs: { a: EBADFD, b: EINVAL, c: EBADFD, d: EINVAL, e: EINVAL, f: EBADFD, n: 0 },
        })(run);
      }
      const result = resultNamed(run, 'x');
      if (result !== EINVAL && result !== ENOMEM) return `it returns ${String(result)}`;
      return resultNamed(run, 'n') === 0 ? null : 'a pin is left';
    },
    witness: {
      first: reached((run) => resultNamed(run, 'b') === EINVAL),
      memory: reached((run) => resultNamed(run, 'x') === ENOMEM),
    },
    faults: ['udmabuf-018-descriptors-first', 'udmabuf-018-last-decides'],
  }),
  property({
    rules: ['UDMABUF-019'],
    plan: `While a buffer holds pages of a file the write seal is refused; all the rest stays possible.
      - growing, the other seals, future-write; after the buffer has gone
      - one buffer of two goes`,
    programs: [
      program('seals', {
        setup: `${MEMFD}; u = udmabuf.create(m, 0, 4096); v = udmabuf.create(m, 4096, 4096)`,
        tasks: {
          A: `w = sys.addSeals(m, write); g = sys.truncate(m, 20480); h = sys.addSeals(m, grow)
            f = sys.addSeals(m, futureWrite); sys.close(u); x = sys.addSeals(m, write)
            n = inspect.pins(m); sys.close(v); y = sys.addSeals(m, write); s = sys.seals(m)`,
        },
      }),
      program('mapping', {
        setup: `${MEMFD}; u = udmabuf.create(m, 0, 4096); x = sys.mmap(u); sys.close(u)`,
        tasks: {
          A: 'w = sys.addSeals(m, write); sys.munmap(x); y = sys.addSeals(m, write)',
        },
      }),
    ],
    holds: results({
      seals: {
        w: EBUSY,
        g: 0,
        h: 0,
        f: 0,
        x: EBUSY,
        n: 1,
        y: 0,
        s: 'shrink+grow+write+futureWrite',
      },
      mapping: { w: EBUSY, y: 0 },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'w') === EBUSY, 2) },
    faults: [
      'udmabuf-019-does-not-notice',
      'udmabuf-019-refuses-all-seals',
      'udmabuf-019-one-unpins-all',
    ],
  }),
];
