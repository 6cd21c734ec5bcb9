import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_BOOKKEEP, type ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

type Install = (types: StackTypes) => Partial<StackTypes>;
type Found = DmaFence[] | number;

/** Does something with the fences that a caller is about to get. */
function giving(change: (fences: DmaFence[]) => KernelTask<unknown>): Install {
  return (types) => ({
    ResvQueries: class extends types.ResvQueries {
      override *getFences(resv: DmaResv, usage: ResvUsage): KernelTask<Found> {
        const found = yield* super.getFences(resv, usage);
        if (typeof found !== 'number') yield* change(found);
        return found;
      }
    },
  });
}

/** Makes an array of all that is found, even of one. */
function wrapping(isAny: boolean): Install {
  return (types) => ({
    ResvQueries: class extends types.ResvQueries {
      override *getSingleton(
        resv: DmaResv,
        usage: ResvUsage,
      ): KernelTask<DmaFence | number | null> {
        const found = yield* this.getFences(resv, usage);
        if (typeof found === 'number' || found.length === 0) return null;
        const array = yield* this.stack.arrays.create(found, 77, 1n, isAny);
        return array === null ? null : array.base;
      }
    },
  });
}

/** Hints each pending fence of these usages, or only the first. */
function hinting(usageOf: (usage: ResvUsage) => ResvUsage, firstOnly: boolean): Install {
  return (types) => ({
    ResvQueries: class extends types.ResvQueries {
      override *setDeadline(resv: DmaResv, usage: ResvUsage, deadline: bigint): KernelTask<void> {
        const { resvWalk } = this.stack;
        const cursor = resvWalk.begin(resv, usageOf(usage));
        let fence = yield* resvWalk.first(cursor);
        while (fence !== null) {
          yield* fence.setDeadline(deadline);
          fence = firstOnly ? null : yield* resvWalk.next(cursor);
        }
        yield* resvWalk.end(cursor);
      }
    },
  });
}

/** Mistakes about what one asks a reservation object for. */
export const ASKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-049-borrows',
    mistake: 'the fences that are given come without references',
    breaks: ['RESV-049'],
    install: giving(function* (fences) {
      for (const fence of fences) yield* fence.put();
    }),
  }),
  fault({
    id: 'resv-049-takes-twice',
    mistake: 'the fences that are given come with a reference too many',
    breaks: ['RESV-049'],
    install: giving(function* (fences) {
      for (const fence of fences) yield* fence.get();
    }),
  }),
  fault({
    id: 'resv-050-keeps-collected',
    mistake: 'what was collected before a restart stays in the result',
    breaks: ['RESV-050'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        protected override *startAnew(): KernelTask<boolean> {
          return yield* this.stack.world.memory.reserve('GFP_KERNEL');
        }
      },
    }),
  }),
  fault({
    id: 'resv-051-always-an-array',
    mistake: 'one fence is put into an array, too',
    breaks: ['RESV-051'],
    install: wrapping(false),
  }),
  fault({
    id: 'resv-051-any',
    mistake: 'the array signals with the first of its fences',
    breaks: ['RESV-051'],
    install: (types) => ({
      ...wrapping(true)(types),
    }),
  }),
  fault({
    id: 'resv-051-backwards',
    mistake: 'the fences are given from the last slot to the first',
    breaks: ['RESV-051', 'RESV-072'],
    install: giving(function* (fences) {
      fences.reverse();
    }),
  }),
  fault({
    id: 'resv-063-first-only',
    mistake: 'only the first pending fence is given the deadline',
    breaks: ['RESV-063'],
    install: hinting((usage) => usage, true),
  }),
  fault({
    id: 'resv-063-all-usages',
    mistake: 'fences of every usage are given the deadline',
    breaks: ['RESV-063'],
    install: hinting(() => DMA_RESV_USAGE_BOOKKEEP, false),
  }),
  fault({
    id: 'resv-064-tells-all',
    mistake: 'a listing has the fences that nobody waits for implicitly',
    breaks: ['RESV-064'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        override *describe(resv: DmaResv): KernelTask<string> {
          const { resvWalk } = this.stack;
          const names = ['kernel', 'write', 'read', 'bookkeep'];
          const cursor = resvWalk.begin(resv, DMA_RESV_USAGE_BOOKKEEP);
          let text = '';
          let fence = resvWalk.firstLocked(cursor);
          while (fence !== null) {
            text += `\t${names[cursor.fenceUsage]} fence:${yield* fence.describe()}`;
            fence = resvWalk.nextLocked(cursor);
          }
          return text;
        }
      },
    }),
  }),
  fault({
    id: 'resv-070-forgets-at-the-end',
    mistake: 'a walk that ends without a fence takes back what it gave',
    breaks: ['RESV-070'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        override *getFences(resv: DmaResv, usage: ResvUsage): KernelTask<Found> {
          const { resvWalk, world } = this.stack;
          const cursor = resvWalk.begin(resv, usage);
          const fences: DmaFence[] = [];
          let fence = yield* resvWalk.first(cursor);
          for (;;) {
            if (cursor.isRestarted) yield* this.startAnew(fences);
            if (fence === null) break;
            fences.push(yield* fence.get());
            fence = yield* resvWalk.next(cursor);
          }
          yield* resvWalk.end(cursor);
          world.emit(resv, 'getFences', fences.length, usage);
          return fences;
        }
      },
    }),
  }),
  fault({
    id: 'resv-071-passes-errors-on',
    mistake: 'a wait returns the error of a fence that it waited for',
    breaks: ['RESV-071'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          const left = yield* super.waitTimeout(usage, interruptible, timeoutJiffies);
          const list = yield* this.fences.read();
          const count = list === null ? 0 : yield* list.count.read();
          for (let index = 0; list !== null && index < count; index += 1) {
            const { fence } = yield* list.readSlot(index);
            const error = yield* fence.error.read();
            if (error !== 0) return error;
          }
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'resv-061-enables',
    mistake: 'a test arms the fences that it looks at',
    breaks: ['RESV-061'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *testSignaled(usage: ResvUsage): KernelTask<boolean> {
          const { resvWalk } = this.stack;
          const cursor = resvWalk.begin(this, usage);
          const fence = yield* resvWalk.first(cursor);
          if (fence !== null) yield* fence.enableSwSignaling();
          yield* resvWalk.end(cursor);
          return yield* super.testSignaled(usage);
        }
      },
    }),
  }),
];
