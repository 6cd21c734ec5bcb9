import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { execTasks } from './exec-tasks.ts';

test('each property of transactions can be broken', () => {
  const left = survivors(execTasks({ tasks: 2, objects: 2 }), {
    always: {
      'EXEC-001': unbound('unlock', 'lock'),
      // What is locked ahead stays so at the end of the loop.
      'EXEC-003': unbound('dropAhead', 'lock'),
      'EXEC-010': unbound('unlockClosed', 'lock'),
      'EXEC-002': unbound('takeSlow', 'exec'),
      // The oldest one gives way for nothing.
      'EXEC-009': unbound('deny', 'lock'),
    },
    deadlock: without('die', 'deny'),
    sometimes: {
      'EXEC-002': without('again', 'againShorter'),
      'EXEC-003': without('againShorter'),
    },
    eventually: {
      'EXEC-009': without('grant'),
    },
  });
  expect(left).toEqual([]);
});
