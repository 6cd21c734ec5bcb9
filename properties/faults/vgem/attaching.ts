import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import { VGEM_FENCE_WRITE, VgemFence } from '../../../impl/drm/vgem-fences.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOENT } from '../../../impl/kernel/errno.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about putting vgem's fences on buffers. */
export const ATTACHING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vgem-001-handle-first',
    mistake: 'attach looks at the handle before flags and padding',
    breaks: ['VGEM-001'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *attach(argument: UserPointer): KernelTask<number> {
          const object = yield* this.file.lookup(numberField(argument, 'handle'));
          if (object === null) return -ENOENT;
          yield* object.put();
          return yield* super.attach(argument);
        }
      },
    }),
  }),
  fault({
    id: 'vgem-001-any-flags',
    mistake: 'attach lets unknown flags through',
    breaks: ['VGEM-001'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *attach(argument: UserPointer): KernelTask<number> {
          const flags = numberField(argument, 'flags') & VGEM_FENCE_WRITE;
          const known = { ...argument, fields: { ...argument.fields, flags } };
          const result = yield* super.attach(known);
          Object.assign(argument.fields, known.fields);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-002-reads-pass-writes',
    mistake: 'a read conflicts with KERNEL only',
    breaks: ['VGEM-002'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override conflicts(isWrite: boolean): ResvUsage {
          return isWrite ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_KERNEL;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-002-waits-for-bookkeepers',
    mistake: 'a write conflicts with BOOKKEEP, too',
    breaks: ['VGEM-002'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override conflicts(isWrite: boolean): ResvUsage {
          return isWrite ? DMA_RESV_USAGE_BOOKKEEP : super.conflicts(isWrite);
        }
      },
    }),
  }),
  fault({
    id: 'vgem-004-one-context',
    mistake: 'all fences of a file are in one context',
    breaks: ['VGEM-004'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override *make(): KernelTask<DmaFence | null> {
          const { stack } = this.file.device;
          if (!(yield* stack.world.memory.reserve('GFP_KERNEL'))) return null;
          return new VgemFence(stack, 4711).base;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-004-number-of-failures',
    mistake: 'an attach that meets a conflict uses up a number',
    breaks: ['VGEM-004'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override *addUnlessBusy(
          resv: DmaResv,
          fence: DmaFence,
          isWrite: boolean,
        ): KernelTask<number> {
          const result = yield* super.addUnlessBusy(resv, fence, isWrite);
          if (result === 0) return 0;
          yield* fence.get();
          const number = yield* this.record(fence);
          if (number > 0) yield* fence.put();
          if (number > 0) this.fences.set(number, null);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-004-lets-go-early',
    mistake: 'attach drops the object before it uses its reservation',
    breaks: ['VGEM-004'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *attach(argument: UserPointer): KernelTask<number> {
          const object = yield* this.file.lookup(numberField(argument, 'handle'));
          if (object === null) return yield* super.attach(argument);
          const { resv } = object;
          yield* object.put();
          const flags = numberField(argument, 'flags');
          const number = yield* this.attachTo(resv, (flags & VGEM_FENCE_WRITE) !== 0);
          if (number < 0) return number;
          argument.fields['out_fence'] = number;
          return 0;
        }
      },
    }),
  }),
];
