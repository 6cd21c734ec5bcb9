import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { defineOperations } from '../operation.ts';
import { usageOf } from './resv.ts';

/** Walking over a reservation object step by step. */
defineOperations([
  {
    // The pending fences that a walk without the lock gives, in the order in which it does.
    name: 'resv.walk',
    parameters: ['resv', 'usage'],
    *run(environment, args) {
      const { resvWalk } = environment.stack;
      const cursor = resvWalk.begin(environment.find(args.text('resv'), DmaResv), usageOf(args));
      const visited: string[] = [];
      let fence = yield* resvWalk.first(cursor);
      while (fence !== null) {
        visited.push(fence.label);
        fence = yield* resvWalk.next(cursor);
      }
      yield* resvWalk.end(cursor);
      return visited.join(' ') || 'none';
    },
  },
]);
