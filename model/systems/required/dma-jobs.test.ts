import { expect, test } from 'vitest';
import { both, survivors, unbound, without } from '../mutants.ts';
import { dmaJobs } from './dma-jobs.ts';

test('each property of copies by an engine can be broken', () => {
  expect(
    survivors(dmaJobs({ tasks: 3 }), {
      always: {
        // It fails what was done just before the reset.
        'HW-DMA-005': unbound('watchdog.reset', 'job', 'lock'),
        // It takes no note of the job.
        'HW-DMA-004': unbound('handler.signal', 'engine'),
      },
      deadlock: both(without('handler.fail'), without('handler.leave')),
      sometimes: {
        'HW-DMA-006': without('engine.hang'),
        'HW-DMA-003': without('engine.lostInterrupt', 'engine.raise'),
        'HW-DMA-005': without('engine.partial.error', 'watchdog.reset'),
      },
      eventually: {
        'HW-DMA-006': without('watchdog.reset'),
        'HW-DMA-003': without('handler.poll'),
      },
    }),
  ).toEqual([]);
});
