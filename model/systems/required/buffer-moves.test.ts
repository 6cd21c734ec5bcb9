import { expect, test } from 'vitest';
import { mistaken, rogue, survivors, unbound, without } from '../mutants.ts';
import { bufferMoves } from './buffer-moves.ts';

test('each property of buffers that move can be broken', () => {
  const left = survivors(bufferMoves({ importers: 2 }), {
    always: {
      'ATTACH-032': unbound('mover.enter', 'lock'),
      // The old place is given away without a look at the jobs.
      'ATTACH-031 no device': unbound('mover.reuse', 'job'),
      'ATTACH-028': unbound('mover.notify', 'view'),
      'ATTACH-009': unbound('unmap', 'view'),
      'ATTACH-007': unbound('detach', 'attachment'),
      'ATTACH-031 a job': rogue('fence 0', 'signal=0'),
    },
    deadlock: without('stamp'),
    sometimes: {
      'ATTACH-031': without('submit'),
      'ATTACH-033': without('mover.reuse'),
      'ATTACH-030': mistaken('map', 'view', 'mapOld'),
    },
    eventually: {
      'ATTACH-029': without('stamp'),
      'ATTACH-031': without('mover.reuse'),
    },
  });
  expect(left).toEqual([]);
});
