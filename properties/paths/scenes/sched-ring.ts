import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName, ObjectKind } from '../../../model/events.ts';
import type { Operation, SceneKind } from '../scene.ts';
import { SchedScene } from './sched.ts';

const WORKER: readonly EventName[] = ['select', 'depend', 'settle', 'pop', 'letGo'];

/** One entity, of one ring or of two. */
class EntityScene extends SchedScene {
  readonly kind: ObjectKind = 'schedEntity';
  private entity: DrmSchedEntity | null = null;
  private readonly rings: readonly DrmGpuScheduler[];
  private pushing = 0;
  private isEnding = false;
  private kills = 0;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init'], body: () => this.make(this.rings) },
    { name: 'init without rings', emits: ['init'], body: () => this.make([]) },
    ...[[], [0], [0, 1]].map((after): Operation => ({
      name: `push after ${after.join(' and ')}`,
      emits: ['push', 'add', 'remove', 'sweep', ...WORKER],
      begins: ['push', 'remove'],
      body: () => this.push(after),
    })),
    {
      name: 'move',
      emits: ['remove'],
      isQuiet: true,
      body: () => this.with((entity) => entity.selectRq()),
    },
    {
      name: 'kill',
      emits: ['kill', 'remove', 'sweep'],
      begins: ['kill'],
      body: () =>
        this.isEnding || this.kills === 2 ? null : this.with((entity) => this.kill(entity)),
    },
    {
      name: 'stop all',
      emits: ['kill'],
      body: () => (this.isEnding ? null : (this.rings[0]?.stopEntities() ?? null)),
    },
    {
      name: 'destroy',
      emits: ['kill', 'remove', 'sweep', 'settle', 'destroy'],
      begins: ['kill', 'destroy'],
      body: () =>
        this.isEnding || (this.kills > 0 && this.isBusy)
          ? null
          : this.with((entity) => this.destroy(entity)),
    },
    ...this.around(['settle', ...WORKER]),
  ];

  constructor(stack: Stack, rings: number) {
    super(stack, { recovery: 'nothing', isInstant: true }, null);
    this.rings = ['s', 't'].slice(0, rings).map((name) => stack.world.runNow(this.makeRing(name)));
  }

  /** It has taken a job off the queue, and goes on with that. */
  override stopsBefore(access: Access): boolean {
    const isWorker = this.stack.world.current.name.startsWith('kworker');
    return (isWorker && access.field === 'creditCount') || super.stopsBefore(access);
  }

  private get isBusy(): boolean {
    return this.killing > 0;
  }

  private killing = 0;

  private make(rings: readonly DrmGpuScheduler[]): KernelTask<unknown> | null {
    return this.entity === null && !this.isEnding ? this.makeOnce(rings) : null;
  }

  private *makeOnce(rings: readonly DrmGpuScheduler[]): KernelTask<void> {
    this.entity = yield* this.makeEntity(rings);
  }

  private with(run: (entity: DrmSchedEntity) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.entity === null ? null : run(this.entity);
  }

  /** One job is queued at a time. */
  private push(after: readonly number[]): KernelTask<unknown> | null {
    const { entity } = this;
    if (entity === null || entity.rq.value === null || this.pushing > 0) return null;
    if (entity.queue.head.value !== null || this.ring.jobs > 1) return null;
    return this.pushOnce(
      entity,
      after.flatMap((at) => this.fences.slice(at, at + 1)),
    );
  }

  private *pushOnce(entity: DrmSchedEntity, after: readonly DmaFence[]): KernelTask<void> {
    this.pushing += 1;
    const job = yield* this.makeJob(entity, after);
    yield* entity.push(job);
    this.pushing -= 1;
  }

  private *kill(entity: DrmSchedEntity): KernelTask<void> {
    this.kills += 1;
    this.killing += 1;
    yield* this.stack.schedKill.kill(entity);
    this.killing -= 1;
  }

  private *destroy(entity: DrmSchedEntity): KernelTask<void> {
    this.isEnding = true;
    yield* this.stack.schedKill.fini(entity);
  }
}

const JOBS: readonly EventName[] = ['charge', 'begin', 'return', 'unlist'];
const RECOVERY: readonly EventName[] = ['expire', 'reinsert', 'handled', 'stop', 'parked', 'start'];

/** One ring, with a timer or stopped by its driver. */
class RingScene extends SchedScene {
  readonly kind: ObjectKind = 'scheduler';
  private sched: DrmGpuScheduler | null = null;
  private entity: DrmSchedEntity | null = null;
  private isStopped = false;
  private isOver = false;
  private busy = 0;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init'], body: () => (this.sched === null ? this.init() : null) },
    {
      name: 'push',
      emits: [...JOBS, ...RECOVERY],
      begins: [],
      isQuiet: true,
      body: () => this.push(),
    },
    {
      name: 'stop',
      emits: ['stop', 'parked', 'return', 'unlist'],
      begins: ['stop'],
      body: () => (this.isStopped ? null : this.byDriver((sched) => this.stop(sched))),
    },
    {
      name: 'start',
      emits: ['charge', 'return', 'start'],
      begins: ['charge', 'start'],
      body: () => (this.isStopped ? this.byDriver((sched) => this.start(sched)) : null),
    },
    {
      name: 'fini',
      emits: ['stop', 'parked', 'fini'],
      begins: ['stop'],
      isEnd: () => true,
      body: () => (this.ring.jobs === 0 ? this.byDriver((sched) => this.fini(sched)) : null),
    },
    ...this.around([...JOBS, ...RECOVERY]),
  ];

  /** The worker may have looked just before it is stopped. */
  override stopsBefore(access: Access): boolean {
    const isOwn =
      access.place === this.subject && this.stack.world.current.name.startsWith('kworker');
    const isLate = access.field === 'creditCount' || access.field === 'jobListLock';
    return (isOwn && isLate) || super.stopsBefore(access);
  }

  private *init(): KernelTask<void> {
    this.sched = yield* this.makeRing('s');
    this.entity = yield* this.makeEntity([this.sched]);
  }

  /** One job at a time. */
  private push(): KernelTask<unknown> | null {
    const { entity } = this;
    return entity === null || this.ring.jobs > 0 || this.isOver ? null : this.pushOnce(entity);
  }

  private *pushOnce(entity: DrmSchedEntity): KernelTask<void> {
    yield* entity.push(yield* this.makeJob(entity));
  }

  /** Recoveries do not meet. */
  private byDriver(
    run: (sched: DrmGpuScheduler) => KernelTask<unknown>,
  ): KernelTask<unknown> | null {
    if (this.sched === null || this.timeout !== null || this.busy > 0 || this.isOver) return null;
    return run(this.sched);
  }

  private *stop(sched: DrmGpuScheduler): KernelTask<void> {
    this.busy += 1;
    this.isStopped = true;
    yield* sched.stop(null);
    if (this.ring.recovery === 'again') yield* sched.resubmitJobs();
    this.busy -= 1;
  }

  private *start(sched: DrmGpuScheduler): KernelTask<void> {
    this.busy += 1;
    this.isStopped = false;
    yield* sched.start();
    this.busy -= 1;
  }

  private *fini(sched: DrmGpuScheduler): KernelTask<void> {
    this.isOver = true;
    yield* sched.fini();
  }
}

const scene = (kind: ObjectKind, set: SceneKind['set']): SceneKind => ({
  kind,
  liveMax: 4,
  asleepMax: 2,
  isSurrounded: true,
  world: { time: 'free' },
  set,
});

export const SCHED_ENTITY_SCENES: readonly SceneKind[] = [1, 2].map((rings) =>
  scene('schedEntity', (stack) => new EntityScene(stack, rings)),
);

export const SCHEDULER_SCENES: readonly SceneKind[] = [
  ...(['nothing', 'restart', 'again'] as const).map((recovery) =>
    scene('scheduler', (stack) => new RingScene(stack, { recovery, isInstant: false })),
  ),
  ...(['nothing', 'again'] as const).map((recovery) =>
    scene('scheduler', (stack) => new RingScene(stack, { recovery, isInstant: false }, null)),
  ),
];
