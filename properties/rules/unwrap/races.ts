import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { callOf, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const PAIR = 'f = fence.create(); g = fence.create()';
const SHAPES = ['array f g', 'leaf f', 'leaf g'];

/** When the first leaf signaled after the first pass and before the second looked at it again. */
function signalsBetweenPasses(run: Run): boolean {
  const [counted] = sighted(run, 'g', 'poll').filter(({ task }) => task === 'A');
  const [signal] = sighted(run, 'f', 'signal');
  if (counted === undefined || signal === undefined) return false;
  if (signal.step < counted.step) return false;
  const [, polled] = sighted(run, 'f', 'poll').filter(({ task }) => task === 'A');
  const [taken] = sighted(run, 'f', 'get').filter(({ task }) => task === 'A');
  const collected = polled ?? taken;
  const merge = callOf(run, 'A', 'unwrap.merge');
  return signal.step < (collected?.step ?? merge?.end ?? 0);
}

function isDoneTooEarly(run: Run): string | null {
  const poll = callOf(run, 'A', 'fence.isSignaled');
  if (poll?.result !== true || poll.end === null) return null;
  for (const name of ['f', 'g']) {
    const [signal] = sighted(run, name, 'signal');
    if (signal === undefined || signal.step > poll.end) {
      return `the result (${String(resultNamed(run, 'm'))}) is done, and ${name} is pending`;
    }
  }
  return null;
}

/** Properties of merges that race with signals. */
export const MERGE_RACE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UNWRAP-013'],
    plan: `A leaf that signals between the two passes is left out; the result is a stub, a leaf or
      an array.
      - both leaves signal, in turn, at any moment of the merge`,
    programs: [
      program('passes', {
        setup: PAIR,
        tasks: {
          A: 'm = unwrap.merge([f, g])',
          B: 'fence.signalTimestamp(f, 5000); fence.signalTimestamp(g, 7000)',
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: (run) => {
      const merged = String(resultNamed(run, 'm'));
      if (!SHAPES.includes(merged) && merged !== 'stub 7000') return `the merge gives ${merged}`;
      if (!signalsBetweenPasses(run) || !merged.split(' ').includes('f')) return null;
      return `f had signaled before it was collected, and the merge gives ${merged}`;
    },
    witness: {
      between: reached(signalsBetweenPasses),
      stub: reached((run) => resultNamed(run, 'm') === 'stub 7000'),
      leaf: reached((run) => resultNamed(run, 'm') === 'leaf g'),
      array: reached((run) => resultNamed(run, 'm') === 'array f g'),
    },
    faults: ['unwrap-013-collects-what-was-counted'],
  }),
  property({
    rules: ['UNWRAP-014'],
    plan: `The result is done only when every leaf is that was pending when it was collected.
      - the leaves signal one after the other while the result is polled`,
    programs: [
      program('in-order', {
        setup: PAIR,
        tasks: {
          A: 'm = unwrap.merge([f, g]); done = fence.isSignaled(m)',
          B: 'fence.signal(f); fence.signal(g)',
        },
      }),
      program('reversed', {
        setup: PAIR,
        tasks: {
          A: 'm = unwrap.merge([f, g]); done = fence.isSignaled(m)',
          B: 'fence.signal(g); fence.signal(f)',
        },
      }),
    ],
    holds: isDoneTooEarly,
    witness: {
      done: reached((run) => resultNamed(run, 'done') === true),
      half: reached((run) => {
        const poll = callOf(run, 'A', 'fence.isSignaled');
        const signals = [...sighted(run, 'f', 'signal'), ...sighted(run, 'g', 'signal')];
        const before = signals.filter(({ step }) => step < (poll?.begin ?? 0));
        return before.length === 1 && poll?.result === false;
      }),
    },
    faults: ['unwrap-014-forgets-one'],
  }),
];
