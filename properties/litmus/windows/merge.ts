import { litmus, type Litmus, outcome } from '../litmus.ts';
import { results } from '../observables.ts';

const TWO = 'f = fence.create(); g = fence.create()';

/** Merging against signals. */
export const MERGE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'merge-signal',
    window: 'RACE-26',
    setup: TWO,
    tasks: { A: 'm = unwrap.merge([f, g])', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A array f g; B 0', ['UNWRAP-009', 'UNWRAP-014'], 'f was pending when collected'),
      outcome('A leaf g; B 0', ['UNWRAP-008', 'UNWRAP-013'], 'f had signaled'),
    ],
  }),
  litmus({
    name: 'merge-one-signal',
    window: 'RACE-26',
    setup: 'f = fence.create()',
    tasks: { A: 'm = unwrap.merge([f])', B: 'fence.signalTimestamp(f, 5)' },
    sees: [results],
    outcomes: [
      outcome('A leaf f; B 0', ['UNWRAP-008'], 'pending when collected; perhaps done by now'),
      outcome('A stub 5; B 0', ['UNWRAP-006'], 'it signaled before it was collected'),
    ],
  }),
  litmus({
    name: 'merge-late-time',
    window: 'RACE-26',
    setup: `${TWO}; fence.signalTimestamp(g, 9)`,
    tasks: { A: 'm = unwrap.merge([f, g])', B: 'fence.signalTimestamp(f, 5)' },
    sees: [results],
    outcomes: [
      outcome('A leaf f; B 0', ['UNWRAP-008'], 'pending when collected'),
      outcome('A stub 9; B 0', ['UNWRAP-006'], 'both had signaled: the latest time counts'),
    ],
  }),
  litmus({
    name: 'merge-two-contexts',
    window: 'RACE-26',
    setup: `${TWO}; fence.signal(f)`,
    tasks: { A: 'm = unwrap.merge([f, g])', B: 'fence.signal(g)' },
    sees: [results],
    outcomes: [
      outcome('A leaf g; B 0', ['UNWRAP-008'], 'pending when collected'),
      outcome('A stub 1000000000; B 0', ['UNWRAP-006', 'UNWRAP-007'], 'nothing was pending'),
    ],
  }),
  litmus({
    name: 'context-for-the-array',
    window: 'RACE-26',
    setup: TWO,
    tasks: { A: 'm = unwrap.merge([f, g])', B: 'context.alloc(1)' },
    sees: [results, ({ environment }) => `m in ${environment.fence('m').context}`],
    outcomes: [
      outcome('A array f g; B 3, m in 4', ['FENCE-003'], 'B was first'),
      outcome('A array f g; B 4, m in 3', ['FENCE-003'], 'the merge was first'),
    ],
  }),
];
