import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { exactly } from '../drm-outcomes.ts';

const ENOENT = -2;
const EINVAL = -22;

const OWN = 'v = drm.device(vgem); d = drm.open(v); g = dumb.create(d)';
const EXPORTED = `${OWN}; b = prime.export(d, g)`;
const WITH_VKMS = `${EXPORTED}; w = drm.device(vkms); k = drm.open(w)`;

/** A new object that got the number of a closed one has none of its past. */
function isNoOther(run: Run): string | null {
  return resultNamed(run, 'same') === 0 ? 'a new object was exported as an old one' : null;
}

/** Properties of handles that end, alone and while others use them. */
export const CLOSING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['PRIME-010'],
    plan: `An importing object holds the buffer, the buffer the exporting object; objects and entries
      hold buffers only as long as there are handles, so nothing holds itself.
      - the last handle of an exporter closed without a descriptor, and with one
      - the exporter closed first, the importer later`,
    programs: [
      program('alone', {
        tasks: {
          A: `${EXPORTED}; sys.close(b); before = gem.look(g); close = gem.close(d, g)
            after = gem.look(g)`,
        },
      }),
      program('imported', {
        tasks: {
          A: `${WITH_VKMS}; h = prime.import(k, b); sys.close(b); gem.close(d, g)
            held = gem.look(g); gem.close(k, h); gone = gem.look(g); also = gem.look(h)`,
        },
      }),
    ],
    holds: results({
      alone: { before: 'references 2 handles 1 pins 0 exported', close: 0, after: 'freed' },
      imported: { held: 'references 1 handles 0 pins 1', gone: 'freed', also: 'freed' },
    }),
    forbids: ['leak', 'use-after-free', 'refcount'],
    witness: { freed: reached((run) => resultNamed(run, 'after') === 'freed') },
    faults: ['prime-010-keeps-buffer', 'BUG-GEM-06'],
  }),
  property({
    rules: ['PRIME-011'],
    plan: `An exporting object outlives its last handle while there is a descriptor: an import gives it
      a handle again, and an export the same buffer. An importing object ends with its handle.
      - export, close, import by the same file and by another, export
      - import, close, import: another attachment, and another object`,
    programs: [
      program('exporter', {
        tasks: {
          A: `${EXPORTED}; e = drm.open(v); gem.close(d, g); without = gem.look(g)
            h = prime.import(e, b); same = prime.sameObject(g, h); with = gem.look(h)
            count = sys.fdinfo(b); c = prime.export(e, h); buffer = sys.same(b, c)
            i = prime.import(d, b); again = prime.sameObject(g, i)`,
        },
      }),
      program('importer', {
        tasks: {
          A: `${WITH_VKMS}; h = prime.import(k, b); gem.close(k, h); first = gem.look(h)
            none = prime.attachments(b); i = prime.import(k, b); same = prime.sameObject(h, i)
            one = prime.attachments(b)`,
        },
      }),
    ],
    holds: results({
      exporter: {
        without: 'references 1 handles 0 pins 0',
        h: 1,
        same: true,
        with: 'references 2 handles 1 pins 0 exported',
        count: 'size 4096, count 3, exp_name drm',
        buffer: 0,
        i: 1,
        again: true,
      },
      importer: {
        first: 'freed',
        none: '0 attached 0 mapped',
        i: 1,
        same: false,
        one: '1 attached 1 mapped',
      },
    }),
    witness: { freed: reached((run) => resultNamed(run, 'first') === 'freed') },
    faults: ['prime-011-forgets-link', 'prime-011-keeps-importer'],
  }),
  property({
    rules: ['PRIME-012'],
    plan: `An export that meets the close of its last handle leaves nothing behind: either it comes too
      late, or the close takes away what it has entered.
      - export and close at once; the file's memory of buffers afterwards, and leaks`,
    programs: [
      program('export-close', {
        setup: OWN,
        tasks: {
          A: 'b = prime.export(d, g); sys.close(b); task.sleep(9); n = prime.entries(d); gem.look(g)',
          B: 'gem.close(d, g)',
        },
      }),
      program('name-close', {
        // The same for names, which are entered under the same lock.
        setup: `${OWN}; e = drm.open(v)`,
        tasks: {
          A: 'n = gem.flink(d, g); task.sleep(9); o = gem.open(e, n); gem.look(g)',
          B: 'gem.close(d, g)',
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    ...exactly({
      'export-close': ['A:0,0,,0,freed B:0', 'A:-2,-9,,0,freed B:0'],
      'name-close': ['A:1,,-2,freed B:0', 'A:-2,,-2,freed B:0'],
    }),
    forbids: ['leak', 'warn'],
    witness: {
      late: reached((run) => resultNamed(run, 'b') === ENOENT),
      inTime: reached((run) => resultNamed(run, 'b') === 0),
    },
    faults: ['prime-012-entry-before-slot', 'BUG-GEM-10'],
  }),
  property({
    rules: ['PRIME-013'],
    plan: `Close empties the slot, calls the driver, removes the entry, drops the count, and gives the
      number back last. An import in between gives the old handle, which is dead, or a fresh one.
      - import and close at once; close, and an object that may get the number
      - two handles of one object in one file: each has an entry of its own
      - what the driver's hooks see; a handle that is guessed before its maker has it
      - unknown handles, and 0`,
    programs: [
      program('import-close', {
        setup: EXPORTED,
        tasks: {
          A: 'gem.close(d, g)',
          B: 'h = prime.import(d, b); task.sleep(9); gem.close(d, h)',
        },
      }),
      program('reuse', {
        setup: EXPORTED,
        tasks: {
          A: 'gem.close(d, g)',
          B: 'x = dumb.create(d); c = prime.export(d, x); same = sys.same(b, c)',
        },
      }),
      program('two-handles', {
        tasks: {
          A: `${EXPORTED}; n = gem.flink(d, g); h = gem.open(d, n); c = prime.export(d, h)
            two = prime.entries(d); gem.close(d, h); one = prime.entries(d); i = prime.import(d, b)`,
        },
      }),
      program('hooks', {
        tasks: {
          A: `v = drm.watched(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)
            close = gem.close(d, g); again = gem.close(d, g); zero = gem.close(d, 0)
            unknown = gem.close(d, 77); seen = drm.seen(v)`,
        },
      }),
      program('guessed', {
        setup: 'v = drm.watched(vgem); d = drm.open(v)',
        tasks: { A: 'g = dumb.create(d)', B: 'gem.close(d, 1)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 40_000 }],
    holds: (run) => {
      if (run.program.name === 'reuse') return isNoOther(run);
      const closed = { close: 0, again: EINVAL, zero: EINVAL, unknown: EINVAL };
      return results({
        'import-close': {},
        'two-handles': { h: 2, two: 2, one: 1, i: 1 },
        hooks: { ...closed, seen: 'opened, closed cached' },
        guessed: {},
      })(run);
    },
    ...exactly({
      'import-close': ['A:0 B:1,,-22', 'A:0 B:1,,0', 'A:0 B:2,,0'],
      guessed: ['A:1 B:0', 'A:1 B:-22'],
    }),
    forbids: ['warn', 'leak', 'use-after-free'],
    witness: {
      dead: reached((run) => run.outcome === 'A:0 B:1,,-22'),
      fresh: reached((run) => run.outcome === 'A:0 B:2,,0'),
    },
    faults: [
      'prime-013-number-first',
      'prime-013-hook-late',
      'prime-012-entry-before-slot',
      'BUG-GEM-05',
      'BUG-GEM-08',
    ],
  }),
  property({
    rules: ['PRIME-014'],
    plan: `The file's PRIME lock is outside of the device's object-name lock, and that outside of the
      handle table's; attaching and mapping happen under the first two.
      - export, import of own and of foreign buffers, and close, one after the other`,
    programs: [
      program('all-paths', {
        tasks: {
          A: `${WITH_VKMS}; h = prime.import(k, b); e = drm.open(v); i = prime.import(e, b)
            prime.export(e, i); prime.export(k, h); gem.close(k, h); gem.close(d, g)
            n = prime.attachments(b)`,
        },
      }),
    ],
    holds: results({ 'all-paths': { n: '0 attached 0 mapped' } }),
    forbids: ['lockdep', 'deadlock'],
    witness: { through: reached((run) => resultNamed(run, 'n') === '0 attached 0 mapped') },
    faults: ['prime-014-names-outside'],
  }),
  property({
    rules: ['PRIME-016'],
    plan: `A device file that ends gives up all its handles, and knows no buffer any more.
      - exported and imported buffers, open handles, and a descriptor that stays`,
    programs: [
      program('end-of-file', {
        tasks: {
          A: `${WITH_VKMS}; h = prime.import(k, b); close = sys.close(k)
            a = prime.attachments(b); look = gem.look(h); dclose = sys.close(d)
            own = gem.look(g); count = sys.fdinfo(b)`,
        },
      }),
    ],
    holds: results({
      'end-of-file': {
        close: 0,
        a: '0 attached 0 mapped',
        look: 'freed',
        dclose: 0,
        own: 'references 1 handles 0 pins 0',
        count: 'size 4096, count 1, exp_name drm',
      },
    }),
    forbids: ['warn', 'leak'],
    witness: { ended: reached((run) => resultNamed(run, 'look') === 'freed') },
    faults: ['prime-016-entries-stay'],
  }),
];
