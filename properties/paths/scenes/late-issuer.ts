import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Stack } from '../../../impl/stack.ts';

/**
 * The driver of one fence whose work is done, and who says so late: not to the first who polls, but
 * to the second, and to whoever wants to arm it. So a walk leaves it in place and a moment later it
 * is done.
 */
export class LateIssuer extends KernelObject implements FenceOps {
  readonly fence: DmaFence;
  private readonly lock: SpinLock;
  private readonly asked: Cell;

  constructor(stack: Stack, context: number) {
    super(stack.world, 'lateIssuer');
    this.isStatic = true;
    this.lock = new SpinLock(this, 'lock', '&issuer->lock');
    this.asked = new Cell(this, 'asked', 0);
    this.fence = new stack.types.DmaFence(stack, this, this.lock, context, 1n);
  }

  getDriverName(): string {
    return 'late issuer';
  }

  getTimelineName(): string {
    return 'paths';
  }

  *enableSignaling(): KernelTask<boolean> {
    return (yield* this.asked.read()) < 0;
  }

  *signaled(): KernelTask<boolean> {
    return (yield* this.asked.fetchAdd(1)) > 0;
  }

  visitState(visit: StateVisitor): void {
    visit('asked', this.asked.value);
  }
}
