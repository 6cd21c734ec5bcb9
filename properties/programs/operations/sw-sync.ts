import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { TimelineWatch } from '../timeline-watch.ts';
import { fenceBehind, timelineBehind } from '../user-space.ts';
import { LOOK } from './inspect.ts';

/** What a debugger, or the debug file system, tells about software timelines. */
defineOperations([
  {
    // The text of `sync/info`.
    name: 'sys.swSyncInfo',
    parameters: [],
    *run(environment) {
      return yield* environment.stack.swSync.info();
    },
  },
  {
    // Values of the points that wait: `3 5`, and those in the tree if they differ.
    name: 'timeline.points',
    parameters: ['timeline'],
    *run(environment, args) {
      yield LOOK;
      const timeline = timelineBehind(environment, args.text('timeline'));
      looksAt(timeline);
      const { list, tree } = timeline;
      const listed = list.value.map((point) => String(point.base.seqno)).join(' ');
      const found = tree.value.map((point) => String(point.base.seqno)).join(' ');
      return listed === found ? listed : `${listed} / ${found}`;
    },
  },
  {
    name: 'timeline.value',
    parameters: ['timeline'],
    *run(environment, args) {
      yield LOOK;
      const timeline = timelineBehind(environment, args.text('timeline'));
      looksAt(timeline);
      return timeline.value.value;
    },
  },
  {
    name: 'timeline.context',
    parameters: ['timeline'],
    *run(environment, args) {
      yield LOOK;
      return timelineBehind(environment, args.text('timeline')).context;
    },
  },
  {
    // The flags of the fence behind a descriptor, as words.
    name: 'point.flags',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      const fence = fenceBehind(environment, args.text('fd'));
      looksAt(fence);
      const { bits } = fence.flags;
      const words = [
        (bits & SIGNALED) === 0 ? 'pending' : 'signaled',
        (bits & TIMESTAMP) === 0 ? '' : 'stamped',
        (bits & ENABLE_SIGNAL) === 0 ? '' : 'enabled',
      ];
      return words.filter((word) => word !== '').join(' ');
    },
  },
  {
    name: 'watch.timeline',
    parameters: ['timeline'],
    *run(environment, args) {
      const name = args.text('timeline');
      const watch = new TimelineWatch(timelineBehind(environment, name));
      environment.stack.world.observe(watch);
      environment.bind(`${name}.watch`, watch);
      return null;
    },
  },
]);
