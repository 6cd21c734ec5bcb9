import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the variants of signalling. */
export const SIGNAL_CALLS_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-037-no-section',
    mistake: 'the plain signal opens no section',
    breaks: ['FENCE-037'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          const flags = yield* this.lock.acquireIrqsave();
          const result = yield* this.signalLocked();
          this.unlockSignaled(flags);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-037-timestamp-opens',
    mistake: 'the timestamped signal opens a section, too',
    breaks: ['FENCE-037'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestamp(timestampNs: number): KernelTask<number> {
          const task = this.world.current;
          task.signallingDepth += 1;
          const result = yield* super.signalTimestamp(timestampNs);
          task.signallingDepth -= 1;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-037-locked-opens',
    mistake: 'every signal opens a section',
    breaks: ['FENCE-037'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalLocked(): KernelTask<number> {
          const task = this.world.current;
          task.signallingDepth += 1;
          const result = yield* super.signalLocked();
          task.signallingDepth -= 1;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-037-loser-leaves-open',
    mistake: 'a signal that comes too late does not close its section',
    breaks: ['FENCE-037'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          const result = yield* super.signal();
          if (result !== 0) this.world.current.signallingDepth += 1;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-038-read-before-lock',
    mistake: 'the clock is read before the lock is taken',
    breaks: ['FENCE-038'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signal(): KernelTask<number> {
          const { current, clock } = this.world;
          const timestampNs = clock.nanoseconds;
          current.signallingDepth += 1;
          const flags = yield* this.lock.acquireIrqsave();
          const result = yield* this.signalTimestampLocked(timestampNs);
          this.unlockSignaled(flags);
          current.signallingDepth -= 1;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-038-read-when-stored',
    mistake: 'the clock is read when the timestamp is stored, behind the flag',
    breaks: ['FENCE-038'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalLocked(): KernelTask<number> {
          const result = yield* super.signalLocked();
          if (result === 0) yield* this.timestampNs.write(this.world.clock.nanoseconds);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'fence-038-no-time-for-status',
    mistake: 'a status query that finds the fence done signals it without a time',
    breaks: ['FENCE-038'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaledLocked(): KernelTask<boolean> {
          if (yield* this.flags.test(SIGNALED)) return yield* super.isSignaledLocked();
          if (this.ops.signaled === undefined || !(yield* this.ops.signaled(this))) return false;
          yield* this.signalTimestampLocked(0);
          return yield* super.isSignaledLocked();
        }
      },
    }),
  }),
  fault({
    id: 'fence-039-not-after-now',
    mistake: 'a timestamp in the future is replaced by the time',
    breaks: ['FENCE-039'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const latest = this.world.clock.nanoseconds;
          return yield* super.signalTimestampLocked(Math.min(timestampNs, latest));
        }
      },
    }),
  }),
  fault({
    id: 'fence-039-not-before-now',
    mistake: 'a timestamp in the past is replaced by the time',
    breaks: ['FENCE-039'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestamp(timestampNs: number): KernelTask<number> {
          const earliest = this.world.clock.nanoseconds;
          return yield* super.signalTimestamp(Math.max(timestampNs, earliest));
        }
      },
    }),
  }),
  fault({
    id: 'fence-040-arms-first',
    mistake: 'a signal arms the fence before it signals it',
    breaks: ['FENCE-040'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          yield* this.enableSignalingLocked();
          return yield* super.signalTimestampLocked(timestampNs);
        }
      },
    }),
  }),
  fault({
    id: 'fence-040-unarmed-refused',
    mistake: 'a fence that nobody has armed cannot be signaled',
    breaks: ['FENCE-040'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          if (!(yield* this.flags.test(ENABLE_SIGNAL))) return -EINVAL;
          return yield* super.signalTimestampLocked(timestampNs);
        }
      },
    }),
  }),
];
