import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import { SchedFenceFace } from '../../../impl/drm/sched/sched-fence.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName, ObjectKind } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';
import { type SceneHardware, SceneRing } from './scene-ring.ts';

/** Unit: jiffies. */
const TIMEOUT = 10;

/** The world around a ring: its worker and its timer are lanes, which go on when the path lets them. */
export abstract class SchedScene extends Scene {
  protected readonly ring: SceneRing;
  /** What jobs wait for, if they do. */
  protected readonly fences: readonly DmaFence[];
  protected readonly timeout: number | null;

  constructor(stack: Stack, hardware: SceneHardware, timeout: number | null = TIMEOUT) {
    super(stack);
    this.timeout = timeout;
    this.ring = new SceneRing(stack, hardware);
    const issuer = new Issuer(stack, 'absent', false);
    this.fences = [901, 902].map((context) => issuer.issue(context, 1));
  }

  protected *makeRing(name: string): KernelTask<DrmGpuScheduler> {
    const sched = yield* this.stack.sched.createScheduler({
      name,
      ops: this.ring,
      runQueues: 1,
      creditLimit: 1,
      ...(this.timeout === null ? {} : { timeout: this.timeout }),
    });
    if (typeof sched === 'number') throw new Error('no memory for a scheduler');
    this.ring.sched ??= sched;
    return sched;
  }

  protected *makeEntity(schedulers: readonly DrmGpuScheduler[]): KernelTask<DrmSchedEntity> {
    return yield* this.stack.sched.createEntity({ priority: 0, schedulers });
  }

  /** A job that is ready to be pushed. */
  protected *makeJob(
    entity: DrmSchedEntity,
    after: readonly DmaFence[] = [],
  ): KernelTask<DrmSchedJob> {
    const job = new this.stack.types.DrmSchedJob(this.stack);
    this.ring.jobs += 1;
    yield* job.init(entity, 1);
    for (const fence of after) {
      yield* fence.get();
      yield* job.dependencies.add(fence);
    }
    yield* job.arm();
    return job;
  }

  /** What is around the ring: the hardware, and how the driver deals with time. */
  protected around(emits: readonly EventName[]): Operation[] {
    return [
      {
        name: 'complete',
        emits,
        begins: [],
        isQuiet: true,
        body: () => this.ring.pending?.signal() ?? null,
      },
      ...this.fences.map((fence, number): Operation => ({
        name: `signal ${number}`,
        emits,
        begins: [],
        isQuiet: true,
        body: () => ((fence.flags.bits & SIGNALED) === 0 ? fence.signal() : null),
      })),
    ];
  }
}

const HARDWARE: readonly EventName[] = ['done', 'unlist', 'free', 'charge', 'begin', 'run'];

/** One job. */
class JobScene extends SchedScene {
  readonly kind: ObjectKind = 'schedJob';
  private readonly entity: DrmSchedEntity;
  private job: DrmSchedJob | null = null;
  private step: 'none' | 'fresh' | 'armed' | 'pushed' = 'none';
  private isKilled = false;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init'], body: () => (this.step === 'none' ? this.init() : null) },
    { name: 'depend', emits: ['addDependency'], body: () => this.fresh((job) => this.depend(job)) },
    { name: 'abort', emits: ['abort'], body: () => this.fresh((job) => this.abort(job)) },
    { name: 'arm', emits: ['arm'], body: () => this.fresh((job) => this.arm(job)) },
    { name: 'push', emits: ['push', ...HARDWARE], begins: ['push'], body: () => this.push() },
    {
      name: 'kill',
      emits: ['sweep', 'fail', 'free'],
      begins: ['sweep'],
      isQuiet: true,
      body: () => this.kill(),
    },
    ...this.around(HARDWARE),
  ];

  constructor(stack: Stack, hardware: SceneHardware) {
    super(stack, hardware);
    this.entity = stack.world.runNow(this.set());
  }

  private *set(): KernelTask<DrmSchedEntity> {
    return yield* this.makeEntity([yield* this.makeRing('s')]);
  }

  private *init(): KernelTask<void> {
    this.step = 'fresh';
    this.job = new this.stack.types.DrmSchedJob(this.stack);
    yield* this.job.init(this.entity, 1);
  }

  private fresh(run: (job: DrmSchedJob) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.step === 'fresh' && this.job !== null ? run(this.job) : null;
  }

  private *depend(job: DrmSchedJob): KernelTask<void> {
    const [fence] = this.fences;
    if (fence === undefined) return;
    yield* fence.get();
    yield* job.dependencies.add(fence);
  }

  private *abort(job: DrmSchedJob): KernelTask<void> {
    this.step = 'pushed';
    yield* job.cleanup();
    job.free();
  }

  private *arm(job: DrmSchedJob): KernelTask<void> {
    this.step = 'armed';
    yield* job.arm();
  }

  private push(): KernelTask<unknown> | null {
    const { job } = this;
    return this.step !== 'armed' || job === null ? null : this.pushOnce(job);
  }

  private *pushOnce(job: DrmSchedJob): KernelTask<void> {
    this.step = 'pushed';
    yield* this.entity.push(job);
  }

  private kill(): KernelTask<unknown> | null {
    return this.isKilled ? null : this.killOnce();
  }

  private *killOnce(): KernelTask<void> {
    this.isKilled = true;
    yield* this.stack.schedKill.kill(this.entity);
  }
}

/** The fence of one job. */
class FenceScene extends SchedScene {
  readonly kind: ObjectKind = 'schedFence';
  private readonly entity: DrmSchedEntity;
  private finished: DmaFence | null = null;
  private job: DrmSchedJob | null = null;
  private deadline = 1000n;

  readonly operations: readonly Operation[] = [
    { name: 'arm', emits: ['init'], body: () => (this.finished === null ? this.arm() : null) },
    {
      name: 'push',
      emits: ['scheduled', 'finished', 'setParent'],
      isQuiet: true,
      body: () => this.push(),
    },
    { name: 'deadline', emits: ['setDeadline'], isQuiet: true, body: () => this.setDeadline() },
    { name: 'put', emits: ['free'], isQuiet: true, body: () => this.put() },
    { name: 'destroy', emits: ['free'], isQuiet: true, body: () => this.destroy() },
    ...this.around(['scheduled', 'finished', 'setParent', 'clearParent', 'free']),
  ];

  constructor(stack: Stack, hardware: SceneHardware) {
    super(stack, hardware);
    this.entity = stack.world.runNow(this.set());
  }

  private *set(): KernelTask<DrmSchedEntity> {
    return yield* this.makeEntity([yield* this.makeRing('s')]);
  }

  private *arm(): KernelTask<void> {
    const job = yield* this.makeJob(this.entity);
    this.job = job;
    this.finished = yield* job.fence.finished.get();
  }

  private push(): KernelTask<unknown> | null {
    return this.job === null ? null : this.pushOnce(this.job);
  }

  private *pushOnce(job: DrmSchedJob): KernelTask<void> {
    this.job = null;
    yield* this.entity.push(job);
  }

  private setDeadline(): KernelTask<unknown> | null {
    const { finished } = this;
    return finished === null ? null : this.earlier(finished);
  }

  private *earlier(finished: DmaFence): KernelTask<void> {
    this.deadline -= 1n;
    yield* finished.get();
    yield* finished.setDeadline(this.deadline);
    yield* finished.put();
  }

  private isPut = false;

  private put(): KernelTask<unknown> | null {
    const { finished } = this;
    return finished === null || this.isPut ? null : this.putOnce(finished);
  }

  private *putOnce(finished: DmaFence): KernelTask<void> {
    this.isPut = true;
    yield* finished.put();
    this.finished = null;
  }

  private isDestroyed = false;

  /** The entity knows its last job. */
  private destroy(): KernelTask<unknown> | null {
    return this.isDestroyed || this.job !== null ? null : this.destroyOnce();
  }

  private *destroyOnce(): KernelTask<void> {
    this.isDestroyed = true;
    yield* this.stack.schedKill.fini(this.entity);
  }

  /** The signals of its faces are its own. */
  override translate(event: WorldEvent): ModelEvent | null {
    const { object, name, result } = event;
    if (object.kind === 'fence' && name === 'signal' && result === 0) {
      const ops = 'ops' in object ? object.ops : null;
      if (ops instanceof SchedFenceFace && ops.owner === this.subject) return { type: ops.face };
    }
    return super.translate(event);
  }

  /** A deadline may find the fence pending, and come too late all the same. */
  override stopsBefore(access: Access): boolean {
    const isLock = access.verb === 'spin_lock' && access.place === this.subject;
    const isDeadline = this.stack.world.current.name === 'deadline';
    return (isLock && isDeadline) || super.stopsBefore(access);
  }
}

/** Every kind of ring. */
const RINGS: readonly SceneHardware[] = (['nothing', 'restart', 'again'] as const).flatMap(
  (recovery) => [false, true].map((isInstant) => ({ recovery, isInstant })),
);

const scene = (kind: ObjectKind, set: (stack: Stack) => Scene): SceneKind => ({
  kind,
  liveMax: 3,
  asleepMax: 1,
  isSurrounded: true,
  world: { time: 'free' },
  set,
});

export const SCHED_JOB_SCENES: readonly SceneKind[] = RINGS.map((hardware) =>
  scene('schedJob', (stack) => new JobScene(stack, hardware)),
);

export const SCHED_FENCE_SCENES: readonly SceneKind[] = RINGS.map((hardware) =>
  scene('schedFence', (stack) => new FenceScene(stack, hardware)),
);
