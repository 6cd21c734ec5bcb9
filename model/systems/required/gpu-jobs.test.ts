import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { gpuJobs } from './gpu-jobs.ts';

test('each property of jobs on a ring can be broken', () => {
  expect(
    survivors(gpuJobs({ tasks: 3 }), {
      always: {
        // It fails what was done just before the reset.
        'HW-GPU-014': unbound('recovery.fail', 'job'),
        'HW-GPU-003': unbound('gpu.finish', 'gpu'),
      },
      deadlock: without('handler.leave'),
      sometimes: {
        'HW-GPU-008': without('gpu.raise'),
        // A reset takes interrupts away, too.
        'HW-GPU-009': without('gpu.lostInterrupt', 'recovery.reset'),
        'HW-GPU-011': without('submit.lost'),
        'HW-GPU-012': without('gpu.hang'),
      },
      eventually: {
        'HW-GPU-012': without('recovery.reset'),
        'HW-GPU-009': without('handler.poll'),
        'HW-GPU-013': without('recovery.resetDone'),
      },
    }),
  ).toEqual([]);
});
