import type { AbstractState } from '../../model/events.ts';
import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
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
  readonly run: FenceCallbackFunction | null;
  /** The fence whose list holds this node; null when it is self-linked. */
  readonly linkedOn: PlainWord<DmaFence | null>;
  /** It was passed to add at least once; before that its links mean nothing. No field of the kernel's. */
  readonly isPrepared: PlainWord<boolean>;
  /** How often the function was called, ever: for judges only, no field of the kernel's. */
  calls = 0;

  constructor(world: World, run: FenceCallbackFunction | null) {
    super(world, 'callback');
    this.run = run;
    // Whoever asks whether it is linked reads one link, marked, and may do so without the lock.
    // `list_add` stores that link plainly; for one word the kernel's own checker takes that as marked.
    this.linkedOn = new PlainWord<DmaFence | null>(this, 'node', null, 'once');
    this.isPrepared = new PlainWord<boolean>(this, 'isPrepared', false, 'full');
  }

  visitState(visit: StateVisitor): void {
    visit('linkedOn', this.linkedOn.value);
    visit('isPrepared', this.isPrepared.value);
    visit('calls', this.calls);
  }

  override abstract(): AbstractState {
    return {
      state: this.linkedOn.value === null ? 'unlinked' : 'linked',
      context: { calls: this.calls },
    };
  }
}
