import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about arming an issuer, on both sides of the op. */
export const OPS_ARMING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-FENCE-04',
    mistake: 'enabling sets its bit and looks at SIGNALED before it takes the lock',
    breaks: ['FENCE-017'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSwSignaling(): KernelTask<void> {
          const wasEnabled = yield* this.flags.testAndSet(ENABLE_SIGNAL);
          this.world.emit(this, 'enable');
          if (wasEnabled || (yield* this.flags.test(SIGNALED))) return;
          if (this.ops.enableSignaling === undefined) return;
          this.trace('dma_fence_enable_signal');
          const flags = yield* this.lock.acquireIrqsave();
          const isArmed = yield* this.ops.enableSignaling(this);
          this.world.emit(this, isArmed ? 'enableSignaling.armed' : 'enableSignaling.refused');
          if (!isArmed) yield* this.signalLocked();
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'fence-017-without-lock',
    mistake: 'enabling takes no lock at all',
    breaks: ['FENCE-017'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSwSignaling(): KernelTask<void> {
          yield* this.enableSignalingLocked();
        }
      },
    }),
  }),
  fault({
    id: 'fence-017-at-every-add',
    mistake: 'every add calls the op again',
    breaks: ['FENCE-017'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *addCallback(callback: FenceCallback): KernelTask<number> {
          yield* this.flags.test(ENABLE_SIGNAL);
          this.flags.clearOwned(ENABLE_SIGNAL);
          return yield* super.addCallback(callback);
        }
      },
    }),
  }),
  fault({
    id: 'fence-018-refusal-ignored',
    mistake: 'a fence whose op refuses is left pending',
    breaks: ['FENCE-018', 'FENCE-044'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          return yield* arm(this, function* () {});
        }
      },
    }),
  }),
  fault({
    id: 'fence-018-error-lost',
    mistake: 'the core clears the error that a refusing op has stored',
    breaks: ['FENCE-018'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          return yield* arm(this, function* (fence) {
            yield* fence.error.write(0);
            fence.world.emit(fence, 'setError', null, 0);
            yield* fence.signalLocked();
          });
        }
      },
    }),
  }),
  fault({
    id: 'fence-018-armed-is-done',
    mistake: 'the answer of the op is taken the wrong way round',
    breaks: ['FENCE-018'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          const isArmed = yield* super.enableSignalingLocked();
          if (isArmed && this.ops.enableSignaling !== undefined) yield* this.signalLocked();
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'fence-019-traced',
    mistake: 'the trace point is passed although there is no op',
    breaks: ['FENCE-019'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSwSignaling(): KernelTask<void> {
          if (this.ops.enableSignaling === undefined) this.trace('dma_fence_enable_signal');
          yield* super.enableSwSignaling();
        }
      },
    }),
  }),
  fault({
    id: 'fence-019-done',
    mistake: 'a fence that cannot be armed is signaled',
    breaks: ['FENCE-019'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          const isPending = yield* super.enableSignalingLocked();
          if (!isPending || this.ops.enableSignaling !== undefined) return isPending;
          yield* this.signalLocked();
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'fence-020-poll-records',
    mistake: 'polling an array records the error of a child although others are pending',
    breaks: ['FENCE-020'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          for (const fence of this.fences) yield* this.setPendingError(fence.error.readStable());
          return yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'fence-020-arming-clears',
    mistake: 'arming an array says that there will be no error',
    breaks: ['FENCE-020'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *enableSignaling(): KernelTask<boolean> {
          const isArmed = yield* super.enableSignaling();
          yield* this.clearPendingError();
          return isArmed;
        }
      },
    }),
  }),
  fault({
    id: 'fence-021-no-reference',
    mistake: 'an armed array takes no reference on itself for its children',
    breaks: ['FENCE-021'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *enableSignaling(): KernelTask<boolean> {
          const isArmed = yield* super.enableSignaling();
          for (let index = 0; index < this.fences.length; index += 1) yield* this.base.put();
          return isArmed;
        }
      },
    }),
  }),
];

/** Arming as it should be, but for what happens when the op refuses. */
function* arm(
  fence: DmaFence,
  refused: (fence: DmaFence) => KernelTask<void>,
): KernelTask<boolean> {
  const { world, ops } = fence;
  const wasEnabled = yield* fence.flags.testAndSet(ENABLE_SIGNAL);
  world.emit(fence, 'enable');
  if (yield* fence.flags.test(SIGNALED)) return false;
  if (wasEnabled || ops.enableSignaling === undefined) return true;
  const isArmed = yield* ops.enableSignaling(fence);
  world.emit(fence, isArmed ? 'enableSignaling.armed' : 'enableSignaling.refused');
  if (!isArmed) yield* refused(fence);
  return isArmed;
}
