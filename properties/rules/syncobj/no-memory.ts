import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { type AskingCalls, lacked, lackingMemory, saysSo } from '../refused/no-memory.ts';
import { OPEN } from './calls.ts';

const ENOMEM = -12;
const EINVAL = -22;

const SETUP = `${OPEN}; f = fence.create(); g = fence.create(); a = so.create(t); b = so.create(t)
  c = so.create(t); e = sys.eventfd(); syncobj.replace(b.syncobj, f)
  syncobj.addPoint(c.syncobj, f, 5); syncobj.addPoint(c.syncobj, g, 6); x = so.toFd(t, b)`;

/** Calls that ask for memory, the error that each gives without, and what it does otherwise. */
const CALLS: AskingCalls = {
  create: ['so.create(t)', ENOMEM, 4],
  'create-signaled': ['so.create(t, 1)', ENOMEM, 4],
  'to-fd': ['so.toFd(t, b)', ENOMEM, 0],
  export: ['so.toFd(t, b, 1)', EINVAL, 0],
  'from-fd': ['so.fromFd(t, x)', ENOMEM, 4],
  reset: ['so.reset(t, [b])', ENOMEM, 0],
  signal: ['so.signal(t, [b])', ENOMEM, 0],
  wait: ['so.wait(t, [b, c])', ENOMEM, -62],
  'timeline-wait': ['so.timelineWait(t, [c], [5], available)', ENOMEM, 'first 0'],
  'timeline-signal': ['so.timelineSignal(t, [a, b], [1, 2])', ENOMEM, 0],
  query: ['so.query(t, [b])', ENOMEM, '0'],
  transfer: ['so.transfer(t, c, 6, a, 0)', ENOMEM, 0],
  'transfer-flat': ['so.transfer(t, c, 6, a, 3)', ENOMEM, 0],
  'transfer-one': ['so.transfer(t, b, 0, a, 3)', ENOMEM, 0],
  'transfer-none': ['fence.signal(f); r = so.transfer(t, b, 0, a, 3)', ENOMEM, 0],
  eventfd: ['so.eventfd(t, a, 0, e)', ENOMEM, 0],
};

/** Properties of requests that find no memory. */
export const NO_MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: [
      'SYNCOBJ-026',
      'SYNCOBJ-002',
      'SYNCOBJ-006',
      'SYNCOBJ-007',
      'SYNCOBJ-029',
      'SYNCOBJ-031',
    ],
    plan: `A request that finds no memory, wherever it asks for it, says so and changes nothing in the whole
      world; an export says -EINVAL.
      - every request that asks for memory × every place where it does`,
    programs: lackingMemory(SETUP, CALLS, 'fence.signal(f); fence.signal(g)'),
    holds: saysSo(CALLS),
    schedules: [{ kind: 'all', runsMax: 200 }],
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free'],
    witness: { refused: reached(lacked(CALLS), 25) },
    faults: [
      'syncobj-026-half',
      'syncobj-002-leaks-half-made',
      'syncobj-006-keeps-the-number',
      'syncobj-007-keeps-failed',
      'syncobj-029-forgets-merged',
      'BUG-SYNCOBJ-03',
    ],
  }),
  property({
    rules: ['SYNCOBJ-012'],
    plan: `A signal of several objects ends at the first that finds no memory for its stub, and says so.
      - two empty objects × every place where memory is asked for`,
    programs: [
      program('two', {
        world: { failuresMax: 1 },
        setup: `${OPEN}; a = so.create(t); b = so.create(t)`,
        tasks: {
          A: `r = so.signal(t, [a, b]); first = syncobj.look(a.syncobj)
            second = syncobj.look(b.syncobj)`,
        },
      }),
    ],
    holds: (run) => {
      const [result, first, second] = ['r', 'first', 'second'].map((name) =>
        resultNamed(run, name),
      );
      if (result === 0 && (first === 'empty' || second === 'empty')) return 'one is not signaled';
      return result === ENOMEM && second !== 'empty' && second !== undefined
        ? 'it goes on behind a failure'
        : null;
    },
    schedules: [{ kind: 'all', runsMax: 200 }],
    forbids: ['leak', 'refcount'],
    witness: {
      failed: reached((run) => resultNamed(run, 'r') === ENOMEM, 3),
      half: reached((run) => String(resultNamed(run, 'first')).startsWith('fence')),
    },
    faults: ['syncobj-012-goes-on'],
  }),
];
