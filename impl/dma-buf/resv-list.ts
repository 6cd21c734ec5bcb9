import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { KernelObject, noteOf, type StateVisitor } from '../kernel/object.ts';
import { type Noted, PlainWord } from '../kernel/plain.ts';
import { Pointer } from '../kernel/pointer.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import type { ResvUsage } from './resv-usage.ts';

/** A fence and its usage, as one word of a list holds them. */
export interface ResvSlot {
  readonly fence: DmaFence;
  readonly usage: ResvUsage;
}

/**
 * One word of a list: fence and usage in one, so that readers never see half a pair. It is a value,
 * as in the kernel, where the usage stands in the low bits of the pointer.
 */
class SlotWord implements ResvSlot, Noted {
  readonly fence: DmaFence;
  readonly usage: ResvUsage;

  constructor(fence: DmaFence, usage: ResvUsage) {
    this.fence = fence;
    this.usage = usage;
  }

  get key(): number {
    return noteOf([this.fence, this.usage]);
  }
}

/**
 * The slots of a reservation object. Written under its lock, read under RCU.
 *
 * @kernel struct dma_resv_list
 */
export class ResvList extends KernelObject {
  readonly stack: Stack;
  /** How many slots are filled; grows after the slot was written. */
  readonly count: Cell;
  /** How many may be filled; only the lock holder looks. */
  readonly max: PlainWord<number>;
  /** Memory that is there from the start; a slot is made here when it is first written. */
  protected readonly words: Pointer<SlotWord>[] = [];

  constructor(stack: Stack, max: number) {
    super(stack.world, 'resvList');
    this.stack = stack;
    this.max = new PlainWord<number>(this, 'max', max);
    this.count = new Cell(this, 'count', 0, 'full');
  }

  /** Fills the next slot while nobody else can see the list. */
  initialize(fence: DmaFence, usage: ResvUsage): void {
    const word = new SlotWord(fence, usage);
    const index = this.count.readStable();
    this.words[index] = new Pointer(this, `slot${index}`, word);
    this.count.initialize(index + 1);
  }

  /** What the lock holder sees. */
  slot(index: number): ResvSlot {
    const word = this.words[index]?.readStable();
    return word ?? this.world.fault('bug', `slot ${index} of ${this.label} is not set`, this);
  }

  /** What a reader without the lock sees. @kernel dma_resv_list_entry */
  *readSlot(index: number): KernelTask<ResvSlot> {
    const pointer = this.words[index];
    const word = pointer === undefined ? null : yield* pointer.read();
    if (word === null)
      return this.world.fault('bug', `slot ${index} is read before it is set`, this);
    return word;
  }

  /** One store: readers see the old pair or the new one. @kernel dma_resv_list_set */
  *writeSlot(index: number, fence: DmaFence, usage: ResvUsage): KernelTask<void> {
    const pointer = (this.words[index] ??= new Pointer<SlotWord>(this, `slot${index}`));
    yield* pointer.write(new SlotWord(fence, usage));
  }

  *append(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
    const index = this.count.readStable();
    yield* this.writeSlot(index, fence, usage);
    yield* this.count.write(index + 1);
  }

  /** @kernel dma_resv_list_free */
  *free(): KernelTask<void> {
    const count = this.count.readStable();
    for (let index = 0; index < count; index += 1) yield* this.slot(index).fence.put();
    this.world.rcu.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('count', this.count.value);
    visit('max', this.max.value);
    for (const [index, { value: word }] of this.words.entries()) {
      visit(`slot${index}`, word === null ? null : [word.fence, word.usage]);
    }
  }
}
