import { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';

/** Fences of a software timeline, made without descriptors. */
defineOperations([
  {
    name: 'fence.createPoint',
    parameters: ['value'],
    *run(environment, args, out) {
      const { stack } = environment;
      const context = yield* stack.fences.contextAlloc(1);
      const timeline = new stack.types.SyncTimeline(stack, 'points', context);
      stack.swSync.timelines.push(timeline);
      environment.own(timeline, () => timeline.close());
      const point = yield* timeline.createPoint(args.number('value', 1));
      if (point === null) return null;
      environment.bind(out, point.base);
      environment.ownFence(point.base);
      return null;
    },
  },
  {
    // What the point of a timeline remembers of its hints.
    name: 'fence.deadlineOf',
    parameters: ['fence'],
    *run(environment, args) {
      const { ops } = environment.fence(args.text('fence'));
      if (!(ops instanceof SyncPoint)) return null;
      looksAt(ops);
      return Number(ops.deadlineNs.value);
    },
  },
]);
