import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { Pointer } from '../../impl/kernel/pointer.ts';
import type { Stack } from '../../impl/stack.ts';
import { MockFence } from './mock-fence.ts';
import { expectThat } from './selftest.ts';

/** One slot, where one of the two threads shows its fence to the other. */
class Slot extends KernelObject implements Gate {
  readonly fence: Pointer<DmaFence>;
  readonly blockedBy = 'the other thread shows no fence';
  /** The thread has done its rounds and shows nothing more. */
  isClosed = false;
  private readonly shown: Access;

  constructor(stack: Stack, name: string) {
    super(stack.world, 'slot');
    this.isStatic = true;
    this.alias = name;
    this.fence = new Pointer<DmaFence>(this, 'fence');
    this.shown = new Access('wait', 'acquire', this, 'fence', 'wait for', this);
  }

  ready(): boolean {
    return this.fence.value !== null || this.isClosed;
  }

  /** The other's fence with a reference; null when it shows none. */
  *take({ world, fences }: Stack): KernelTask<DmaFence | null> {
    yield this.shown;
    world.rcu.readLock();
    const fence = yield* fences.getRcuSafe(this.fence);
    world.rcu.readUnlock();
    return fence;
  }

  visitState(visit: StateVisitor): void {
    visit('fence', this.fence.value);
    visit('isClosed', this.isClosed);
  }
}

/** How often each case of the race came up, over all schedules. Unit: rounds. */
export interface RaceTally {
  /** A callback was added. */
  added: number;
  /** The fence had signaled, or the other thread showed none. */
  missed: number;
}

/** What the two threads share. */
export class SignalCallbackRace extends KernelObject {
  private readonly tally: RaceTally;
  private readonly stack: Stack;
  private readonly slots: readonly [Slot, Slot];
  private readonly signalsFirst: boolean;

  constructor(stack: Stack, signalsFirst: boolean, tally: RaceTally) {
    super(stack.world, 'race');
    this.isStatic = true;
    this.stack = stack;
    this.signalsFirst = signalsFirst;
    this.tally = tally;
    this.slots = [new Slot(stack, 'slot0'), new Slot(stack, 'slot1')];
  }

  /** One thread: `rounds` times it shows a fence, and hangs a callback on the other's. */
  *thread(number: 0 | 1, rounds: number): KernelTask<void> {
    const mine = this.slots[number];
    for (let round = 0; round < rounds; round += 1) yield* this.round(number);
    mine.isClosed = true;
  }

  private *round(number: 0 | 1): KernelTask<void> {
    const { stack } = this;
    const own = new MockFence(stack).base;
    yield* own.enableSwSignaling();
    yield* this.slots[number].fence.write(own);
    const other = yield* this.slots[number === 0 ? 1 : 0].take(stack);

    if (this.signalsFirst) yield* own.signal();
    const seen = new Seen(stack);
    const node = new stack.types.FenceCallback(stack.world, () => seen.word.write(1));
    const isAdded = other !== null && (yield* other.addCallback(node)) === 0;
    if (isAdded) this.tally.added += 1;
    else this.tally.missed += 1;
    if (!this.signalsFirst) yield* own.signal();

    if (other !== null && isAdded) {
      if ((yield* seen.word.read()) === 0) {
        yield* other.wait(false);
        yield* waitForCallbacks(other);
      }
      expectThat((yield* seen.word.read()) === 1, 'callback not seen, but the fence was signaled');
    }
    if (other !== null) yield* other.put();
    yield* this.slots[number].fence.write(null);
    yield* own.put();
    stack.world.memory.free(node);
    stack.world.memory.free(seen);
  }

  visitState(visit: StateVisitor): void {
    visit('signalsFirst', this.signalsFirst);
  }
}

/** "The callback was here", on the stack of the thread that waits for it. */
class Seen extends KernelObject {
  readonly word: Cell;

  constructor(stack: Stack) {
    super(stack.world, 'seen');
    this.word = new Cell(this, 'word', 0);
  }

  visitState(visit: StateVisitor): void {
    visit('word', this.word.value);
  }
}

/** After this, whoever signaled has left its callbacks. @kernel __wait_for_callbacks */
function* waitForCallbacks(fence: DmaFence): KernelTask<void> {
  yield* fence.lock.acquireIrq();
  fence.lock.releaseIrq();
}
