import { DMA_RESV_USAGE_BOOKKEEP, type ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about waiting for a reservation object. */
export const WAITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-053-interruption-is-timeout',
    mistake: 'an interrupted wait says that its time ran out',
    breaks: ['RESV-053', 'RESV-056'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          return Math.max(0, yield* super.waitTimeout(usage, interruptible, timeoutJiffies));
        }
      },
    }),
  }),
  fault({
    id: 'resv-054-success-is-1',
    mistake: 'a wait that finds nothing pending returns 1',
    breaks: ['RESV-054'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          if (yield* this.testSignaled(usage)) return 1;
          return yield* super.waitTimeout(usage, interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-RESV-02',
    mistake: 'a wait without a budget gives each fence one jiffy',
    breaks: ['RESV-055'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          return yield* super.waitTimeout(usage, interruptible, Math.max(1, timeoutJiffies));
        }
      },
    }),
  }),
  fault({
    id: 'resv-055-spends-a-jiffy',
    mistake: 'without a budget, the 1 that a signaled fence answers is a jiffy for the next one',
    breaks: ['RESV-055'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          if (timeoutJiffies > 0) {
            return yield* super.waitTimeout(usage, interruptible, timeoutJiffies);
          }
          const { resvWalk } = this.stack;
          const cursor = resvWalk.begin(this, usage);
          let [budget, left] = [0, 1];
          let fence = yield* resvWalk.first(cursor);
          while (fence !== null && left > 0) {
            left = yield* fence.waitTimeout(interruptible, budget);
            budget = left;
            if (left > 0) fence = yield* resvWalk.next(cursor);
          }
          yield* resvWalk.end(cursor);
          const event = left > 0 ? 'wait.done' : left === 0 ? 'wait.timedOut' : 'wait.interrupted';
          this.world.emit(this, event, left, usage);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'resv-055-only-tests',
    mistake: 'a wait without a budget only tests, so that nothing is armed or interrupted',
    breaks: ['RESV-055', 'RESV-056'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          if (timeoutJiffies === 0) return (yield* this.testSignaled(usage)) ? 1 : 0;
          return yield* super.waitTimeout(usage, interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'resv-060-waits-for-all',
    mistake: 'a wait without limit waits for fences of every usage',
    breaks: ['RESV-060'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          const wanted = timeoutJiffies === MAX_SCHEDULE_TIMEOUT ? DMA_RESV_USAGE_BOOKKEEP : usage;
          return yield* super.waitTimeout(wanted, interruptible, timeoutJiffies);
        }
      },
    }),
  }),
];
