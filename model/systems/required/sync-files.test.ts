import { expect, test } from 'vitest';
import { both, rogue, survivors, unbound, without } from '../mutants.ts';
import { syncFiles } from './sync-files.ts';

const system = syncFiles({ tasks: [[0], [0]], files: 1 });

test('each property of sync_files can be broken', () => {
  expect(
    survivors(system, {
      always: {
        'SYNCFILE-012': rogue('callback 0', 'add', 'run', 'ran'),
        // The file has no reference of its own.
        'SYNCFILE-003': unbound('signaller.create', 'fence'),
        // A close takes every file for one that was never polled.
        'SYNCFILE-015': unbound('putUntried', 'claim'),
        'SYNCFILE-014': unbound('signaller.wake', 'trigger'),
      },
      deadlock: both(unbound('signaller.wake', 'trigger'), without('expire')),
      sometimes: {
        'SYNCFILE-013': without('refused', 'seesDone'),
        'SYNCFILE-014': unbound('signaller.wake', 'trigger'),
        'SYNCFILE-015 a close takes': without('remove'),
        'SYNCFILE-015 a close comes': without('signaller.run'),
        'SYNCFILE-003': without('putFenceLast'),
      },
      eventually: {
        'SYNCFILE-014': unbound('signaller.wake', 'trigger'),
        'SYNCFILE-015': without('release'),
      },
    }),
  ).toEqual([]);
});

test('who comes too late must wake up those who sleep already', () => {
  const left = survivors(system, {
    always: {},
    deadlock: both(unbound('wake', 'trigger'), without('expire')),
    sometimes: {},
    eventually: { 'SYNCFILE-014': unbound('wake', 'trigger') },
  });
  // Only this is asked here.
  expect(left.filter((line) => line.includes('survives'))).toEqual([]);
});
