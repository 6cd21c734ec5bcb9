import { SW_SYNC_IOC_INC, TimelineFile } from '../../../impl/dma-buf/sw-sync.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { File } from '../../../impl/uapi/file.ts';
import { userStructure } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';
import { timelineBehind } from '../user-space.ts';
import { LOOK } from './inspect.ts';

function timelineOf(environment: Environment, args: Arguments): SyncTimeline {
  return timelineBehind(environment, args.text('timeline'));
}

/** A timeline with an open file, and no descriptor for it. */
function* open(environment: Environment, _args: Arguments, out: string | null): KernelTask<Result> {
  const file = yield* environment.stack.swSync.open();
  if (file === null || !(file.ops instanceof TimelineFile)) return 'NULL';
  if (out !== null) {
    environment.bind(out, file.ops.timeline);
    environment.bind(`${out}.timeline`, file.ops.timeline);
    environment.bind(`${out}.open`, file);
  }
  environment.own(file, () => file.put());
  return null;
}

/** A point, pending or not, new or shared, that the program holds a reference on. */
function* point(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const made = yield* timelineOf(environment, args).createPoint(args.number('value'));
  if (made === null) return 'NULL';
  environment.bind(out, made.base);
  environment.ownFence(made.base);
  return null;
}

/** Calls on software timelines from inside the kernel, without the looking up of descriptors. */
defineOperations([
  { name: 'timeline.open', parameters: [], run: open },
  { name: 'timeline.point', parameters: ['timeline', 'value'], run: point },
  {
    name: 'timeline.inc',
    parameters: ['timeline', 'value'],
    *run(environment, args) {
      const argument = userStructure({ value: args.number('value') });
      const timeline = timelineOf(environment, args);
      return yield* environment.stack.swSync.dispatch(timeline, SW_SYNC_IOC_INC, argument);
    },
  },
  {
    // Drops the file's reference that the program has.
    name: 'timeline.close',
    parameters: ['timeline'],
    *run(environment, args) {
      const file = environment.find(`${args.text('timeline')}.open`, File);
      environment.disown(file);
      yield* file.put();
      return null;
    },
  },
  {
    // The timelines of the machine in the order in which they are listed.
    name: 'timeline.all',
    parameters: [],
    *run(environment) {
      yield LOOK;
      const { swSync } = environment.stack;
      looksAt(swSync);
      return swSync.timelines.value.map(({ label }) => label).join(' ');
    },
  },
]);
