import type { DmaFence, KernelTask } from '../../properties/index.ts';
import { RingGpu } from './right-fences.ts';

/** The second version: the first look saves the interrupt, and the second one is for the gap. */
export class LookTwice extends RingGpu {
  override *enableSignaling(fence: DmaFence): KernelTask<boolean> {
    if (yield* this.isDone(fence)) return false;
    yield* this.ring.interrupts.enable();
    if (yield* this.isDone(fence)) return false;
    yield* fence.get();
    this.armed.push(fence);
    return true;
  }
}
