import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';
import type { ResvList } from '../../model/machines/resv-list.ts';

/** What the model says about a fence: whether it has signaled. */
export type HasSignaled = (fence: KernelObject) => boolean;

/**
 * Translates the events of one reservation object: its machine knows fences by number, and needs
 * to hear which slots have signaled. A scan takes several steps. So the holder of the lock says
 * which slots it saw done, and its word counts only if the machine of the fence agrees; and a
 * slot that it passed over counts as pending only if it has polled that fence as pending.
 */
export class ResvView {
  /** Every fence that ever was in the object, with the strongest usage it had there. */
  readonly all: Map<DmaFence, number> = new Map();
  private readonly numbers = new Map<DmaFence, number>();
  private readonly fences: DmaFence[] = [];
  private readonly added = new Map<DmaFence, number>();

  fence(number: number): DmaFence | undefined {
    return this.fences[number];
  }

  /** The step that put a fence into the object last. */
  addedAt(fence: DmaFence): number {
    return this.added.get(fence) ?? Number.POSITIVE_INFINITY;
  }

  /** The machine's events for an observed one, in order. `list` is the machine's own. */
  translate(
    event: WorldEvent,
    list: ResvList,
    hasSignaled: HasSignaled,
    polledPending: ReadonlySet<KernelObject>,
  ): ModelEvent[] {
    const { name, subject, detail } = event;
    if (name === 'slotSignaled') {
      const isTrue = subject !== null && hasSignaled(subject);
      return isTrue ? [{ type: name, detail }] : [];
    }
    const events: ModelEvent[] = [];
    if (name === 'add' || name === 'reserve') {
      for (const [slot, { fence: number, isSignaled }] of list.slots.entries()) {
        const fence = this.fences[number];
        if (fence === undefined || isSignaled) continue;
        if (hasSignaled(fence) && !polledPending.has(fence)) {
          events.push({ type: 'slotSignaled', detail: slot });
        }
      }
    }
    if (name === 'add' && subject instanceof DmaFence) {
      const { context, seqno, ops } = subject;
      const wide = ops.use64BitSeqno === true ? { is64Bit: 1 } : {};
      const fence = this.numberOf(subject);
      this.added.set(subject, event.step);
      this.all.set(subject, Math.min(detail, this.all.get(subject) ?? detail));
      events.push({ type: 'add', detail, fence, context, seqno: Number(seqno), ...wide });
      return events;
    }
    const carries = name === 'reserve' || name === 'reserve.failed';
    events.push(carries ? { type: name, detail } : { type: name });
    return events;
  }

  private numberOf(fence: DmaFence): number {
    let number = this.numbers.get(fence);
    if (number === undefined) {
      number = this.fences.length;
      this.numbers.set(fence, number);
      this.fences.push(fence);
    }
    return number;
  }
}
