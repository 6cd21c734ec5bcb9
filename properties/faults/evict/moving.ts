import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { TtmHop } from '../../../impl/drm/ttm/ttm-driver.ts';
import type { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import type { TtmContext } from '../../../impl/drm/ttm/ttm-place.ts';
import type { TtmResource } from '../../../impl/drm/ttm/ttm-resource.ts';
import type { TtmUse } from '../../../impl/drm/ttm/ttm-users.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EBUSY, ENOMEM, ETIME } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** A device waits in another way for those who use an object. */
function waiting(
  wait: (object: TtmObject, context: TtmContext) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    TtmMoves: class extends types.TtmMoves {
      override *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
        return yield* wait(object, context);
      }
    },
  });
}

const SECONDS_15 = 15_000;

/** Mistakes about moves, and about those who use what moves. */
export const MOVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'evict-003-keeps-mappings',
    mistake: 'processes go on with what they have mapped',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        override unmapViews(): void {}
      },
    }),
  }),
  fault({
    id: 'evict-003-no-notice',
    mistake: 'importers do not hear of moves',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *notify(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-003-notice-after-the-copy',
    mistake: 'importers hear of a move when the copy is queued',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *notify(): KernelTask<void> {}
        protected override *announce(object: TtmObject, fence: DmaFence): KernelTask<void> {
          yield* super.announce(object, fence);
          yield* super.notify(object);
        }
      },
    }),
  }),
  fault({
    id: 'evict-003-no-fence',
    mistake: 'the fence of the copy is not added to the reservation',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *announce(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-003-fence-for-readers',
    mistake: 'the fence of the copy is added as that of a writer',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *announce(object: TtmObject, fence: DmaFence): KernelTask<void> {
          yield* object.resv.addFence(fence, DMA_RESV_USAGE_WRITE);
        }
      },
    }),
  }),
  fault({
    id: 'evict-003-leaves-before-the-copy',
    mistake: 'an object gives its range up before the driver was asked',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *handleMove(
          object: TtmObject,
          to: TtmResource,
          isEviction: boolean,
          context: TtmContext,
        ): KernelTask<TtmHop | number> {
          const from = object.leave();
          object.resource.set(from);
          return yield* super.handleMove(object, to, isEviction, context);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-02',
    mistake: 'a ghost without a slot keeps its lock, and the range that it was handed before',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        protected override *transfer(object: TtmObject): KernelTask<TtmObject | number> {
          const { world, stack } = this.device;
          if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          const ghost = new stack.types.TtmObject(this.device, {
            ...{ pages: object.pages, resv: null, imported: null, origin: object },
          });
          yield* ghost.ownResv.tryAcquire();
          yield* this.hand(object, ghost);
          const error = yield* ghost.ownResv.reserveFences(1);
          if (error !== 0) return error;
          yield* object.get();
          return ghost;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-03',
    mistake: 'the range at the target is given back only when the driver has asked for a detour',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *giveBack(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-004-explicit-passes',
    mistake: 'jobs that synchronise explicitly wait for nobody',
    breaks: ['EVICT-004'],
    install: (types) => ({
      TtmUsers: class extends types.TtmUsers {
        override *dependencies(
          object: TtmObject,
          use: TtmUse,
        ): KernelTask<readonly DmaFence[] | number> {
          return use === 'explicit' ? [] : yield* super.dependencies(object, use);
        }
      },
    }),
  }),
  fault({
    id: 'evict-004-readers-pass',
    mistake: 'a job that reads waits for nobody',
    breaks: ['EVICT-004'],
    install: (types) => ({
      TtmUsers: class extends types.TtmUsers {
        override *dependencies(
          object: TtmObject,
          use: TtmUse,
        ): KernelTask<readonly DmaFence[] | number> {
          return use === 'read' ? [] : yield* super.dependencies(object, use);
        }
      },
    }),
  }),
  fault({
    id: 'evict-004-faults-pass',
    mistake: 'a process sees storage that is still being filled',
    breaks: ['EVICT-004'],
    install: (types) => ({
      TtmUsers: class extends types.TtmUsers {
        protected override *waitForMoves(): KernelTask<number> {
          return 1;
        }
      },
    }),
  }),
  fault({
    id: 'evict-004-faults-hang',
    mistake: 'no signal ends the wait of a process that faults',
    breaks: ['EVICT-004'],
    install: (types) => ({
      TtmUsers: class extends types.TtmUsers {
        protected override *waitForMoves(object: TtmObject): KernelTask<number> {
          const usage: ResvUsage = DMA_RESV_USAGE_KERNEL;
          return yield* object.resv.waitTimeout(usage, false, MAX_SCHEDULE_TIMEOUT);
        }
      },
    }),
  }),
  fault({
    id: 'evict-004-importers-pass',
    mistake: 'importers that do not follow moves map what is still being filled',
    breaks: ['EVICT-004'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *waitForMoves(): KernelTask<number> {
          return 1;
        }
      },
    }),
  }),
  fault({
    id: 'evict-010-no-limit',
    mistake: 'a mover waits for as long as it takes',
    breaks: ['EVICT-010'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        override *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
          if (context.isImpatient) return yield* super.waitIdle(object, context);
          const { isInterruptible } = context;
          const usage = DMA_RESV_USAGE_BOOKKEEP;
          const left = yield* object.resv.waitTimeout(usage, isInterruptible, MAX_SCHEDULE_TIMEOUT);
          return left < 0 ? left : 0;
        }
      },
    }),
  }),
  fault({
    id: 'evict-010-etime',
    mistake: 'who has waited in vain hears that its time is over',
    breaks: ['EVICT-010'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        override *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
          const error = yield* super.waitIdle(object, context);
          return error === -EBUSY && !context.isImpatient ? -ETIME : error;
        }
      },
    }),
  }),
  fault({
    id: 'evict-010-deaf',
    mistake: 'no signal ends the wait of a mover',
    breaks: ['EVICT-010'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        override *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
          return yield* super.waitIdle(object, { ...context, isInterruptible: false });
        }
      },
    }),
  }),
  fault({
    id: 'evict-010-impatient-waits',
    mistake: 'who must not wait for devices waits for them',
    breaks: ['EVICT-010'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        override *waitIdle(object: TtmObject, context: TtmContext): KernelTask<number> {
          return yield* super.waitIdle(object, { ...context, isImpatient: false });
        }
      },
    }),
  }),
  fault({
    id: 'evict-010-readers-only',
    mistake: 'a mover does not wait for those who synchronise explicitly',
    breaks: ['EVICT-010'],
    install: waiting(function* (object, { isImpatient, isInterruptible }) {
      const usage = DMA_RESV_USAGE_READ;
      if (isImpatient) return (yield* object.resv.testSignaled(usage)) ? 0 : -EBUSY;
      const left = yield* object.resv.waitTimeout(usage, isInterruptible, SECONDS_15);
      return left > 0 ? 0 : left || -EBUSY;
    }),
  }),
  fault({
    id: 'evict-012-after-nothing',
    mistake: 'a copy does not wait for those who use the object',
    breaks: ['EVICT-012'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *dependencies(): KernelTask<readonly DmaFence[] | number> {
          return [];
        }
      },
    }),
  }),
  fault({
    id: 'evict-012-after-implicit-users',
    mistake: 'a copy waits for those who synchronise implicitly',
    breaks: ['EVICT-012'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *dependencies(
          object: TtmObject,
        ): KernelTask<readonly DmaFence[] | number> {
          const { resvQueries } = this.device.stack;
          return yield* resvQueries.getFences(object.resv, DMA_RESV_USAGE_READ);
        }
      },
    }),
  }),
  fault({
    id: 'evict-003-goes-without-pages',
    mistake: 'an object moves to where it needs pages, and gets none',
    breaks: ['EVICT-003'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *makePages(
          object: TtmObject,
          to: TtmResource,
          hadPages: boolean,
        ): KernelTask<number> {
          yield* super.makePages(object, to, hadPages);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'evict-012-waits-itself',
    mistake: 'nothing moves before all who use it are through',
    breaks: ['EVICT-012'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *dependencies(
          object: TtmObject,
        ): KernelTask<readonly DmaFence[] | number> {
          yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, SECONDS_15);
          return yield* super.dependencies(object);
        }
      },
    }),
  }),
];
