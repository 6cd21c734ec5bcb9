import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';
import type { DmaFence } from './dma-fence.ts';

/** What a callback runs: with the fence's lock held, interrupts off. */
export type FenceCallbackFunction = (fence: DmaFence, node: FenceCallback) => KernelTask<void>;

/**
 * An intrusive node that asks to be called when a fence signals. Its linkage changes under the
 * lock of the fence that it is linked on.
 *
 * @kernel struct dma_fence_cb
 */
export class FenceCallback extends KernelObject {
  run: FenceCallbackFunction | null;
  /** The fence whose list holds this node; null when it is self-linked. */
  linkedOn: DmaFence | null = null;
  /** It was passed to add at least once; before that its links mean nothing. */
  isPrepared = false;
  /** How often the function was called, ever: for judges. */
  calls = 0;

  constructor(world: World, run: FenceCallbackFunction | null) {
    super(world, 'callback');
    this.run = run;
  }

  visitState(visit: StateVisitor): void {
    visit('linkedOn', this.linkedOn);
    visit('isPrepared', this.isPrepared);
    visit('calls', this.calls);
  }

  override abstract(): AbstractState {
    return {
      state: this.linkedOn === null ? 'unlinked' : 'linked',
      context: { calls: this.calls },
    };
  }
}
