import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import { STUB_OPS, type FenceStubs } from '../../../impl/dma-buf/fence-stub.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import { type Fault, fault } from '../fault.ts';

/** A fence with the ops of a stub. */
function bareStub(stubs: FenceStubs, lock: SpinLock = stubs.lock): DmaFence {
  const stub = new stubs.stack.types.DmaFence(stubs.stack, STUB_OPS, lock, 0, 0n);
  stub.isStatic = true;
  return stub;
}

/** Mistakes about fences that are signaled from birth. */
export const STUB_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-014-new-each-time',
    mistake: 'the getter makes a stub for every caller',
    breaks: ['FENCE-014'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          this.global.set(null);
          return yield* super.getStub();
        }
      },
    }),
  }),
  fault({
    id: 'fence-014-not-enabled',
    mistake: 'the stub is not marked as armed',
    breaks: ['FENCE-014'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          yield* this.lock.acquire();
          const stub = this.global.get() ?? bareStub(this);
          if (this.global.isNull()) {
            this.global.set(stub);
            yield* stub.signalLocked();
          }
          this.lock.release();
          return yield* stub.get();
        }
      },
    }),
  }),
  fault({
    id: 'fence-014-made-without-lock',
    mistake: 'whether the stub exists is looked up before the lock is taken',
    breaks: ['FENCE-014'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          const known = this.global.get();
          yield* this.lock.acquire();
          const stub = known ?? bareStub(this);
          if (known === null) {
            this.global.set(stub);
            yield* stub.flags.set(ENABLE_SIGNAL);
            this.world.emit(stub, 'enable');
            yield* stub.signalLocked();
          }
          this.lock.release();
          return yield* stub.get();
        }
      },
    }),
  }),
  fault({
    id: 'fence-014-time-of-boot',
    mistake: 'the stub carries the time of boot',
    breaks: ['FENCE-014'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          const stub = yield* super.getStub();
          stub.timestampNs.initialize(0);
          return stub;
        }
      },
    }),
  }),
  fault({
    id: 'fence-015-time-of-call',
    mistake: 'a private stub carries the time at which it was made',
    breaks: ['FENCE-015'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *allocatePrivateStub(): KernelTask<DmaFence | null> {
          return yield* super.allocatePrivateStub(this.world.clock.nanoseconds);
        }
      },
    }),
  }),
  fault({
    id: 'fence-015-global-instead',
    mistake: 'without memory the global stub is given out',
    breaks: ['FENCE-015'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *allocatePrivateStub(timestampNs: number): KernelTask<DmaFence | null> {
          return (yield* super.allocatePrivateStub(timestampNs)) ?? (yield* this.getStub());
        }
      },
    }),
  }),
  fault({
    id: 'fence-015-cached',
    mistake: 'the last private stub is given out again',
    breaks: ['FENCE-015'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        private readonly last = new PlainWord<DmaFence | null>(this, 'last', null);

        override *allocatePrivateStub(timestampNs: number): KernelTask<DmaFence | null> {
          const last = this.last.get();
          if (last !== null) return yield* last.get();
          const stub = yield* super.allocatePrivateStub(timestampNs);
          this.last.set(stub);
          return stub;
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('last', this.last.value);
        }
      },
    }),
  }),
  fault({
    id: 'fence-016-getter-disables',
    mistake: 'the getter disables interrupts',
    breaks: ['FENCE-016'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          const { cpu } = this.world.current;
          cpu.irqsEnabled = false;
          const stub = yield* super.getStub();
          cpu.irqsEnabled = true;
          return stub;
        }
      },
    }),
  }),
  fault({
    id: 'fence-016-lock-of-its-own',
    mistake: 'each private stub has a lock of its own',
    breaks: ['FENCE-016'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *allocatePrivateStub(timestampNs: number): KernelTask<DmaFence | null> {
          const stub = bareStub(this, new SpinLock(this, 'private', 'private_stub_lock'));
          yield* stub.flags.set(ENABLE_SIGNAL);
          this.world.emit(stub, 'enable');
          yield* stub.signalTimestamp(timestampNs);
          return stub;
        }
      },
    }),
  }),
  fault({
    id: 'fence-016-built-outside',
    mistake: 'the global stub is built before the lock is taken',
    breaks: ['FENCE-016'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *getStub(): KernelTask<DmaFence> {
          const stub = this.global.get() ?? bareStub(this);
          yield* this.lock.acquire();
          if (this.global.isNull()) {
            this.global.set(stub);
            yield* stub.flags.set(ENABLE_SIGNAL);
            this.world.emit(stub, 'enable');
            yield* stub.signalLocked();
          }
          this.lock.release();
          return yield* (this.global.get() ?? stub).get();
        }
      },
    }),
  }),
];
