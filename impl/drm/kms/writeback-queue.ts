import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Connector } from './connector.ts';
import { FenceTimeline } from './fence-timeline.ts';
import type { WritebackJob } from './writeback-job.ts';

/** What a writeback connector has to capture. @kernel struct drm_writeback_connector */
export class WritebackQueue extends KernelObject implements FenceOps {
  readonly connector: Connector;
  /** @kernel job_lock */
  readonly lock: SpinLock;
  /** Under `lock`, oldest first. @kernel job_queue */
  readonly jobs: PlainList<WritebackJob>;
  readonly timeline: FenceTimeline;

  constructor(connector: Connector) {
    super(connector.world, 'writebackQueue');
    this.isStatic = true;
    this.connector = connector;
    this.lock = new SpinLock(this, 'job_lock', '&wb_connector->job_lock');
    this.jobs = new PlainList<WritebackJob>(this, 'job_queue');
    this.timeline = new FenceTimeline(this, '&wb_connector->fence_lock');
  }

  getDriverName(): string {
    return this.connector.config.device.name;
  }

  getTimelineName(): string {
    return `CONNECTOR:${this.connector.number}-Writeback-1`;
  }

  /** @kernel drm_writeback_get_out_fence */
  *createFence(): KernelTask<DmaFence | null> {
    return yield* this.timeline.create(this.connector.config.stack, this);
  }

  /** @kernel drm_writeback_queue_job */
  *queue(job: WritebackJob): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.jobs.push(job);
    job.queued();
    this.lock.releaseIrqrestore(flags);
  }

  /**
   * The hardware has done with the oldest job.
   *
   * @kernel drm_writeback_signal_completion
   * @rule KMS-021
   */
  *signalCompletion(status: number): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const job = this.jobs.at(0);
    if (job !== null) {
      this.jobs.remove(job);
      job.done();
    }
    this.lock.releaseIrqrestore(flags);
    if (this.world.warnOn(job === null, 'a capture without a job', this) || job === null) return;
    yield* this.signalFence(job, status);
    const work = { label: `clean up ${job.label}`, run: () => job.cleanUp() };
    this.connector.config.stack.delayedWork.queue(work);
  }

  /** The job has no fence any more: its reference ends here. */
  protected *signalFence(job: WritebackJob, status: number): KernelTask<void> {
    const fence = job.outFence.get();
    if (fence === null) return;
    if (status !== 0) yield* fence.setError(status);
    yield* fence.signal();
    job.forgetFence();
    yield* fence.put();
  }

  visitState(visit: StateVisitor): void {
    visit('job_lock', this.lock.holder?.index ?? -1);
    visit('jobs', [...this.jobs.value]);
    this.timeline.visitState(visit);
  }
}
