import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about adding fences. */
export const ADDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-022-no-reference',
    mistake: 'the object takes over the reference of the caller',
    breaks: ['RESV-022'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          yield* super.addFence(fence, usage);
          yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'resv-022-displaced-kept',
    mistake: 'a fence that is displaced keeps its reference',
    breaks: ['RESV-022'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *replaceableSlot(
          list: ResvList,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          const index = yield* super.replaceableSlot(list, fence, usage);
          if (index >= 0) yield* list.slot(index).fence.get();
          return index;
        }
      },
    }),
  }),
  fault({
    id: 'resv-023-last-slot',
    mistake: 'the last slot that may be replaced is taken',
    breaks: ['RESV-023', 'RESV-027', 'RESV-028'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *replaceableSlot(
          list: ResvList,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          for (let index = list.count.readStable() - 1; index >= 0; index -= 1) {
            const old = list.slot(index);
            if (yield* this.isReplaceable(old.fence, old.usage, fence, usage)) return index;
          }
          return -1;
        }
      },
    }),
  }),
  fault({
    id: 'resv-023-every-slot',
    mistake: 'every slot that may be replaced is taken',
    breaks: ['RESV-023'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *replaceableSlot(
          list: ResvList,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          const first = yield* super.replaceableSlot(list, fence, usage);
          for (let index = first + 1; first >= 0 && index < list.count.readStable(); index += 1) {
            const old = list.slot(index);
            if (!(yield* this.isReplaceable(old.fence, old.usage, fence, usage))) continue;
            yield* list.writeSlot(index, yield* fence.get(), usage);
            yield* old.fence.put();
          }
          return first;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-RESV-05',
    mistake: 'any fence of a context displaces the one that is there, also a later one',
    breaks: ['RESV-024', 'RESV-026'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          if (old.context === fence.context && oldUsage >= usage) return true;
          return yield* super.isReplaceable(old, oldUsage, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-024-equal-is-later',
    mistake: 'another fence with the same number replaces the one that is there',
    breaks: ['RESV-024'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          const isTwin = old.context === fence.context && old.seqno === fence.seqno;
          if (isTwin && oldUsage >= usage) return true;
          return yield* super.isReplaceable(old, oldUsage, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-024-probes-first',
    mistake: 'a slot is probed for being done before anything else is compared',
    breaks: ['RESV-024'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          if (yield* old.isSignaled()) return true;
          return yield* super.isReplaceable(old, oldUsage, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-025-any-usage',
    mistake: 'a later fence of the context replaces an entry of stronger usage',
    breaks: ['RESV-011', 'RESV-024', 'RESV-025'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          _oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          return yield* super.isReplaceable(old, 3, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-027-strictly-later',
    mistake: 'a fence does not replace itself',
    breaks: ['RESV-011', 'RESV-027'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          if (old === fence) return yield* old.isSignaled();
          return yield* super.isReplaceable(old, oldUsage, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-028-prefers-its-context',
    mistake: 'a slot of the same context is preferred to an earlier one that is done',
    breaks: ['RESV-027', 'RESV-028'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *replaceableSlot(
          list: ResvList,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          for (let index = 0; index < list.count.readStable(); index += 1) {
            const old = list.slot(index);
            if (old.fence.context !== fence.context) continue;
            if (yield* this.isReplaceable(old.fence, old.usage, fence, usage)) return index;
          }
          return yield* super.replaceableSlot(list, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-029-grows-in-place',
    mistake: 'a full list takes one more fence',
    breaks: ['RESV-029'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          const list = this.fences.readStable();
          if (list !== null && list.count.readStable() >= list.max.get()) {
            list.max.change((max) => max + 1);
          }
          yield* super.addFence(fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-029-makes-a-list',
    mistake: 'an add without a list makes one',
    breaks: ['RESV-029'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          if (this.fences.readStable() === null) yield* this.reserveFences(1);
          yield* super.addFence(fence, usage);
        }
      },
    }),
  }),
];
