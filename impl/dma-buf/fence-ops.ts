import type { KernelTask } from '../kernel/access.ts';
import type { DmaFence } from './dma-fence.ts';

/**
 * What the issuer of a fence provides. Only the two names are obligatory.
 *
 * @kernel struct dma_fence_ops
 */
export interface FenceOps {
  /** Sequence numbers compare as plain 64-bit numbers instead of wrapping 32-bit ones. */
  readonly use64BitSeqno?: boolean;
  getDriverName(fence: DmaFence): string;
  getTimelineName(fence: DmaFence): string;
  /** Called with the fence's lock held, at most once. False: it is done, or cannot be armed. */
  enableSignaling?(fence: DmaFence): KernelTask<boolean>;
  /** Called in any context, with or without the fence's lock; must not lock or sleep. */
  signaled?(fence: DmaFence): KernelTask<boolean>;
  /** Replaces the default wait entirely. */
  wait?(fence: DmaFence, interruptible: boolean, timeoutJiffies: number): KernelTask<number>;
  /** Frees the fence; may run in interrupt context. */
  release?(fence: DmaFence): KernelTask<void>;
  /** For debug listings only; the core never asks. @rule FENCE-092 */
  fenceValueStr?(fence: DmaFence): string;
  /** For debug listings only; the core never asks. @rule FENCE-092 */
  timelineValueStr?(fence: DmaFence): string;
  setDeadline?(fence: DmaFence, deadlineNs: bigint): KernelTask<void>;
}
