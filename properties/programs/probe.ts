import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../impl/dma-buf/fence-callback.ts';
import { SIGNALED, TIMESTAMP } from '../../impl/dma-buf/fence-flags.ts';
import type { KernelTask, Place } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import type { Result } from './operation.ts';

/** What a callback's function found when it was called. */
export interface CallSight {
  /** Position among the calls of all probes of the run, from 0. */
  readonly order: number;
  readonly task: string;
  readonly fence: DmaFence;
  /** It was given its own node. */
  readonly isOwnNode: boolean;
  readonly isLinked: boolean;
  readonly isLocked: boolean;
  readonly irqsEnabled: boolean;
  readonly signallingDepth: number;
  readonly isSignaled: boolean;
  readonly isStamped: boolean;
  readonly error: number;
  readonly references: number;
}

/** What the function of a probe does besides looking around; its result is kept. */
export type ProbeAction = (fence: DmaFence, probe: Probe) => KernelTask<Result>;

const PROBE_CALLS: Place = { label: 'probes' };

/** Counts the calls of all probes of one run. */
export interface CallOrder {
  next: number;
}

/** A callback that notes in which circumstances it is called. */
export class Probe extends KernelObject {
  readonly node: FenceCallback;
  readonly sights: CallSight[] = [];
  /** How many calls have returned. */
  returned = 0;
  /** What the action gave, call by call. */
  readonly results: Result[] = [];
  private readonly scratch: Cell;
  private readonly order: CallOrder;

  constructor(stack: Stack, order: CallOrder, action: ProbeAction) {
    super(stack.world, 'probe');
    this.isStatic = true;
    this.order = order;
    this.scratch = new Cell(this, 'scratch', 0);
    const called = (fence: DmaFence, node: FenceCallback): KernelTask<void> =>
      this.called(fence, node, action);
    this.node = new stack.types.FenceCallback(stack.world, called);
    this.node.isStatic = true;
  }

  /** A step of its own, so that others can look at a callback that has begun and not returned. */
  *linger(): KernelTask<void> {
    yield* this.scratch.write(1);
  }

  private *called(fence: DmaFence, node: FenceCallback, action: ProbeAction): KernelTask<void> {
    const { name, cpu, signallingDepth } = this.world.current;
    const bits = fence.flags.bits;
    this.world.memory.writes(this, 'sights', 'full');
    this.sights.push({
      order: this.order.next,
      task: name,
      fence,
      isOwnNode: node === this.node,
      isLinked: this.node.linkedOn.value !== null,
      isLocked: fence.lock.isHeld,
      irqsEnabled: cpu.irqsEnabled,
      signallingDepth,
      isSignaled: (bits & SIGNALED) !== 0,
      isStamped: (bits & TIMESTAMP) !== 0,
      error: fence.error.value,
      references: fence.references.value,
    });
    this.world.touch(PROBE_CALLS, 'order', 'write', 'once');
    this.order.next += 1;
    this.results.push(yield* action(fence, this));
    this.world.memory.writes(this, 'returned', 'full');
    this.returned += 1;
  }

  /** For other tasks, without a step. */
  hasReturned(): boolean {
    this.world.memory.reads(this, 'returned', 'full');
    this.world.current.observe(this.returned);
    return this.returned > 0;
  }

  visitState(visit: StateVisitor): void {
    visit('calls', this.sights.length);
    visit('returned', this.returned);
    visit('results', this.results);
  }
}
