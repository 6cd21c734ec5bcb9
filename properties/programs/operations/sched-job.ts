import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import { DRM_SCHED_FENCE_DONT_PIPELINE } from '../../../impl/drm/sched/sched-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EIO } from '../../../impl/kernel/errno.ts';
import { Mutex } from '../../../impl/kernel/mutex.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { RING_BEHAVIOURS, type RingBehaviour, RingJob } from '../ring-job.ts';
import { Ring } from '../ring.ts';
import { entityNamed } from './sched.ts';
import { resvNamed, usageOf } from './resv.ts';

function behaviourOf(args: Arguments): RingBehaviour {
  const found = RING_BEHAVIOURS.find((name) => name === args.text('does', 'completes'));
  if (found === undefined) throw new ProgramError(`no ring ${args.text('does')}`);
  return found;
}

export function ringJobNamed(environment: Environment, args: Arguments): RingJob {
  return environment.find(`${args.text('job')}.job`, RingJob);
}

/** A job that is not initialised is freed at once. */
function* make(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const { stack } = environment;
  const entity = entityNamed(environment, args);
  const name = out ?? 'job';
  const job = new stack.types.DrmSchedJob(stack);
  job.alias = name;
  const result = yield* job.init(entity, args.number('credits', 1));
  if (result !== 0) {
    job.free();
    return result;
  }
  const known = new RingJob(stack.world, job, {
    name,
    entity,
    does: behaviourOf(args),
    error: args.number('error', args.text('does', '') === 'fails' ? -EIO : 0),
    again: args.number('again', 0),
    prepares: args.has('prepares') ? environment.fence(args.text('prepares')) : null,
  });
  environment.bind(`${name}.job`, known);
  return 0;
}

/** The ring knows the job from here on, and the program its fences. */
function* arm(environment: Environment, known: RingJob): KernelTask<void> {
  yield* known.job.arm();
  const { fence, scheduler } = known.job;
  if (scheduler.ops instanceof Ring) scheduler.ops.adopt(known);
  for (const [face, one] of [
    ['scheduled', fence.scheduled],
    ['finished', fence.finished],
  ] as const) {
    one.alias = `${known.name}.${face}`;
    yield* one.get();
    environment.bind(`${known.name}.${face}`, one);
    environment.ownFence(one);
  }
}

/** Drivers keep arming and pushing of an entity's jobs together. */
function lockOf(environment: Environment, entity: DrmSchedEntity): Mutex {
  const name = `${entity.label}.submitLock`;
  const known = environment.value(name);
  if (known instanceof SubmitLock) return known.mutex;
  const made = new SubmitLock(entity);
  environment.bind(name, made);
  return made.mutex;
}

/** A lock of the driver's for an entity. */
class SubmitLock {
  readonly mutex: Mutex;

  constructor(entity: DrmSchedEntity) {
    this.mutex = new Mutex(entity, 'submitLock', 'submit_lock');
  }

  visitState(visit: (field: string, value: string) => void): void {
    visit('submitLock', this.mutex.holder?.name ?? 'free');
  }
}

/** A job with dependencies, made, armed and pushed as drivers do it. */
function* submit(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const made = yield* make(environment, args, out);
  if (made !== 0) return made;
  const known = environment.find(`${out ?? 'job'}.job`, RingJob);
  for (const name of args.has('after') ? args.names('after') : []) {
    const fence = environment.fence(name ?? '');
    yield* fence.get();
    const result = yield* known.job.dependencies.add(fence);
    if (result !== 0) {
      yield* abort(known);
      return result;
    }
  }
  const lock = lockOf(environment, known.entity);
  yield* lock.acquire();
  yield* arm(environment, known);
  yield* known.entity.push(known.job);
  lock.release();
  return 0;
}

function* abort({ job }: RingJob): KernelTask<void> {
  yield* job.cleanup();
  job.free();
}

/** A dependency that the program owns no reference of: the call takes one. */
function* depend(known: RingJob, fence: DmaFence | null): KernelTask<number> {
  if (fence !== null) yield* fence.get();
  return yield* known.job.dependencies.add(fence);
}

const JOB = ['entity', 'does', 'credits', 'error', 'again', 'prepares'] as const;

defineOperations([
  { name: 'sched.job', parameters: JOB, run: make },
  { name: 'sched.submit', parameters: [...JOB, 'after'], run: submit },
  {
    name: 'sched.arm',
    parameters: ['job'],
    *run(environment, args) {
      yield* arm(environment, ringJobNamed(environment, args));
      return null;
    },
  },
  {
    name: 'sched.push',
    parameters: ['job'],
    *run(environment, args) {
      const { job, entity } = ringJobNamed(environment, args);
      yield* entity.push(job);
      return null;
    },
  },
  {
    name: 'sched.abort',
    parameters: ['job'],
    *run(environment, args) {
      yield* abort(ringJobNamed(environment, args));
      return null;
    },
  },
  {
    // The same, if the job could be made.
    name: 'sched.abandon',
    parameters: ['job'],
    *run(environment, args) {
      const known = environment.value(`${args.text('job')}.job`);
      if (known instanceof RingJob) yield* abort(known);
      return null;
    },
  },
  {
    name: 'sched.depend',
    parameters: ['job', 'fence'],
    *run(environment, args) {
      const fence = args.has('fence') ? environment.fence(args.text('fence')) : null;
      return yield* depend(ringJobNamed(environment, args), fence);
    },
  },
  {
    name: 'sched.dependResv',
    parameters: ['job', 'resv', 'usage'],
    *run(environment, args) {
      const { dependencies } = ringJobNamed(environment, args).job;
      return yield* dependencies.addResv(resvNamed(environment, args), usageOf(args));
    },
  },
  {
    name: 'sched.dontPipeline',
    parameters: ['fence'],
    *run(environment, args) {
      yield* environment.fence(args.text('fence')).flags.set(DRM_SCHED_FENCE_DONT_PIPELINE);
      return null;
    },
  },
]);
