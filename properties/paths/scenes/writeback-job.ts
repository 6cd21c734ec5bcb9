import { Framebuffer } from '../../../impl/drm/kms/framebuffer.ts';
import type { Connector } from '../../../impl/drm/kms/connector.ts';
import type { WritebackJob } from '../../../impl/drm/kms/writeback-job.ts';
import type { WritebackQueue } from '../../../impl/drm/kms/writeback-queue.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { ManualDisplay } from '../../programs/manual-display.ts';
import { type Operation, Scene, type SceneKind } from '../scene.ts';

const END = ['complete', 'signal', 'cleanUp'] as const;

/** One job of a connector that captures, from the request to its clean-up. */
class WritebackJobScene extends Scene {
  readonly kind = 'writebackJob';
  private readonly display: ManualDisplay;
  private job: WritebackJob | null = null;
  private isPromised = false;
  private isPrepared = false;
  private isQueued = false;

  readonly operations: readonly Operation[] = [
    { name: 'make', emits: ['make'], body: () => (this.subject === null ? this.make() : null) },
    {
      name: 'promise',
      emits: ['promise'],
      body: () =>
        this.isPromised || this.isPrepared ? null : this.with((job) => this.promise(job)),
    },
    {
      name: 'prepare',
      emits: ['prepare'],
      body: () => (this.isPrepared ? null : this.with((job) => this.prepare(job))),
    },
    {
      name: 'queue',
      emits: ['queue'],
      body: () => (this.isPrepared ? this.with((job) => this.enqueue(job)) : null),
    },
    {
      name: 'complete',
      emits: END,
      begins: ['complete'],
      body: () => (this.isQueued ? this.complete() : null),
    },
    {
      name: 'give up',
      emits: ['cleanUp'],
      isEnd: () => true,
      body: () => this.with((job) => this.giveUp(job)),
    },
  ];

  constructor(stack: Stack) {
    super(stack);
    this.display = new ManualDisplay(stack);
  }

  private get connector(): Connector {
    const found = this.display.device.display?.connectors.find(
      ({ writeback }) => writeback !== null,
    );
    if (found === undefined) throw new Error('the display has no connector that captures');
    return found;
  }

  private get jobs(): WritebackQueue {
    const { writeback } = this.connector;
    if (writeback === null) throw new Error('the connector does not capture');
    return writeback;
  }

  /** While it is the scene's. */
  private with(run: (job: WritebackJob) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.job === null || this.isQueued ? null : run(this.job);
  }

  private *make(): KernelTask<void> {
    const { config } = this.connector;
    const object = this.display.device.makeObject(4096, null);
    const fb = new Framebuffer(config, [object], 1);
    const job = new this.stack.types.WritebackJob(this.connector);
    yield* job.setFramebuffer(fb);
    yield* fb.put();
    this.job = job;
  }

  private *promise(job: WritebackJob): KernelTask<void> {
    this.isPromised = true;
    const fence = yield* this.jobs.createFence();
    if (fence !== null) job.promise(fence);
  }

  private *prepare(job: WritebackJob): KernelTask<void> {
    this.isPrepared = true;
    yield* job.prepare();
  }

  private *enqueue(job: WritebackJob): KernelTask<void> {
    this.isQueued = true;
    yield* this.jobs.queue(job);
  }

  private *complete(): KernelTask<void> {
    this.isQueued = false;
    this.job = null;
    yield* this.jobs.signalCompletion(0);
  }

  private *giveUp(job: WritebackJob): KernelTask<void> {
    this.job = null;
    yield* job.cleanUp();
  }
}

export const WRITEBACK_JOB_SCENE: SceneKind = {
  kind: 'writebackJob',
  liveMax: 2,
  asleepMax: 0,
  isSurrounded: false,
  world: {},
  set: (stack: Stack) => new WritebackJobScene(stack),
};
