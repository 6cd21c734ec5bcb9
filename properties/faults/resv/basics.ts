import {
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ResvCursor } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about fresh objects, about the lock, and about usages. */
export const BASIC_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-001-pending-without-a-list',
    mistake: 'an object without a list is said to be busy',
    breaks: ['RESV-001'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *testSignaled(usage: ResvUsage): KernelTask<boolean> {
          if ((yield* this.fences.read()) === null) return false;
          return yield* super.testSignaled(usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-006-unproven',
    mistake: 'no call asks whether its caller holds the lock',
    breaks: ['RESV-006'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        constructor(stack: Stack) {
          super(stack);
          this.lock.assertHeld = () => {};
        }
      },
    }),
  }),
  fault({
    id: 'resv-009-reads-as-write',
    mistake: 'a query up to READ stops at WRITE',
    breaks: ['RESV-009'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override begin(resv: DmaResv, usage: ResvUsage): ResvCursor {
          return super.begin(resv, usage === DMA_RESV_USAGE_READ ? DMA_RESV_USAGE_WRITE : usage);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-RESV-01',
    mistake: 'a test that covers readers looks at nothing else once there is one',
    breaks: ['RESV-009'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *testSignaled(usage: ResvUsage): KernelTask<boolean> {
          const list = yield* this.fences.read();
          const count = list === null ? 0 : yield* list.count.read();
          const readers: DmaFence[] = [];
          for (let index = 0; list !== null && index < count; index += 1) {
            const slot = yield* list.readSlot(index);
            if (slot.usage === DMA_RESV_USAGE_READ) readers.push(slot.fence);
          }
          if (usage < DMA_RESV_USAGE_READ || readers.length === 0) {
            return yield* super.testSignaled(usage);
          }
          for (const fence of readers) if (!(yield* fence.isSignaled())) return false;
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'resv-010-swapped',
    mistake: 'readers wait for readers, writers for writers',
    breaks: ['RESV-010', 'RESV-013'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override usageRw(isWrite: boolean): ResvUsage {
          return super.usageRw(!isWrite);
        }
      },
    }),
  }),
  fault({
    id: 'resv-011-never-promotes',
    mistake: 'a fence replaces its own entry only when the usage is the same',
    breaks: ['RESV-011'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(
          old: DmaFence,
          oldUsage: ResvUsage,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<boolean> {
          if (old === fence && oldUsage !== usage) return yield* old.isSignaled();
          return yield* super.isReplaceable(old, oldUsage, fence, usage);
        }
      },
    }),
  }),
];
