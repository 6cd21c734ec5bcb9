import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { KernelObject, StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Stack } from '../../stack.ts';

/** Where the out-fences of a CRTC or of a writeback connector come from; its mode lock protects it. */
export class FenceTimeline {
  /** Protects the fences. @kernel fence_lock */
  readonly lock: SpinLock;
  /** 0 until the first fence: the kernel takes the number when the driver loads. @kernel fence_context */
  readonly context: PlainWord<number>;
  /** @kernel fence_seqno */
  readonly seqno: PlainWord<number>;

  constructor(place: KernelObject, lockClass: string) {
    this.lock = new SpinLock(place, 'fence_lock', lockClass);
    this.context = new PlainWord<number>(place, 'fence_context', 0);
    this.seqno = new PlainWord<number>(place, 'fence_seqno', 0);
  }

  /** Its next fence, or null. The number is used up whatever becomes of the fence. @rule KMS-013 */
  *create(stack: Stack, ops: FenceOps): KernelTask<DmaFence | null> {
    if (!(yield* stack.world.memory.reserve('GFP_KERNEL'))) return null;
    if (this.context.ask((context) => context === 0)) {
      this.context.set(yield* stack.fences.contextAlloc(1));
    }
    const seqno = this.seqno.get() + 1;
    this.seqno.set(seqno);
    return new stack.types.DmaFence(stack, ops, this.lock, this.context.get(), BigInt(seqno));
  }

  visitState(visit: StateVisitor): void {
    visit('fence_lock', this.lock.holder?.index ?? -1);
    visit('fence_context', this.context.value);
    visit('fence_seqno', this.seqno.value);
  }
}
