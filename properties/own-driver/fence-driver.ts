import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Driver } from './driver.ts';
import type { FenceKernel } from './fence-kernel.ts';
import type { FenceOpsWatch } from './fence-ops-watch.ts';
import type { HardwareJob } from './hardware-job.ts';

/**
 * An issuer of fences under check: one object for each device. Only `submit` is obligatory; an op
 * that the class lacks is absent from its `struct dma_fence_ops`. Everything is a generator:
 * `yield*` marks the calls during which others may run.
 */
export abstract class FenceDriver extends Driver {
  /** Sequence numbers compare as plain 64-bit numbers. Default: as wrapping 32-bit ones. */
  readonly use64BitSeqno: boolean = false;
  /**
   * How late an armed fence may signal behind the end of its job. Unit: jiffies. Default: none at
   * all, since time passes only while nothing else can run.
   */
  readonly lateJiffiesMax: number = 0;
  protected override readonly kernel: FenceKernel;

  constructor(kernel: FenceKernel) {
    super(kernel, 'device');
    this.kernel = kernel;
    // It is bound to no bus here, and never goes away.
    this.isStatic = true;
    kernel.serve(this);
  }

  /** For judges; never for drivers. */
  get watch(): FenceOpsWatch {
    return this.kernel.watch;
  }

  /** Brings the device up, before anything else: 0, or a negative error. In process context. */
  open?(): KernelTask<number>;

  /**
   * Nothing is under way any more: gives back what it keeps. Others may still hold its fences. In
   * process context.
   */
  close?(): KernelTask<void>;

  /**
   * Hands a job to the hardware and returns its fence, with a reference for the caller; null when
   * there is no memory. In process context, by several tasks at once.
   */
  abstract submit(job: HardwareJob): KernelTask<DmaFence | null>;

  /** The hardware raised an interrupt. In hard interrupt context. */
  interrupt?(): KernelTask<void>;

  /**
   * The hardware has been at one job for too long: gets it going again, and ends what is lost, with
   * an error each. It may be done by now. In process context, one after the other, in a signalling
   * section.
   */
  timedOut?(): KernelTask<void>;

  /**
   * True: armed, a signal will come. False: it is done, or cannot be armed. At most once for each
   * fence; with the fence's lock, interrupts off.
   */
  enableSignaling?(fence: DmaFence): KernelTask<boolean>;

  /** The job of the fence is done. In any context, with or without the fence's lock. */
  signaled?(fence: DmaFence): KernelTask<boolean>;

  /** The last reference is gone: frees the fence. In any context, also in interrupts. */
  release?(fence: DmaFence): KernelTask<void>;

  /** Somebody wants the fence by then. Without the fence's lock, in any context. */
  setDeadline?(fence: DmaFence, deadlineNs: bigint): KernelTask<void>;

  /** Replaces the default wait: what is left of the time, 0, or a negative error. */
  wait?(fence: DmaFence, interruptible: boolean, timeoutJiffies: number): KernelTask<number>;
}

/** A class of issuers. */
export type FenceDriverClass = new (kernel: FenceKernel) => FenceDriver;
