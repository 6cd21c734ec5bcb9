import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';
import type { ResvList } from '../../model/machines/resv-list.ts';
import { visitMoment } from './moments.ts';

/** One add of a fence, and what was in its slot before. */
interface Stay {
  readonly fence: DmaFence;
  readonly usage: number;
  readonly since: number;
  readonly displaced: Stay | null;
}

/** Events that put a fence somewhere, and those of which the number matters to the machine. */
const STORES: ReadonlySet<string> = new Set(['add', 'replace', 'copy.take']);
const CARRIES: ReadonlySet<string> = new Set([
  'reserve',
  'reserve.failed',
  'replace.begin',
  'copy',
]);

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
  private readonly stays = new Map<DmaFence, Stay>();

  fence(number: number): DmaFence | undefined {
    return this.fences[number];
  }

  /**
   * From which step on every walk up to `usage` finds something pending in the slot of a fence: the
   * step that put it there last, or, when it displaced one that never signaled, an earlier one.
   */
  pendingSince(fence: DmaFence, usage: number, isPending: (fence: DmaFence) => boolean): number {
    let stay = this.stays.get(fence) ?? null;
    let since = stay?.since ?? Number.POSITIVE_INFINITY;
    while (stay !== null && stay.usage <= usage && isPending(stay.fence)) {
      ({ since } = stay);
      stay = stay.displaced;
    }
    return since;
  }

  /** Which fence has which number, and since when each is where it is. */
  visitState(key: StateKey, world: World): void {
    for (const fence of this.fences) {
      key.add(fence);
      key.add(this.all.get(fence) ?? -1);
      let stay = this.stays.get(fence) ?? null;
      for (; stay !== null; stay = stay.displaced) {
        key.add(stay.fence);
        key.add(stay.usage);
        visitMoment(key, world, stay.since);
      }
    }
  }

  /** Notes a store that the machine has followed: `before` and `after` are its own lists. */
  noteStore(event: WorldEvent, before: ResvList, after: ResvList): void {
    const { name, subject, detail, step } = event;
    if (name === 'copy') {
      this.noteCopy(after, step);
      return;
    }
    if (!(subject instanceof DmaFence)) return;
    const number = this.numberOf(subject);
    const slot = after.slots.findIndex((now, index) => {
      const then = before.slots[index];
      return now.fence === number && (then?.fence !== number || then.usage !== now.usage);
    });
    // Added once more as it is there already.
    if (slot < 0) return;
    const former = before.slots.length === after.slots.length ? before.slots[slot] : undefined;
    const other = former === undefined ? undefined : this.fences[former.fence];
    const displaced = other === undefined ? null : (this.stays.get(other) ?? null);
    this.stays.set(subject, { fence: subject, usage: detail, since: step, displaced });
  }

  /** What is published by a copy is all new. */
  private noteCopy({ slots }: ResvList, since: number): void {
    for (const slot of slots) {
      const fence = this.fences[slot.fence];
      const { usage } = slot;
      if (fence !== undefined) this.stays.set(fence, { fence, usage, since, displaced: null });
    }
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
    if (STORES.has(name) && subject instanceof DmaFence) {
      const { context, seqno, ops } = subject;
      const wide = ops.use64BitSeqno === true ? { is64Bit: 1 } : {};
      const fence = this.numberOf(subject);
      this.all.set(subject, Math.min(detail, this.all.get(subject) ?? detail));
      events.push({ type: name, detail, fence, context, seqno: Number(seqno), ...wide });
      return events;
    }
    events.push(CARRIES.has(name) ? { type: name, detail } : { type: name });
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
