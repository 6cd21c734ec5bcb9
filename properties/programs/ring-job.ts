import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { DrmSchedEntity } from '../../impl/drm/sched/sched-entity.ts';
import type { DrmSchedJob } from '../../impl/drm/sched/sched-job.ts';
import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';

/**
 * What the hardware does with a job. `waits`: the program completes it. `completes`: an interrupt does, some
 * time later. `instant`, `fails`: run says so at once. `late`: its fence has signaled before run returns.
 */
export type RingBehaviour = 'waits' | 'completes' | 'instant' | 'fails' | 'late';

export const RING_BEHAVIOURS: readonly RingBehaviour[] = [
  'waits',
  'completes',
  'instant',
  'fails',
  'late',
];

/** A job as its program and its ring know it: it outlives what the scheduler frees. */
export class RingJob extends KernelObject {
  readonly name: string;
  readonly job: DrmSchedJob;
  /** Whose it is; the scheduler's job forgets that. */
  readonly entity: DrmSchedEntity;
  readonly does: RingBehaviour;
  /** Of the hardware's fence, or of run. */
  readonly error: number;
  /** It takes that error when it is run again. */
  readonly again: number;
  /** What `prepareJob` has to say of it, once. */
  readonly prepares: DmaFence | null;
  /** The hardware's fence of the last run, with a reference. */
  hardware: DmaFence | null = null;
  runs = 0;
  isPrepared = false;
  isFreed = false;
  private readonly begun: Access;

  constructor(
    world: World,
    job: DrmSchedJob,
    options: {
      readonly name: string;
      readonly entity: DrmSchedEntity;
      readonly does: RingBehaviour;
      readonly error: number;
      readonly again: number;
      readonly prepares: DmaFence | null;
    },
  ) {
    super(world, 'ringJob');
    this.isStatic = true;
    this.alias = `${options.name}.ring`;
    this.job = job;
    this.name = options.name;
    this.entity = options.entity;
    this.does = options.does;
    this.error = options.error;
    this.again = options.again;
    this.prepares = options.prepares;
    const gate = {
      ready: (): boolean => this.hardware !== null,
      blockedBy: 'the job does not run',
    };
    this.begun = new Access('wait', 'acquire', this, 'hardware', 'wait for', gate);
  }

  /** A step that comes when the hardware has the job. */
  get whenRun(): Access {
    return this.begun;
  }

  set(hardware: DmaFence | null): void {
    this.world.touch(this, 'hardware', 'write', 'full');
    this.hardware = hardware;
  }

  /** The hardware's fence signals, if it has not. */
  *finish(error: number): KernelTask<void> {
    const fence = this.hardware;
    if (fence === null || (yield* fence.flags.test(SIGNALED))) return;
    if (error !== 0) yield* fence.setError(error);
    yield* fence.signal();
  }

  visitState(visit: StateVisitor): void {
    visit('hardware', this.hardware);
    visit('runs', this.runs);
    visit('isPrepared', this.isPrepared);
    visit('isFreed', this.isFreed);
  }
}
