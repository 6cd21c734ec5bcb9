import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

/** 31 bytes: with the final 0 the field is full. */
const LONGEST_NAME = 'aaaaaaaaaabbbbbbbbbbccccccccccd';

/** One point on each of two timelines. */
const PAIR = `t = sys.timeline(); u = sys.timeline()
  f = sys.createFence(t, 1); g = sys.createFence(u, 1)`;

const EFAULT = -14;
const ENOMEM = -12;

/** Without memory a merge says so before it finds out that nobody can be told. */
function memoryFirst(run: Run): string | null {
  const failed = run.program.world.failuresMax > run.world.failuresLeft;
  const result = resultNamed(run, 'm');
  const expected = failed ? ENOMEM : EFAULT;
  return result === expected ? null : `the merge gives ${String(result)}, not ${expected}`;
}

/** A failed merge leaves the table as it was, and the inputs with one reference each. */
function leavesNothing(run: Run): string | null {
  if (resultNamed(run, 'm') === 0) return null;
  const before = resultNamed(run, 'before');
  const after = resultNamed(run, 'after');
  if (before !== after) return `the next number was ${String(before)}, and is ${String(after)}`;
  const counts = [resultNamed(run, 'nf'), resultNamed(run, 'ng')];
  return counts.every((count) => count === 1) ? null : `references: ${counts.join(', ')}`;
}

const FAILING = `before = sys.nextNumber(); m = sys.merge(f, g, memory: MEMORY)
  after = sys.nextNumber(); nf = inspect.references(f.fence); ng = inspect.references(g.fence)`;

/** Properties of MERGE. */
export const MERGE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-006'],
    plan: `Of several mistakes in one MERGE the first in order is reported.
      - a full table, an unreadable argument, flags or pad, the second descriptor, memory, an
        unwritable argument: each with all that come behind it, as far as they can be combined`,
    programs: [
      program('full', {
        setup: `${PAIR}; sys.fillTable()`,
        tasks: {
          A: `bad = sys.merge(f, g, memory: bad); flags = sys.merge(f, -1, flags: 1)
            second = sys.merge(f, -1)`,
        },
      }),
      program('sequential', {
        setup: `${PAIR}; sys.close(g)`,
        tasks: {
          A: `bad = sys.merge(f, -1, flags: 1, memory: bad)
            flags = sys.merge(f, -1, flags: 1); pad = sys.merge(f, -1, pad: 1)
            both = sys.merge(f, f, flags: 1, memory: readOnly)
            none = sys.merge(f, -1, memory: readOnly); closed = sys.merge(f, g)
            other = sys.merge(f, t); first = sys.merge(g, f)
            told = sys.merge(f, f, memory: readOnly); fine = sys.merge(f, f)`,
        },
      }),
      program('memory', {
        setup: PAIR,
        world: { failuresMax: 1 },
        tasks: { A: 'm = sys.merge(f, g, memory: readOnly)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'memory') return memoryFirst(run);
      return results({
        full: { bad: -24, flags: -24, second: -24 },
        sequential: {
          bad: -14,
          flags: -22,
          pad: -22,
          both: -22,
          none: -2,
          closed: -2,
          other: -2,
          first: -9,
          told: -14,
          fine: 0,
        },
      })(run);
    },
    witness: {
      full: reached((run) => resultNamed(run, 'second') === -24),
      withoutMemory: reached((run) => resultNamed(run, 'm') === ENOMEM, 2),
      unwritable: reached((run) => resultNamed(run, 'm') === EFAULT),
    },
    faults: [
      'syncfile-006-descriptor-last',
      'syncfile-006-ignores-pad',
      'syncfile-006-bad-descriptor',
      'syncfile-006-memory-is-invalid',
    ],
  }),
  property({
    rules: ['SYNCFILE-007'],
    plan: `A failed MERGE leaves nothing behind; a good one writes everything back.
      - each allocation fails in turn; nobody can be told
      - the new descriptor ends with an exec; the name that comes back is cut`,
    programs: [
      program('failing', {
        setup: PAIR,
        world: { failuresMax: 1 },
        tasks: { A: FAILING.replace('MEMORY', 'ok') },
      }),
      program('untold', { setup: PAIR, tasks: { A: FAILING.replace('MEMORY', 'readOnly') } }),
      program('made', {
        setup: PAIR,
        tasks: {
          A: `m = sys.merge(f, g, name: aaaaaaaaaabbbbbbbbbbccccccccccddddd)
            back = sys.mergeMemory(m); modes = sys.modes(m)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: (run) => {
      if (run.program.name !== 'made') return leavesNothing(run);
      const back = `${LONGEST_NAME} made`;
      return results({ made: { m: 0, back, modes: 'readOnly closeOnExec' } })(run);
    },
    witness: {
      failed: reached((run) => resultNamed(run, 'm') === ENOMEM, 3),
      untold: reached((run) => resultNamed(run, 'm') === EFAULT),
      made: reached((run) => resultNamed(run, 'back') !== undefined),
    },
    faults: ['BUG-SYNCFILE-01', 'syncfile-007-keeps-the-number', 'syncfile-007-survives-exec'],
  }),
  property({
    rules: ['SYNCFILE-008'],
    plan: `The result of a MERGE stands for itself; the inputs can be used and closed as before.
      - both inputs are closed, then their points signal one after the other
      - the inputs are used after the merge; a file is merged with itself`,
    programs: [
      program('closed', {
        setup: `${PAIR}; m = sys.merge(f, g); sys.close(f); sys.close(g)`,
        tasks: {
          A: `p0 = sys.poll(m, in); sys.inc(t, 1); p1 = sys.poll(m, in); sys.inc(u, 1)
            p2 = sys.poll(m, in); s = sys.info(m)`,
        },
      }),
      program('inputs', {
        setup: `${PAIR}; m = sys.merge(f, g, joint)`,
        tasks: {
          A: `sys.inc(t, 1); p = sys.poll(f, in); sys.close(m); i = sys.info(f); j = sys.info(g)
            c = sys.close(f); d = sys.close(g)`,
        },
      }),
      program('itself', {
        setup: `${PAIR}; m = sys.merge(f, f)`,
        tasks: { A: 'p0 = sys.poll(m, in); sys.close(f); sys.inc(t, 1); p1 = sys.poll(m, in)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free', 'deadlock'],
    holds: results({
      closed: { p0: 'none', p1: 'none', p2: 'in' },
      inputs: { p: 'in', i: 'sw_sync-init1-1 1 1', j: 'sw_sync-init2-1 0 1', c: 0, d: 0 },
      itself: { p0: 'none', p1: 'in' },
    }),
    witness: {
      closed: reached((run) => resultNamed(run, 'p2') === 'in'),
      itself: reached((run) => run.program.name === 'itself' && resultNamed(run, 'p1') === 'in'),
    },
    faults: ['syncfile-008-takes-the-inputs', 'syncfile-008-refuses-itself'],
  }),
  property({
    rules: ['SYNCFILE-009'],
    plan: `A MERGE of finished inputs is finished and good, whatever became of the inputs.
      - one input failed, both failed; one pending input makes it an ordinary merge
      - two points of one timeline: the later one stands for both`,
    programs: [
      program('one-failed', {
        setup: `${PAIR}; sys.inc(t, 1); sys.close(u)`,
        tasks: { A: 'before = sys.info(g); m = sys.merge(f, g, x); i = sys.info(m, 1)' },
      }),
      program('both-failed', {
        setup: `${PAIR}; sys.close(t); sys.close(u)`,
        tasks: { A: 'm = sys.merge(f, g); i = sys.info(m, 1); p = sys.poll(m, all)' },
      }),
      program('one-pending', {
        setup: `${PAIR}; sys.close(u)`,
        tasks: { A: 'm = sys.merge(f, g); i = sys.info(m, 1)' },
      }),
      program('one-timeline', {
        setup: `${PAIR}; h = sys.createFence(t, 5)`,
        tasks: { A: 'm = sys.merge(h, f); i = sys.info(m, 1)' },
      }),
    ],
    holds: results({
      'one-failed': { before: 'sw_sync-init2-1 -2 1', i: 'x 1 1 | stub stub 1 1000000000' },
      'both-failed': { i: 'stub-stub0-0 1 1 | stub stub 1 1000000000', p: 'in' },
      'one-pending': { i: 'sw_sync-init1-1 0 1 | sw_sync init 0 0' },
      'one-timeline': { i: 'sw_sync-init1-5 0 1 | sw_sync init 0 0' },
    }),
    witness: {
      stub: reached((run) => String(resultNamed(run, 'i')).includes('stub'), 2),
      pending: reached((run) => String(resultNamed(run, 'i')).includes('sw_sync'), 2),
    },
    faults: ['syncfile-009-keeps-the-error', 'syncfile-009-keeps-both'],
  }),
  property({
    rules: ['SYNCFILE-010'],
    plan: `A merged file has the given name, cut to 31 bytes; an empty one is made up.
      - 7, 31 and 40 bytes; none, for a leaf, a stub and a container`,
    programs: [
      program('named', {
        setup: PAIR,
        tasks: {
          A: `a = sys.merge(f, g, holiday); i = sys.info(a)
            b = sys.merge(f, g, aaaaaaaaaabbbbbbbbbbccccccccccd); j = sys.info(b)
            c = sys.merge(f, g, aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd); k = sys.info(c)`,
        },
      }),
      program('unnamed', {
        setup: PAIR,
        tasks: {
          A: `a = sys.merge(f, g); i = sys.info(a); b = sys.merge(f, f); j = sys.info(b)
            sys.inc(t, 1); c = sys.merge(f, f); k = sys.info(c)`,
        },
      }),
    ],
    holds: results({
      named: {
        i: 'holiday 0 2',
        j: `${LONGEST_NAME} 0 2`,
        k: `${LONGEST_NAME} 0 2`,
      },
      unnamed: {
        i: 'dma_fence_array-unbound3-1 0 2',
        j: 'sw_sync-init1-1 0 1',
        k: 'stub-stub0-0 1 1',
      },
    }),
    witness: {
      cut: reached((run) => String(resultNamed(run, 'k')).startsWith(`${LONGEST_NAME} `)),
      madeUp: reached((run) => String(resultNamed(run, 'k')).startsWith('stub-stub')),
    },
    faults: ['syncfile-010-shorter', 'syncfile-010-names-the-unnamed'],
  }),
];
