import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';

/** Commands that were put on the ring together, and the fence that tells of their end. */
export class GpuJob extends KernelObject {
  /** The number that the engine writes when it is done. Unsigned 32-bit. */
  readonly seq: number;
  readonly fence: DmaFence;

  constructor(world: World, seq: number, fence: DmaFence) {
    super(world, 'gpuJob');
    this.seq = seq;
    this.fence = fence;
  }

  visitState(visit: StateVisitor): void {
    visit('seq', this.seq);
    visit('fence', this.fence);
  }
}

/** Whether `seq` lies behind `other` or is it: numbers wrap. @rule HW-GPU-018 */
export function isReached(seq: number, other: number): boolean {
  return ((other - seq) | 0) >= 0;
}
