import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { Pointer } from '../../impl/kernel/pointer.ts';
import type { Stack } from '../../impl/stack.ts';
import type { Result } from './operation.ts';

/** What the slot held from some step on. */
interface Held {
  readonly step: number;
  readonly name: string;
}

/** A pointer slot that holds a fence and is read without a lock, as drivers have them. */
export class FenceSlot extends KernelObject {
  readonly slot: Pointer<DmaFence>;
  /** Everything it ever held, in order. */
  readonly history: Held[] = [];

  constructor(stack: Stack, fence: DmaFence | null) {
    super(stack.world, 'slot');
    this.isStatic = true;
    this.slot = new Pointer<DmaFence>(this, 'fence', fence);
    this.history.push({ step: 0, name: nameOf(fence) });
  }

  /** Publishes another fence; the old one comes back, to one of all who replace it at once. */
  *replace(fence: DmaFence | null): KernelTask<DmaFence | null> {
    const before = yield* this.slot.exchange(fence);
    this.world.touch(this, EVENTS_FIELD, 'tell', 'full');
    this.history.push({ step: this.world.steps, name: nameOf(fence) });
    return before;
  }

  /** True when the slot held `name` at some moment from step `from` to step `to`. */
  held(name: Result, from: number, to: number): boolean {
    return this.history.some((entry, index) => {
      const next = this.history[index + 1]?.step ?? Number.POSITIVE_INFINITY;
      return entry.name === name && entry.step <= to && next >= from;
    });
  }

  visitState(visit: StateVisitor): void {
    visit('fence', this.slot.value);
    visit('changes', this.history.length);
  }
}

/** Which fence lives in this memory now: recycled memory has a new name. */
export function nameOf(fence: DmaFence | null): string {
  if (fence === null) return 'NULL';
  return fence instanceof SlabFence ? fence.incarnation : fence.label;
}

/**
 * A fence of a typesafe slab: its memory is not given back, and becomes another fence at once.
 * Readers that still point at it find a fence, though not the one that they looked for.
 */
export class SlabFence extends DmaFence {
  private generation = 0;

  get incarnation(): string {
    return this.generation === 0 ? this.label : `${this.label}#${this.generation}`;
  }

  override free(): void {}

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    visit('generation', this.generation);
  }

  /** The memory becomes a new fence, with one reference. @kernel kmem_cache_alloc */
  recycle(): void {
    this.generation += 1;
    this.flags.initialize(0);
    this.references.initialize(1);
  }
}
