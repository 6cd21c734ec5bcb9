import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';

const ADD = 'f = fence.create(); cb = callback.create()';

/** Properties of callbacks: added, called once, removed. */
export const CALLBACK_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-046'],
    plan: `An accepted callback runs exactly once, a refused one never.
      - signal before, between and after the two looks at the flag (two and three tasks)`,
    programs: [
      program('add-signal', {
        setup: ADD,
        tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
      }),
      program('add-signal-irq', {
        setup: ADD,
        tasks: { A: 'fence.addCallback(f, cb)', 'irq@A': 'fence.signal(f)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: (run) => {
      const accepted = run.resultOf('A', 'fence.addCallback') === 0;
      const { calls } = run.environment.callback('cb');
      if (calls === (accepted ? 1 : 0)) return null;
      return `the callback was ${accepted ? 'accepted' : 'refused'} and called ${calls} times`;
    },
    witness: {
      accepted: reached((run) => run.resultOf('A', 'fence.addCallback') === 0),
      refused: reached((run) => run.resultOf('A', 'fence.addCallback') === -2),
    },
    faults: ['fence-046-no-second-look'],
  }),
];
