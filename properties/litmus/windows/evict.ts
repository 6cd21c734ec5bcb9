import { litmus, type Litmus, outcome } from '../litmus.ts';
import { results } from '../observables.ts';

/** An object with content in the device's memory, which it fills; the job that wrote it is done. */
const FILLED = `d = ttm.device(1, 1); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
  ttm.finish(d, j)`;

/** It was evicted for somebody who then gave up: the range is free, and still being read. */
const LEFT = `${FILLED}; b = ttm.create(d, [vram], impatient: true); e = ttm.create(d, [system])`;

/** Objects that move, against copies, jobs, and others who hold what they need. */
export const EVICT_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'next-owner-copy',
    window: 'EVICT-005',
    setup: LEFT,
    tasks: {
      A: 'ttm.validate(e, [vram], impatient: true)',
      B: 'ttm.finishCopy(d)',
    },
    sees: [results],
    outcomes: [
      outcome('A -ENOMEM; B done', ['EVICT-005'], 'the copy out of the range goes on'),
      outcome('A 0; B done', ['EVICT-005'], 'it was over before the next owner asked'),
    ],
  }),
  litmus({
    name: 'pin-evict',
    window: 'EVICT-007',
    setup: 'd = ttm.device(1, 1); a = ttm.create(d, [vram]); e = ttm.create(d, [system])',
    tasks: { A: 'ttm.pin(a); ttm.where(a)', B: 'ttm.validate(e, [vram])' },
    teardown: 'ttm.unpin(a); ttm.finishCopy(d)',
    sees: [results],
    outcomes: [
      outcome('A vram 0; B -ENOMEM', ['EVICT-007'], 'pinned, or about to be'),
      outcome('A system; B 0', ['EVICT-001'], 'evicted before it was pinned, where it is now'),
    ],
  }),
  litmus({
    name: 'last-put-job',
    window: 'EVICT-008',
    setup: 'd = ttm.device(1, 1); a = ttm.create(d, [vram]); x = ttm.submit(a, explicit, 7)',
    tasks: { A: 'ttm.put(a); ttm.usage(d, vram)', B: 'ttm.finish(d, x)' },
    sees: [results],
    outcomes: [
      outcome('A 1; B done', ['EVICT-008'], 'the worker has not come, or waits for the job'),
      outcome('A 0; B done', ['EVICT-008'], 'the job was done in time, or the worker was quick'),
    ],
  }),
];
