import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import type { TtmContext, TtmPlace } from '../../../impl/drm/ttm/ttm-place.ts';
import type { TtmResource } from '../../../impl/drm/ttm/ttm-resource.ts';
import type { TtmTt } from '../../../impl/drm/ttm/ttm-tt.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

const SECONDS_15 = 15_000;

/** Mistakes about ranges that are left. */
export const LEAVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-TTM-01',
    mistake: 'who must not wait keeps the reference on the copy that is in the way',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        protected override *refuseToWait(fence: DmaFence): KernelTask<number> {
          const isDone = yield* fence.isSignaled();
          this.world.emit(this, isDone ? 'pass.done' : 'pass.busy', isDone ? 0 : -EBUSY);
          if (!isDone) return -EBUSY;
          yield* fence.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'evict-005-not-recorded',
    mistake: 'nobody remembers that a copy goes on out of a range that is free',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        override *recordMove(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-005-first-copy-stays',
    mistake: 'of two copies out of a place the first one is remembered',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        override *recordMove(fence: DmaFence): KernelTask<void> {
          if (this.move.isNull()) yield* super.recordMove(fence);
        }
      },
    }),
  }),
  fault({
    id: 'evict-005-not-passed-on',
    mistake: 'the next owner of a range does not hear of the copy',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        protected override *giveTo(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-005-for-writers',
    mistake: 'the next owner gets the copy as one of those who write to it',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        protected override *giveTo(object: TtmObject, fence: DmaFence): KernelTask<void> {
          yield* object.resv.addFence(fence, DMA_RESV_USAGE_WRITE);
        }
      },
    }),
  }),
  fault({
    id: 'evict-005-impatient-waits',
    mistake: 'who must not wait gets a range that is still being read',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        override *passMoveOn(object: TtmObject): KernelTask<number> {
          return yield* super.passMoveOn(object, false);
        }
      },
    }),
  }),
  fault({
    id: 'evict-005-busy-ends-the-search',
    mistake: 'who must not wait gets no other place when the first one is busy',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmPlacing: class extends types.TtmPlacing {
        override *allocResource(
          object: TtmObject,
          places: readonly TtmPlace[],
          context: TtmContext,
          mayEvict: boolean,
        ): KernelTask<TtmResource | number> {
          const tried = context.isImpatient && mayEvict ? places.slice(0, 1) : places;
          const first = context.isImpatient && !mayEvict ? places.slice(0, 1) : tried;
          return yield* super.allocResource(object, first, context, mayEvict);
        }
      },
    }),
  }),
  fault({
    id: 'evict-005-busy-for-ever',
    mistake: 'a copy that is done still keeps those away who must not wait',
    breaks: ['EVICT-005'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        protected override *refuseToWait(fence: DmaFence): KernelTask<number> {
          this.world.emit(this, 'pass.busy', -EBUSY);
          yield* fence.put();
          return -EBUSY;
        }
      },
    }),
  }),
  fault({
    id: 'evict-006-freed-at-once',
    mistake: 'the old storage goes when the copy is queued',
    breaks: ['EVICT-006'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        override *moveToGhost(
          object: TtmObject,
          _fence: DmaFence,
          keepsPages: boolean,
        ): KernelTask<number> {
          const from = object.leave();
          if (from !== null) yield* from.manager.free(from);
          if (!keepsPages) object.destroyTt();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'evict-006-ghost-without-fence',
    mistake: 'a ghost does not know of the copy that it is there for',
    breaks: ['EVICT-006'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        protected override *tie(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-006-never-freed',
    mistake: 'the reference that a ghost was made with stays',
    breaks: ['EVICT-006'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        protected override *letGo(ghost: TtmObject): KernelTask<void> {
          yield* ghost.ownResv.release();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-07',
    mistake: 'a ghost that is found in the order of use is taken while it is being destroyed',
    breaks: ['EVICT-006'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override *reach(object: TtmObject): KernelTask<boolean> {
          if (!object.isGhost) return yield* super.reach(object);
          yield* object.get();
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-007-anywhere-will-do',
    mistake: 'an object stays where it only may be if nothing better has room',
    breaks: ['EVICT-007'],
    install: (types) => ({
      TtmPlacing: class extends types.TtmPlacing {
        protected override isCompatible(
          resource: TtmResource | null,
          places: readonly TtmPlace[],
          mayEvict: boolean,
        ): boolean {
          const always = places.map((place) => ({ ...place, isFallback: false }));
          return super.isCompatible(resource, always, mayEvict);
        }
      },
    }),
  }),
  fault({
    id: 'evict-007-pins-without-memory',
    mistake: 'an exporter that finds no memory for a table has pinned its object once more',
    breaks: ['EVICT-007'],
    install: (types) => ({
      TtmExport: class extends types.TtmExport {
        override *map(attachment: DmaBufAttachment): KernelTask<SgTable | number | null> {
          const table = yield* super.map(attachment);
          if (table === null) yield* this.object.pin();
          return table;
        }
      },
    }),
  }),
  fault({
    id: 'evict-007-moves-pinned',
    mistake: 'validation does not ask for pins',
    breaks: ['EVICT-007'],
    install: (types) => ({
      TtmPlacing: class extends types.TtmPlacing {
        protected override isPinned(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-007-one-unpin-is-enough',
    mistake: 'the first unpin takes all pins away',
    breaks: ['EVICT-007'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        override *unpin(): KernelTask<void> {
          if (this.pinCount.get() > 1) this.pinCount.set(1);
          yield* super.unpin();
        }
      },
    }),
  }),
  fault({
    id: 'evict-007-importers-do-not-pin',
    mistake: 'the exporter says yes to a pin, and does not pin',
    breaks: ['EVICT-007'],
    install: (types) => ({
      TtmExport: class extends types.TtmExport {
        override *pin(): KernelTask<number> {
          return 0;
        }
        override *unpin(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-011-is-not-cleared',
    mistake: 'an object that was dropped gets pages as they are',
    breaks: ['EVICT-011'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        protected override get clearsPages(): boolean {
          return false;
        }
        protected override markForClear(tt: TtmTt): void {
          tt.isCleared.set(false);
        }
      },
    }),
  }),
  fault({
    id: 'evict-011-is-not-waited-for',
    mistake: 'an object without another place is dropped though it is in use',
    breaks: ['EVICT-011'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        override *evict(object: TtmObject, context: TtmContext): KernelTask<number> {
          const { driver, ghosts } = this.device;
          if (driver.evictionPlaces(object).length > 0) return yield* super.evict(object, context);
          return yield* ghosts.gut(object);
        }
      },
    }),
  }),
  fault({
    id: 'evict-011-waits-for-its-users',
    mistake: 'validation to no place waits until nobody uses the object',
    breaks: ['EVICT-011'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        override *gut(object: TtmObject): KernelTask<number> {
          yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, SECONDS_15);
          return yield* super.gut(object);
        }
      },
    }),
  }),
  fault({
    id: 'evict-011-takes-it-from-its-users',
    mistake: 'storage is dropped at once, whoever uses it',
    breaks: ['EVICT-011'],
    install: (types) => ({
      TtmGhosts: class extends types.TtmGhosts {
        override *gut(object: TtmObject): KernelTask<number> {
          this.device.moves.unmapViews(object);
          return yield* this.dropAtOnce(object);
        }
      },
    }),
  }),
  fault({
    id: 'evict-011-done-without-order',
    mistake: 'a user says that it has finished before what it has written is there to see',
    breaks: ['EVICT-011'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          // A plain store of the word, as __set_bit() is; nothing else tells of the work.
          this.flags.setOwned(SIGNALED);
          const callbacks = this.callbacks.takeAll();
          this.world.emit(this, 'signal', 0);
          yield* this.timestampNs.write(timestampNs);
          this.flags.setOwned(TIMESTAMP);
          this.world.emit(this, 'stamp');
          this.trace('dma_fence_signaled');
          for (const node of callbacks) yield* this.runCallback(node);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'evict-013-pipelined',
    mistake: 'eviction is pipelined wherever it comes from',
    breaks: ['EVICT-013'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override isPipelined(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-013-interruptible',
    mistake: 'a signal ends the wait for the copy out of pages',
    breaks: ['EVICT-013'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *waitAndFree(
          object: TtmObject,
          from: TtmResource,
          keepsPages: boolean,
        ): KernelTask<number> {
          const left = yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, true, SECONDS_15);
          return left < 0 ? left : yield* super.waitAndFree(object, from, keepsPages);
        }
      },
    }),
  }),
  fault({
    id: 'evict-013-no-limit',
    mistake: 'a copy out of pages is waited for as long as it takes',
    breaks: ['EVICT-013'],
    install: (types) => ({
      TtmMoves: class extends types.TtmMoves {
        protected override *waitAndFree(
          object: TtmObject,
          from: TtmResource,
          keepsPages: boolean,
        ): KernelTask<number> {
          yield* object.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
          return yield* super.waitAndFree(object, from, keepsPages);
        }
      },
    }),
  }),
];
