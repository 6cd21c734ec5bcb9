import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the completion time. */
export const TIMESTAMP_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-FENCE-03',
    mistake: 'a reader takes the time as soon as SIGNALED is visible, valid or not',
    breaks: ['FENCE-060'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *timestamp(): KernelTask<number> {
          const { world } = this;
          const isSet = yield* this.flags.test(SIGNALED);
          if (world.warnOn(!isSet, 'timestamp of a pending fence', this)) {
            return world.clock.nanoseconds;
          }
          const timestampNs = yield* this.timestampNs.read();
          world.emit(this, 'timestamp', timestampNs);
          return timestampNs;
        }
      },
    }),
  }),
  fault({
    id: 'fence-060-pending-is-zero',
    mistake: 'the time of a pending fence reads 0, without a complaint',
    breaks: ['FENCE-060'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *timestamp(): KernelTask<number> {
          if (!(yield* this.flags.test(SIGNALED))) return 0;
          return yield* super.timestamp();
        }
      },
    }),
  }),
  fault({
    id: 'fence-060-zero-is-unset',
    mistake: 'a stored time of 0 counts as not stored yet, and the present is given',
    breaks: ['FENCE-060'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *timestamp(): KernelTask<number> {
          const time = yield* super.timestamp();
          return time === 0 ? this.world.clock.nanoseconds : time;
        }
      },
    }),
  }),
];
