import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Stack, type StackTypes } from '../../../impl/stack.ts';
import { MockFence } from '../../selftests/mock-fence.ts';

/** A part of the life of a chain, over all of its points. */
export type ChainPhase = 'build' | 'wait' | 'collect' | 'release';

/** What was done, and how many steps of the kernel that took. */
export interface PhaseRun {
  readonly phase: ChainPhase;
  readonly steps: number;
}

/** A timeline with very many points, made by the kernel alone: nobody else runs meanwhile. */
export class LongChain {
  readonly stack: Stack;
  private readonly count: number;
  private readonly fences: DmaFence[] = [];
  private tail: DmaFence | null = null;
  private steps = 0;

  constructor(count: number, types?: StackTypes) {
    this.count = count;
    this.stack = new Stack({ lockProving: false }, types);
  }

  /** Does one part, and says how many steps it took. */
  run(phase: ChainPhase): PhaseRun {
    this.steps = 0;
    switch (phase) {
      case 'build':
        this.build();
        break;
      case 'wait':
        this.wait();
        break;
      case 'collect':
        this.collect();
        break;
      case 'release':
        this.release();
        break;
    }
    return { phase, steps: this.steps };
  }

  /** What is left in memory besides the contained fences that the issuer keeps. */
  get nodesLeft(): number {
    return this.stack.world.memory.live().filter(({ kind }) => kind === 'chain').length;
  }

  private now<T>(body: KernelTask<T>): T {
    return this.stack.world.runNow(this.counted(body));
  }

  private *counted<T>(body: KernelTask<T>): KernelTask<T> {
    for (;;) {
      const next = body.next();
      if (next.done === true) return next.value;
      this.steps += 1;
      yield next.value;
    }
  }

  private build(): void {
    const { ops, lock } = new MockFence(this.stack).base;
    const names = namesOf(ops);
    for (let point = 1; point <= this.count; point += 1) {
      const { types, chains } = this.stack;
      const fence = new types.DmaFence(this.stack, names, lock, 0, BigInt(point));
      this.fences.push(this.now(fence.get()));
      const memory = this.now(chains.alloc());
      if (memory === null) throw new Error('there is memory for every node');
      this.tail = this.now(chains.init(memory, this.tail, fence, BigInt(point))).base;
    }
  }

  /** Arms the last node, signals every point in order, and waits. */
  private wait(): void {
    const tail = this.last();
    this.now(tail.enableSwSignaling());
    this.signal(this.fences);
    const left = this.now(tail.wait(false));
    if (left !== 0) throw new Error(`the wait returns ${left}`);
  }

  /** Signals everything but the last point, and walks from there. */
  private collect(): void {
    this.signal(this.fences.slice(0, -1));
    const { chains } = this.stack;
    const tail = this.now(this.last().get());
    const next = this.now(chains.walk(tail));
    if (next !== null) throw new Error('everything behind the last point is done');
  }

  private release(): void {
    const tail = this.last();
    this.tail = null;
    this.now(tail.put());
  }

  private signal(fences: readonly DmaFence[]): void {
    for (const fence of fences) this.now(fence.signal());
  }

  private last(): DmaFence {
    if (this.tail === null) throw new Error('the chain has to be built first');
    return this.tail;
  }
}

/** The ops of a fence that nobody asks anything but its names. */
function namesOf(ops: DmaFence['ops']): DmaFence['ops'] {
  return {
    getDriverName: (fence) => ops.getDriverName(fence),
    getTimelineName: (fence) => ops.getTimelineName(fence),
  };
}
