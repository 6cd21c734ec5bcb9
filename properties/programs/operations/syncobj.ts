import { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Eventfd } from '../../../impl/uapi/eventfd.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { descriptorArgument, userCalls } from '../user-space.ts';
import { LOOK } from './inspect.ts';

/** What calls on objects may be told to do, as words joined by `+`. */
export const WAIT_FLAGS: Readonly<Record<string, number>> = {
  none: 0,
  all: 1,
  submit: 2,
  available: 4,
  deadline: 8,
};

/** Flags are words or a number: `all+submit`, 16. */
export function waitFlags(args: Arguments): number {
  const given = args.has('flags') ? args.either('flags') : 'none';
  if (typeof given === 'number') return given;
  let flags = 0;
  for (const word of given.split('+')) {
    const flag = WAIT_FLAGS[word];
    if (flag === undefined) throw new ProgramError(`there is no flag ${word}`);
    flags |= flag;
  }
  return flags;
}

function syncobjOf(environment: Environment, args: Arguments): Syncobj {
  return environment.find(args.text('syncobj'), Syncobj);
}

function syncobjsOf(environment: Environment, args: Arguments): Syncobj[] {
  return args.names('syncobjs').map((name) => {
    if (name === null) throw new ProgramError('a wait names objects, and no null');
    return environment.find(name, Syncobj);
  });
}

/** Points in the order of the objects; without any all of them are 0. */
export function pointsOf(args: Arguments): readonly bigint[] | null {
  if (!args.has('points')) return null;
  return args.names('points').map((point) => BigInt(point ?? 0));
}

function fenceOrNull(environment: Environment, args: Arguments): DmaFence | null {
  return args.has('fence') ? environment.fence(args.text('fence')) : null;
}

function ownSyncobj(environment: Environment, syncobj: Syncobj): void {
  environment.own(syncobj, () => syncobj.put());
}

/** The label of a fence that the program has a reference on now, or a negative error. */
function got(environment: Environment, out: string | null, fence: DmaFence | number): Result {
  if (typeof fence === 'number') return fence;
  environment.bind(out, fence);
  environment.ownFence(fence);
  return fence.label;
}

/** So many jiffies, 0 to poll, or `forever`. */
function timeoutOf(args: Arguments): number {
  const given = args.has('timeout') ? args.either('timeout') : 0;
  if (typeof given === 'number') return given;
  if (given === 'forever') return MAX_SCHEDULE_TIMEOUT;
  throw new ProgramError(`${given} is no time`);
}

/** The first ready object, or a negative error. */
function* wait(environment: Environment, args: Arguments): KernelTask<Result> {
  const points = pointsOf(args);
  const { left, first } = yield* environment.stack.syncobjWaits.waitAll({
    syncobjs: syncobjsOf(environment, args),
    points: points === null ? null : new UserArray(points),
    flags: waitFlags(args),
    timeout: timeoutOf(args),
    deadline: args.has('deadlineNs') ? BigInt(args.number('deadlineNs')) : null,
  });
  return left < 0 ? left : first;
}

/** 0, or -ENOMEM. */
function* addPoint(environment: Environment, args: Arguments): KernelTask<Result> {
  const { chains } = environment.stack;
  const syncobj = syncobjOf(environment, args);
  const fence = environment.fence(args.text('fence'));
  const memory = yield* chains.alloc();
  if (memory === null) return false;
  yield* syncobj.addPoint(memory, fence, BigInt(args.number('point')));
  return true;
}

/** The counter is known already, as it is to the request about it. */
function* registerEventfd(environment: Environment, args: Arguments): KernelTask<Result> {
  const { stack } = environment;
  const syncobj = syncobjOf(environment, args);
  const ops = userCalls(environment).table.at(descriptorArgument(environment, args))?.ops;
  if (!(ops instanceof Eventfd)) throw new ProgramError('there is no event counter');
  const counter = yield* ops.get();
  const request = {
    point: BigInt(args.number('point', 0)),
    isForAvailable: args.boolean('isForAvailable', false),
  };
  yield* syncobj.addEventfd(new stack.types.SyncobjEventfd(stack, counter, request));
  return null;
}

/** `timeline 5, 1 waiter, 2 counters`: what is in an object, and who waits for it. */
function* look(environment: Environment, args: Arguments): KernelTask<Result> {
  yield LOOK;
  const syncobj = syncobjOf(environment, args);
  looksAt(syncobj);
  const fence = syncobj.fence.value;
  const isTimeline = environment.stack.chains.chainOf(fence) !== null;
  const waiters = syncobj.waiters.value.length;
  const counters = syncobj.eventfds.value.length;
  const content =
    fence === null ? 'empty' : isTimeline ? `timeline ${fence.seqno}` : `fence ${fence.label}`;
  const rest = waiters + counters === 0 ? '' : `, ${waiters} waiting, ${counters} counting`;
  return `${content}${rest}`;
}

/** Calls on synchronisation objects from inside the kernel. */
defineOperations([
  {
    // True when there was memory for it.
    name: 'syncobj.create',
    parameters: ['isSignaled', 'fence'],
    *run(environment, args, out) {
      const flags = args.boolean('isSignaled', false) ? 1 : 0;
      const made = yield* environment.stack.syncobjs.create(flags, fenceOrNull(environment, args));
      if (typeof made === 'number') return made;
      environment.bind(out, made);
      ownSyncobj(environment, made);
      return 0;
    },
  },
  {
    name: 'syncobj.get',
    parameters: ['syncobj'],
    *run(environment, args) {
      const syncobj = syncobjOf(environment, args);
      yield* syncobj.get();
      ownSyncobj(environment, syncobj);
      return null;
    },
  },
  {
    name: 'syncobj.put',
    parameters: ['syncobj'],
    *run(environment, args) {
      const syncobj = syncobjOf(environment, args);
      environment.disown(syncobj);
      yield* syncobj.put();
      return null;
    },
  },
  {
    // Without a fence it is a reset.
    name: 'syncobj.replace',
    parameters: ['syncobj', 'fence'],
    *run(environment, args) {
      yield* syncobjOf(environment, args).replaceFence(fenceOrNull(environment, args));
      return null;
    },
  },
  {
    name: 'syncobj.signal',
    parameters: ['syncobj'],
    *run(environment, args) {
      return yield* environment.stack.syncobjs.signal(syncobjOf(environment, args));
    },
  },
  {
    // The label of the fence, which the program owns then, or null.
    name: 'syncobj.fenceGet',
    parameters: ['syncobj'],
    *run(environment, args, out) {
      const fence = yield* syncobjOf(environment, args).fenceGet();
      return fence === null ? null : got(environment, out, fence);
    },
  },
  { name: 'syncobj.addPoint', parameters: ['syncobj', 'fence', 'point'], run: addPoint },
  {
    name: 'syncobj.wait',
    parameters: ['syncobjs', 'points', 'flags', 'timeout', 'deadlineNs'],
    run: wait,
  },
  {
    // The label of the fence that stands for a point, or a negative error; it waits for one to come.
    name: 'syncobj.waitForSubmit',
    parameters: ['syncobj', 'point'],
    *run(environment, args, out) {
      const point = BigInt(args.number('point', 0));
      const { syncobjWaits } = environment.stack;
      // Whoever waits has a reference of its own.
      const syncobj = yield* syncobjOf(environment, args).get();
      const fence = yield* syncobjWaits.waitForSubmit(syncobj, point);
      yield* syncobj.put();
      return got(environment, out, fence);
    },
  },
  {
    name: 'syncobj.query',
    parameters: ['syncobj', 'isLastSubmitted'],
    *run(environment, args) {
      const isLast = args.boolean('isLastSubmitted', false);
      const { syncobjPoints } = environment.stack;
      return Number(yield* syncobjPoints.query(syncobjOf(environment, args), isLast));
    },
  },
  {
    name: 'syncobj.eventfd',
    parameters: ['syncobj', 'fd', 'point', 'isForAvailable'],
    run: registerEventfd,
  },
  { name: 'syncobj.look', parameters: ['syncobj'], run: look },
  {
    // The label of what is in the slot, without a reference; null when there is nothing.
    name: 'syncobj.fence',
    parameters: ['syncobj'],
    *run(environment, args, out) {
      yield LOOK;
      const syncobj = syncobjOf(environment, args);
      looksAt(syncobj);
      const fence = syncobj.fence.value;
      environment.bind(out, fence);
      return fence?.label ?? null;
    },
  },
  {
    name: 'syncobj.references',
    parameters: ['syncobj'],
    *run(environment, args) {
      yield LOOK;
      const syncobj = syncobjOf(environment, args);
      looksAt(syncobj);
      return syncobj.references.value;
    },
  },
  {
    // How many jiffies a wait until this time would be given.
    name: 'syncobj.timeout',
    parameters: ['absoluteNs'],
    *run(environment, args) {
      const given = args.either('absoluteNs');
      return environment.stack.syncobjWaits.timeoutOf(BigInt(given));
    },
  },
]);
