import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about taking callbacks back. */
export const REMOVE_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-047-always-true',
    mistake: 'a removal says that it has removed, always',
    breaks: ['FENCE-047', 'FENCE-049'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          yield* super.removeCallback(callback);
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'fence-047-stays-linked',
    mistake: 'a removed node stays on the list',
    breaks: ['FENCE-047'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        protected override unlink(node: FenceCallback): void {
          node.linkedOn.set(null);
        }
      },
    }),
  }),
  fault({
    id: 'fence-047-without-lock',
    mistake: 'a removal takes no lock',
    breaks: ['FENCE-047'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          yield* this.flags.test(SIGNALED);
          const isLinked = !callback.linkedOn.isNull();
          callback.linkedOn.set(null);
          this.callbacks.remove(callback);
          return isLinked;
        }
      },
    }),
  }),
  fault({
    id: 'fence-048-unlinks-after-unlock',
    mistake: 'a removal takes the node off the list just after it has released the lock',
    breaks: ['FENCE-048'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          const { world } = this;
          const flags = yield* this.lock.acquireIrqsave();
          const isLinked = callback.linkedOn.get() === this;
          this.lock.releaseIrqrestore(flags);
          if (isLinked) this.callbacks.remove(callback);
          if (isLinked) callback.linkedOn.set(null);
          world.emit(callback, isLinked ? 'remove' : 'miss');
          world.emit(this, 'removeCallback', isLinked ? 1 : 0);
          return isLinked;
        }
      },
    }),
  }),
  fault({
    id: 'fence-048-does-not-wait',
    mistake: 'a removal returns at once when the node is not linked any more',
    breaks: ['FENCE-048'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          yield* this.flags.test(SIGNALED);
          if (callback.isPrepared.get() && callback.linkedOn.isNull()) return false;
          return yield* super.removeCallback(callback);
        }
      },
    }),
  }),
  fault({
    id: 'fence-049-not-caught',
    mistake: 'nobody checks where the node that is removed is linked',
    breaks: ['FENCE-049'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          const flags = yield* this.lock.acquireIrqsave();
          const linkedOn = callback.linkedOn.get();
          callback.linkedOn.set(null);
          linkedOn?.callbacks.remove(callback);
          this.lock.releaseIrqrestore(flags);
          return linkedOn !== null;
        }
      },
    }),
  }),
  fault({
    id: 'fence-050-disarms',
    mistake: 'the fence counts as unarmed once its last callback is removed',
    breaks: ['FENCE-050'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        protected override unlink(node: FenceCallback): void {
          super.unlink(node);
          if (this.callbacks.isEmpty()) this.flags.clearOwned(ENABLE_SIGNAL);
        }
      },
    }),
  }),
];
