import type { DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EINVAL, ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Waits for fences up to this usage, whatever the direction is. */
function waitsFor(usage: ResvUsage, isInterruptible = true) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBufAccess: class extends types.DmaBufAccess {
      protected override *waitForOthers({ resv }: DmaBuf): KernelTask<number> {
        return yield* resv.waitTimeout(usage, isInterruptible, MAX_SCHEDULE_TIMEOUT);
      }
    },
  });
}

/** Mistakes about whom a bracket waits for. */
export const WAITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-BUF-01',
    mistake: 'a bracket asks the exporter only, and nobody waits for devices',
    breaks: ['CPU-001', 'CPU-002', 'CPU-012'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        protected override *waitForOthers(): KernelTask<number> {
          return 1;
        }
      },
    }),
  }),
  fault({
    id: 'cpu-001-waits-first',
    mistake: 'a bracket waits before it asks the exporter',
    breaks: ['CPU-001'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          const left = buffer === null ? 0 : yield* this.waitForOthers(buffer, direction);
          return left < 0 ? left : yield* super.begin(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-001-deaf',
    mistake: 'a bracket goes on when the exporter has failed',
    breaks: ['CPU-001'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          const error = yield* super.begin(buffer, direction);
          if (buffer === null || error === 0 || error === -ERESTARTSYS) return error;
          return Math.min(yield* this.waitForOthers(buffer, direction), 0);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-001-uninterruptible',
    mistake: 'a bracket waits whatever comes',
    breaks: ['CPU-001', 'CPU-013'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        protected override *waitForOthers(
          { resv }: DmaBuf,
          direction: DmaDirection,
        ): KernelTask<number> {
          const usage = resv.usageRw(direction === 0 || direction === 1);
          return yield* resv.waitTimeout(usage, false, MAX_SCHEDULE_TIMEOUT);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-002-nobody-reads',
    mistake: 'whoever writes does not wait for readers',
    breaks: ['CPU-002'],
    install: waitsFor(1),
  }),
  fault({
    id: 'cpu-002-everybody-writes',
    mistake: 'readers wait for readers',
    breaks: ['CPU-002'],
    install: waitsFor(2),
  }),
  fault({
    id: 'cpu-002-bookkeeping',
    mistake: 'brackets wait for work that nobody has synchronised implicitly',
    breaks: ['CPU-002', 'CPU-008'],
    install: waitsFor(3),
  }),
  fault({
    id: 'cpu-003-waits',
    mistake: 'the end of a bracket waits, too',
    breaks: ['CPU-003', 'CPU-012'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield* this.waitForOthers(buffer, direction);
          return yield* super.end(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-003-cannot-fail',
    mistake: 'the end of a bracket always succeeds',
    breaks: ['CPU-003'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield* super.end(buffer, direction);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'cpu-007-until-idle',
    mistake: 'a bracket waits until nothing is pending any more',
    breaks: ['CPU-007'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        protected override *waitForOthers(
          buffer: DmaBuf,
          direction: DmaDirection,
        ): KernelTask<number> {
          const left = yield* super.waitForOthers(buffer, direction);
          // What has come meanwhile is waited for, too.
          return left < 0 ? left : yield* super.waitForOthers(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-013-swallows',
    mistake: 'a bracket that a signal has ended is said to be open',
    breaks: ['CPU-013'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        protected override *waitForOthers(
          buffer: DmaBuf,
          direction: DmaDirection,
        ): KernelTask<number> {
          const left = yield* super.waitForOthers(buffer, direction);
          return left === -ERESTARTSYS ? 1 : left;
        }
      },
    }),
  }),
  fault({
    id: 'cpu-013-ends-it',
    mistake: 'a bracket that failed is ended',
    breaks: ['CPU-013'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          const error = yield* super.begin(buffer, direction);
          if (buffer !== null && error < 0 && error !== -EINVAL) yield* this.end(buffer, direction);
          return error;
        }
      },
    }),
  }),
];
