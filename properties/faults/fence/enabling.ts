import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about arming an issuer. */
export const ENABLING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-051-nothing-when-signaled',
    mistake: 'enabling returns before it sets the flag when the fence is signaled',
    breaks: ['FENCE-051'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSwSignaling(): KernelTask<void> {
          if (yield* this.flags.test(SIGNALED)) return;
          const flags = yield* this.lock.acquireIrqsave();
          yield* this.enableSignalingLocked();
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'fence-051-op-every-time',
    mistake: 'arming does not notice that the issuer was armed before',
    breaks: ['FENCE-051'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          yield* this.flags.set(ENABLE_SIGNAL);
          this.world.emit(this, 'enable');
          if (yield* this.flags.test(SIGNALED)) return false;
          return (yield* this.ops.enableSignaling?.(this) ?? always()) || false;
        }
      },
    }),
  }),
  fault({
    id: 'fence-052-op-outside-lock',
    mistake: 'the lock is dropped before the issuer is armed',
    breaks: ['FENCE-052'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          const wasEnabled = yield* this.flags.testAndSet(ENABLE_SIGNAL);
          this.world.emit(this, 'enable');
          if (yield* this.flags.test(SIGNALED)) return false;
          if (wasEnabled || this.ops.enableSignaling === undefined) return true;
          this.trace('dma_fence_enable_signal');
          this.lock.releaseIrq();
          const isArmed = yield* this.ops.enableSignaling(this);
          yield* this.lock.acquireIrq();
          this.world.emit(this, isArmed ? 'enableSignaling.armed' : 'enableSignaling.refused');
          return isArmed && !(yield* this.flags.test(SIGNALED));
        }
      },
    }),
  }),
  fault({
    id: 'fence-052-test-outside-lock',
    mistake: 'enabling tests SIGNALED before it takes the lock, and not under it',
    breaks: ['FENCE-052'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSwSignaling(): KernelTask<void> {
          const wasEnabled = yield* this.flags.testAndSet(ENABLE_SIGNAL);
          this.world.emit(this, 'enable');
          if (yield* this.flags.test(SIGNALED)) return;
          if (wasEnabled || this.ops.enableSignaling === undefined) return;
          const flags = yield* this.lock.acquireIrqsave();
          yield* this.ops.enableSignaling(this);
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
];

/** An issuer without the op counts as armed. */
function* always(): KernelTask<boolean> {
  return true;
}
