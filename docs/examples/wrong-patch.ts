import type { DmaFence, KernelTask } from '../../properties/index.ts';
import { RingGpu } from './right-fences.ts';

/** The first version: the interrupt goes on only when somebody has to wait. */
export class LazyInterrupt extends RingGpu {
  override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
    if (yield* this.isDone(fence)) return false;
    yield* this.ring.interrupts.enable();
    yield* fence.get();
    this.armed.push(fence);
    return true;
  }
}
