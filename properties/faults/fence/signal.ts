import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import { type Fault, fault } from '../fault.ts';

/** The first effects of a signal: the flag and the list. Null for a loser. */
function* win(fence: DmaFence): KernelTask<FenceCallback[] | null> {
  if (yield* fence.flags.testAndSet(SIGNALED)) {
    fence.world.emit(fence, 'signal', -EINVAL);
    return null;
  }
  const callbacks = fence.callbacks.takeAll();
  fence.world.emit(fence, 'signal', 0);
  return callbacks;
}

/** Timestamp and its flag, in the order in which they belong. */
function* stamp(fence: DmaFence, timestampNs: number): KernelTask<void> {
  yield* fence.timestampNs.write(timestampNs);
  yield* fence.flags.set(TIMESTAMP);
  fence.world.emit(fence, 'stamp');
}

function* callAll(fence: DmaFence, callbacks: readonly FenceCallback[]): KernelTask<void> {
  for (const node of callbacks) yield* fence.runCallback(node);
}

/** Mistakes about the one transition of a fence. */
export const SIGNAL_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-027-loser-returns-0',
    mistake: 'signaling a signaled fence returns 0',
    breaks: ['FENCE-027'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          yield* super.signalTimestampLocked(timestampNs);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-027-loser-stamps',
    mistake: 'a signal that comes too late stores its timestamp',
    breaks: ['FENCE-027'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const result = yield* super.signalTimestampLocked(timestampNs);
          if (result !== 0) yield* this.timestampNs.write(timestampNs);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-027-test-then-set',
    mistake: 'the flag is tested before the lock and only set under it',
    breaks: ['FENCE-027'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestamp(timestampNs: number): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) {
            this.world.emit(this, 'signal', -EINVAL);
            return -EINVAL;
          }
          const flags = yield* this.lock.acquireIrqsave();
          yield* this.flags.set(SIGNALED);
          const callbacks = this.callbacks.takeAll();
          this.world.emit(this, 'signal', 0);
          yield* stamp(this, timestampNs);
          this.trace('dma_fence_signaled');
          yield* callAll(this, callbacks);
          this.lock.releaseIrqrestore(flags);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-028-null-is-done',
    mistake: 'signaling NULL returns 0',
    breaks: ['FENCE-028'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *signal(fence: DmaFence | null): KernelTask<number> {
          return fence === null ? 0 : yield* fence.signal();
        }
      },
    }),
  }),
  fault({
    id: 'fence-028-null-warns',
    mistake: 'signaling NULL complains, as in later kernels',
    breaks: ['FENCE-028'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *signalTimestamp(fence: DmaFence | null, timestampNs: number): KernelTask<number> {
          this.world.warnOn(fence === null, 'dma_fence_signal_timestamp of NULL');
          return yield* super.signalTimestamp(fence, timestampNs);
        }
      },
    }),
  }),
  fault({
    id: 'fence-029-stamped-flag-first',
    mistake: 'TIMESTAMP is set before the timestamp is there',
    breaks: ['FENCE-029'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const callbacks = yield* win(this);
          if (callbacks === null) return -EINVAL;
          yield* this.flags.set(TIMESTAMP);
          this.world.emit(this, 'stamp');
          yield* this.timestampNs.write(timestampNs);
          this.trace('dma_fence_signaled');
          yield* callAll(this, callbacks);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-029-two-holds',
    mistake: 'the lock is dropped and taken again between the timestamp and the callbacks',
    breaks: ['FENCE-029'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const callbacks = yield* win(this);
          if (callbacks === null) return -EINVAL;
          yield* stamp(this, timestampNs);
          this.lock.release();
          yield* this.lock.acquire();
          this.trace('dma_fence_signaled');
          yield* callAll(this, callbacks);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-029-trace-last',
    mistake: 'the trace point comes after the callbacks',
    breaks: ['FENCE-029'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const callbacks = yield* win(this);
          if (callbacks === null) return -EINVAL;
          yield* stamp(this, timestampNs);
          yield* callAll(this, callbacks);
          this.trace('dma_fence_signaled');
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-030-error-after-flag',
    mistake: 'an error is kept aside and stored while the fence signals, behind the flag',
    breaks: ['FENCE-030'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        private readonly wanted = new PlainWord<number>(this, 'wanted', 0);

        override *setError(error: number): KernelTask<void> {
          this.wanted.set(error);
        }

        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const result = yield* super.signalTimestampLocked(timestampNs);
          const wanted = this.wanted.get();
          if (wanted === 0) return result;
          yield* this.error.write(wanted);
          this.world.emit(this, 'setError', null, wanted);
          return result;
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('wanted', this.wanted.value);
        }
      },
    }),
  }),
  fault({
    id: 'fence-031-callbacks-after-unlock',
    mistake: 'the callbacks are called once the lock is free',
    breaks: ['FENCE-031', 'FENCE-032'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          const flags = yield* this.lock.acquireIrqsave();
          const callbacks = yield* win(this);
          if (callbacks !== null) {
            yield* stamp(this, this.world.clock.nanoseconds);
            this.trace('dma_fence_signaled');
          }
          this.lock.releaseIrqrestore(flags);
          yield* callAll(this, callbacks ?? []);
          return callbacks === null ? -EINVAL : 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-031-only-flag-locked',
    mistake: 'only the flag is set under the lock, all else comes later',
    breaks: ['FENCE-031'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          const flags = yield* this.lock.acquireIrqsave();
          const callbacks = yield* win(this);
          this.lock.releaseIrqrestore(flags);
          if (callbacks !== null) {
            yield* stamp(this, this.world.clock.nanoseconds);
            this.trace('dma_fence_signaled');
            yield* callAll(this, callbacks);
          }
          return callbacks === null ? -EINVAL : 0;
        }
      },
    }),
  }),
];
