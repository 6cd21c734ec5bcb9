import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Stack } from '../../../impl/stack.ts';

/** What an issuer does when it is asked to arm; `signals` signals on its own and returns false. */
export type Arming = 'absent' | 'armed' | 'refuses' | 'signals';

/** A small driver: fences, each with a lock of its own, and hardware that never reports. */
export class Issuer extends KernelObject implements FenceOps {
  readonly enableSignaling?: (fence: DmaFence) => KernelTask<boolean>;
  readonly signaled?: () => KernelTask<boolean>;
  private readonly stack: Stack;
  private readonly hardware: Cell;

  constructor(stack: Stack, arming: Arming, isPolled: boolean) {
    super(stack.world, 'issuer');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = new Cell(this, 'hardware', 0);
    if (arming !== 'absent') this.enableSignaling = (fence) => this.arm(fence, arming);
    if (isPolled) this.signaled = () => this.isDone();
  }

  /** A new fence with one reference. */
  issue(context: number, seqno: number): DmaFence {
    const lock = new SpinLock(this, 'lock', '&issuer->lock');
    return new this.stack.types.DmaFence(this.stack, this, lock, context, BigInt(seqno));
  }

  getDriverName(): string {
    return 'issuer';
  }

  getTimelineName(): string {
    return 'paths';
  }

  private *arm(fence: DmaFence, arming: Arming): KernelTask<boolean> {
    yield* this.hardware.read();
    if (arming === 'signals') yield* fence.signalLocked();
    return arming === 'armed';
  }

  /** The answer lags behind: the fence may signal while the hardware is asked. */
  private *isDone(): KernelTask<boolean> {
    return (yield* this.hardware.read()) === 1;
  }

  *setDeadline(): KernelTask<void> {
    yield* this.hardware.read();
  }

  visitState(visit: StateVisitor): void {
    visit('hardware', this.hardware.value);
  }
}
