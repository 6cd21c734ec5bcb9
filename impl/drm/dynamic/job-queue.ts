import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';

/** What a device is told to do. */
export interface QueuedJob {
  /** Done before it begins. Their references go to the job. */
  readonly after: readonly DmaFence[];
  /** What the hardware does. */
  work(): KernelTask<void>;
}

/** Hardware that works through jobs, beside the processors. */
export interface JobQueue {
  /** Its fence signals once it is done; the reference is the caller's. */
  submit(job: QueuedJob): KernelTask<DmaFence>;
}
