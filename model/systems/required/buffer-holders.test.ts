import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { bufferHolders } from './buffer-holders.ts';

test('each property of buffers can be broken', () => {
  const system = bufferHolders({
    tasks: [
      { buffer: 0, kind: 'maps' },
      { buffer: 0, kind: 'maps' },
      { buffer: 0, kind: 'shows' },
    ],
    buffers: 1,
  });
  const left = survivors(system, {
    always: {
      'BUF-010': unbound('putLast', 'file'),
      'BUF-029': unbound('share', 'buffer'),
      'BUF-022': unbound('show', 'buffer'),
      'BUF-024': unbound('acquireList', 'list lock'),
      'LOCKING-004': unbound('lock', 'lock'),
    },
    deadlock: without('releaseList'),
    sometimes: {
      'BUF-029': without('share'),
      'BUF-022': without('unlist'),
      'BUF-014': without('lister.acquireList'),
    },
    eventually: { 'BUF-014': without('free') },
  });
  expect(left).toEqual([]);
});
