import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { Pointer } from '../../../impl/kernel/pointer.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about lookups, references in general, and the storage that is used three times. */
export const LOOKUP_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-FENCE-06',
    mistake: 'a lookup whose reference fails reports an empty slot',
    breaks: ['FENCE-011'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *getRcuSafe(slot: Pointer<DmaFence>): KernelTask<DmaFence | null> {
          for (;;) {
            const fence = yield* slot.read();
            if (fence === null || !(yield* fence.getRcu())) return null;
            if ((yield* slot.read()) === fence) return fence;
            yield* fence.put();
          }
        }
      },
    }),
  }),
  fault({
    id: 'fence-011-no-second-look',
    mistake: 'a lookup does not look at the slot again once it has the reference',
    breaks: ['FENCE-011'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *getRcuSafe(slot: Pointer<DmaFence>): KernelTask<DmaFence | null> {
          for (;;) {
            const fence = yield* slot.read();
            if (fence === null) return null;
            if (yield* fence.getRcu()) return fence;
          }
        }
      },
    }),
  }),
  fault({
    id: 'fence-012-unnoticed',
    mistake: 'nobody checks that the caller has a reference',
    breaks: ['FENCE-012'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        protected override assertReferenced(): void {}
      },
    }),
  }),
  fault({
    id: 'fence-012-remove-drops',
    mistake: 'a removal that comes too late drops a reference of the caller',
    breaks: ['FENCE-012'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          const isLinked = yield* super.removeCallback(callback);
          if (!isLinked) yield* this.put();
          return isLinked;
        }
      },
    }),
  }),
  fault({
    id: 'fence-012-lookup-anywhere',
    mistake: 'the safe lookup does not insist on a read section',
    breaks: ['FENCE-012'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *getRcuSafe(slot: Pointer<DmaFence>): KernelTask<DmaFence | null> {
          this.world.rcu.readLock();
          const fence = yield* super.getRcuSafe(slot);
          this.world.rcu.readUnlock();
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'fence-013-list-stays',
    mistake: 'the list is taken over only after the timestamp went into its place',
    breaks: ['FENCE-013'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          if (yield* this.flags.testAndSet(SIGNALED)) return -EINVAL;
          yield* this.timestampNs.write(timestampNs);
          const callbacks = this.callbacks.takeAll();
          this.world.emit(this, 'signal', 0);
          yield* this.flags.set(TIMESTAMP);
          this.world.emit(this, 'stamp');
          this.trace('dma_fence_signaled');
          for (const node of callbacks) yield* this.runCallback(node);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-013-early-timestamp',
    mistake: 'the timestamp is stored before the fence is signaled',
    breaks: ['FENCE-013', 'FENCE-029'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          if (!(yield* this.flags.test(SIGNALED))) yield* this.timestampNs.write(timestampNs);
          return yield* super.signalTimestampLocked(timestampNs);
        }
      },
    }),
  }),
];
