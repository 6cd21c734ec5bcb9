import { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import { DRM_SCHED_PRIORITY_NORMAL, type SchedPolicy } from '../../../impl/drm/sched/sched-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { RECOVERIES, type Recovery } from '../ring-recovery.ts';
import { Ring } from '../ring.ts';
import { RingJob } from '../ring-job.ts';

/** What the jobs of one client have in common. */
class Client extends KernelObject {
  readonly guilty: Cell;

  constructor(world: World) {
    super(world, 'schedClient');
    this.isStatic = true;
    this.guilty = new Cell(this, 'guilty', 0, 'full');
  }

  visitState(visit: StateVisitor): void {
    visit('guilty', this.guilty.value);
  }
}

export function schedulerNamed(environment: Environment, args: Arguments): DrmGpuScheduler {
  return environment.find(args.text('sched'), DrmGpuScheduler);
}

export function ringOf(environment: Environment, name: string): Ring {
  return environment.find(`${name}.ring`, Ring);
}

export function entityNamed(environment: Environment, args: Arguments): DrmSchedEntity {
  return environment.find(args.text('entity'), DrmSchedEntity);
}

/** Schedulers by their names, in order. */
function schedulersNamed(environment: Environment, args: Arguments): DrmGpuScheduler[] {
  return args.names('scheds').map((name) => environment.find(name ?? '', DrmGpuScheduler));
}

function recoveryOf(args: Arguments): Recovery {
  const found = RECOVERIES.find((name) => name === args.text('recovery', 'looks'));
  if (found === undefined) throw new ProgramError(`no ring recovers by ${args.text('recovery')}`);
  return found;
}

function policyOf(args: Arguments): SchedPolicy {
  return args.text('policy', 'fifo') === 'fifo' ? 'fifo' : 'roundRobin';
}

function* create(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const name = out ?? 'ring';
  const ring = new Ring(stack, yield* stack.fences.contextAlloc(1), recoveryOf(args));
  environment.bind(`${name}.ring`, ring);
  const sched = yield* stack.sched.createScheduler({
    name,
    ops: ring,
    runQueues: args.number('runQueues', 4),
    creditLimit: args.number('credits', 4),
    hangLimit: args.number('hangLimit', 0),
    timeout: args.number('timeout', MAX_SCHEDULE_TIMEOUT),
    policy: policyOf(args),
  });
  if (typeof sched === 'number') return sched;
  ring.sched = sched;
  environment.bind(out, sched);
  environment.own(ring, () => ring.turnOff(), true);
  environment.own(sched, () => sched.fini());
  return 0;
}

/** `client`: a name for what is guilty together; without it nothing is. */
function* entity(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const client = args.has('client') ? clientNamed(environment, args.text('client')) : null;
  const made = yield* stack.sched.createEntity({
    priority: args.number('priority', DRM_SCHED_PRIORITY_NORMAL),
    schedulers: schedulersNamed(environment, args),
    guilty: client?.guilty ?? null,
  });
  environment.bind(out, made);
  environment.own(made, () => end(environment, made), true);
  return null;
}

function clientNamed(environment: Environment, name: string): Client {
  const known = environment.value(name);
  if (known instanceof Client) return known;
  const made = new Client(environment.stack.world);
  environment.bind(name, made);
  return made;
}

/** The program is over: what it has not destroyed is destroyed. */
function* end(environment: Environment, made: DrmSchedEntity): KernelTask<void> {
  if (!made.isDestroyed.value) yield* environment.stack.schedKill.destroy(made);
  made.free();
}

defineOperations([
  {
    name: 'sched.create',
    parameters: ['credits', 'timeout', 'recovery', 'runQueues', 'policy', 'hangLimit'],
    run: create,
  },
  { name: 'sched.entity', parameters: ['scheds', 'priority', 'client'], run: entity },
  {
    name: 'sched.modify',
    parameters: ['entity', 'scheds'],
    *run(environment, args) {
      yield* entityNamed(environment, args).modifySchedulers(schedulersNamed(environment, args));
      return null;
    },
  },
  {
    name: 'sched.setPriority',
    parameters: ['entity', 'priority'],
    *run(environment, args) {
      yield* entityNamed(environment, args).setPriority(args.number('priority'));
      return null;
    },
  },
  {
    name: 'sched.setReady',
    parameters: ['sched', 'isReady'],
    *run(environment, args) {
      schedulerNamed(environment, args).ready.set(args.boolean('isReady'));
      return null;
    },
  },
  {
    // What arming does first.
    name: 'sched.move',
    parameters: ['entity'],
    *run(environment, args) {
      yield* entityNamed(environment, args).selectRq();
      return null;
    },
  },
  {
    // Another process has pushed since.
    name: 'sched.pushedBy',
    parameters: ['entity', 'process'],
    *run(environment, args) {
      yield* entityNamed(environment, args).lastUser.write(args.number('process'));
      return null;
    },
  },
  {
    name: 'sched.flush',
    parameters: ['entity', 'timeout'],
    *run(environment, args) {
      const timeout = args.number('timeout', 1000);
      return yield* environment.stack.schedKill.flush(entityNamed(environment, args), timeout);
    },
  },
  {
    name: 'sched.kill',
    parameters: ['entity'],
    *run(environment, args) {
      yield* environment.stack.schedKill.kill(entityNamed(environment, args));
      return null;
    },
  },
  {
    name: 'sched.destroy',
    parameters: ['entity'],
    *run(environment, args) {
      yield* environment.stack.schedKill.destroy(entityNamed(environment, args));
      return null;
    },
  },
  {
    // As a process does that ends: with SIGKILL when it was killed.
    name: 'sched.exit',
    parameters: ['entity', 'timeout'],
    *run(environment, args) {
      const { current } = environment.stack.world;
      current.isExiting = true;
      const timeout = args.number('timeout', 1000);
      const left = yield* environment.stack.schedKill.flush(
        entityNamed(environment, args),
        timeout,
      );
      current.isExiting = false;
      return left;
    },
  },
  {
    name: 'sched.stop',
    parameters: ['sched', 'job'],
    *run(environment, args) {
      const bad = args.has('job') ? environment.find(`${args.text('job')}.job`, RingJob).job : null;
      yield* schedulerNamed(environment, args).stop(bad);
      return null;
    },
  },
  {
    name: 'sched.start',
    parameters: ['sched'],
    *run(environment, args) {
      yield* schedulerNamed(environment, args).start();
      return null;
    },
  },
  {
    name: 'sched.resubmit',
    parameters: ['sched'],
    *run(environment, args) {
      yield* schedulerNamed(environment, args).resubmitJobs();
      return null;
    },
  },
  {
    name: 'sched.increaseKarma',
    parameters: ['sched', 'job'],
    *run(environment, args) {
      const { job } = environment.find(`${args.text('job')}.job`, RingJob);
      yield* schedulerNamed(environment, args).increaseKarma(job);
      return null;
    },
  },
]);
