import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { begin, end, type FenceChains, find, tailOf } from './chain-scenarios.ts';
import { expectThat } from './selftest.ts';

/** Opens once, for everybody who waits at it. */
class Door extends KernelObject implements Gate {
  readonly blockedBy: string;
  private isOpen = false;
  private readonly wait: Access;

  constructor(stack: Stack, name: string) {
    super(stack.world, 'door');
    this.isStatic = true;
    this.alias = name;
    this.blockedBy = `${name} is not there yet`;
    this.wait = new Access('wait', 'acquire', this, 'isOpen', 'wait for', this);
  }

  ready(): boolean {
    return this.isOpen;
  }

  open(): void {
    this.isOpen = true;
  }

  *pass(): KernelTask<void> {
    yield this.wait;
  }

  visitState(): void {
    // Whether it is open shows in who can run.
  }
}

/** Threads over one chain: one builds it and takes it down, others use it meanwhile. */
export class ChainThreads {
  private readonly stack: Stack;
  private readonly built: Door;
  private readonly over: Door;
  private readonly length: number;
  private users: number;
  private chains: FenceChains = { nodes: [], fences: [] };

  constructor(stack: Stack, length: number, users: number) {
    this.stack = stack;
    this.length = length;
    this.users = users;
    this.built = new Door(stack, 'the chain');
    this.over = new Door(stack, 'the end of the others');
  }

  /** Builds the chain, signals its fences in this order, and waits for the others. */
  *main(order: (fences: readonly DmaFence[]) => readonly DmaFence[]): KernelTask<void> {
    this.chains = yield* begin(this.stack, this.length);
    this.built.open();
    for (const fence of order(this.chains.fences)) yield* fence.signal();
    yield* this.over.pass();
    yield* end(this.chains);
  }

  /** Waits for the newest node. @kernel __wait_fence_chains */
  *waiter(): KernelTask<void> {
    yield* this.built.pass();
    const left = yield* tailOf(this.chains).wait(false);
    expectThat(left === 0, `the wait returns ${left}`);
    this.leave();
  }

  /** Finds points, and signals fences, both at random. @kernel __find_race */
  *racer(rounds: number, seed: number): KernelTask<void> {
    const { stack, length } = this;
    const numbers = new RandomNumbers(seed);
    yield* this.built.pass();
    for (let round = 0; round < rounds; round += 1) {
      const seqno = 1 + numbers.below(length);
      const found = yield* find(stack, tailOf(this.chains), seqno);
      expectThat(found.result === 0, `finding ${seqno} fails: ${found.result}`);
      const { fence } = found;
      if (fence !== null && fence.seqno === BigInt(seqno)) {
        const again = yield* find(stack, fence, seqno);
        expectThat(again.result === 0, `finding ${seqno} again fails: ${again.result}`);
        yield* stack.fences.put(again.fence);
      }
      yield* stack.fences.put(fence);
      const victim = this.chains.fences[numbers.below(length - 1)];
      if (victim !== undefined) yield* victim.signal();
    }
    this.leave();
  }

  private leave(): void {
    this.users -= 1;
    if (this.users === 0) this.over.open();
  }
}

/** Neither in order nor against it. */
export function shuffled(seed: number): (fences: readonly DmaFence[]) => readonly DmaFence[] {
  return (fences) => {
    const numbers = new RandomNumbers(seed);
    const left = [...fences];
    const order: DmaFence[] = [];
    while (left.length > 0) order.push(...left.splice(numbers.below(left.length), 1));
    return order;
  };
}
