import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { EventfdRequest, SyncobjEventfd } from '../../../impl/drm/syncobj-eventfd.ts';
import type { Transfer } from '../../../impl/drm/syncobj-points.ts';
import { DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT } from '../../../impl/drm/syncobj-uapi.ts';
import type { PointRequest } from '../../../impl/drm/syncobjs.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOMEM, ERESTARTSYS, ETIME } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Transfers to a timeline that put another fence there than what is flattened. */
function carrying(
  types: StackTypes,
  carry: (
    points: { merge(fence: DmaFence): KernelTask<DmaFence | null> },
    fence: DmaFence,
  ) => KernelTask<DmaFence | null>,
): Partial<StackTypes> {
  return {
    SyncobjPoints: class extends types.SyncobjPoints {
      protected override *transferToTimeline(
        syncobj: Syncobj,
        fence: DmaFence,
        point: bigint,
      ): KernelTask<number> {
        const { chains, unwrap } = this.stack;
        const carried = yield* carry({ merge: (one) => unwrap.merge([one]) }, fence);
        yield* fence.put();
        if (carried === null) return -ENOMEM;
        const node = yield* chains.alloc();
        if (node !== null) yield* syncobj.addPoint(node, carried, point);
        yield* carried.put();
        return node === null ? -ENOMEM : 0;
      }
    },
  };
}

/** Mistakes about transfers. */
export const TRANSFER_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-029-flags-first',
    mistake: 'a transfer looks at its flags before its handles',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *transfer(file: DrmFile, given: Transfer): KernelTask<number> {
          const isWrong = (given.flags & ~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) !== 0;
          return isWrong ? -EINVAL : yield* super.transfer(file, given);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-pad-last',
    mistake: 'a transfer looks at its padding behind its handles',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *transfer(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const target = yield* file.syncobjs.find(numberField(argument, 'dst_handle'));
          if (target === null) return -ENOENT;
          yield* target.put();
          return yield* super.transfer(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-waits-for-the-end',
    mistake: 'a transfer for submission waits until the fence signals',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
          const fence = yield* super.waitForSubmit(syncobj, point);
          if (typeof fence !== 'number') yield* fence.waitTimeout(true, 100);
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-for-longer',
    mistake: 'a transfer for submission waits ten seconds',
    breaks: ['SYNCOBJ-029', 'DEV-012'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
          const fence = yield* super.waitForSubmit(syncobj, point);
          return fence === -ETIME ? yield* super.waitForSubmit(syncobj, point) : fence;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-interrupted-is-over',
    mistake: 'an interrupted transfer says that its time is over',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
          const fence = yield* super.waitForSubmit(syncobj, point);
          return fence === -ERESTARTSYS ? -ETIME : fence;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCOBJ-04',
    mistake: 'a lookup drops the object before it sleeps on its list',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *findFence(
          file: DrmFile,
          { handle, point, flags }: PointRequest,
        ): KernelTask<DmaFence | number> {
          const syncobj = yield* file.syncobjs.find(handle);
          if (syncobj === null) return -ENOENT;
          const waits = (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) !== 0;
          const isKnown = (flags & ~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) === 0;
          const found = isKnown ? yield* this.findFenceIn(syncobj, point, false) : -EINVAL;
          yield* syncobj.put();
          if (typeof found !== 'number' || !waits || !isKnown) return found;
          return yield* this.stack.syncobjWaits.waitForSubmit(syncobj, point);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-forgets-merged',
    mistake: 'a transfer that finds no memory for its point keeps what it has merged',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *transferToTimeline(
          syncobj: Syncobj,
          fence: DmaFence,
          point: bigint,
        ): KernelTask<number> {
          const { chains, unwrap } = this.stack;
          const merged = yield* unwrap.merge([fence]);
          yield* fence.put();
          if (merged === null) return -ENOMEM;
          const node = yield* chains.alloc();
          if (node === null) return -ENOMEM;
          yield* syncobj.addPoint(node, merged, point);
          yield* merged.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-029-forgets-late',
    mistake: 'a fence that comes when the time is over is kept',
    breaks: ['SYNCOBJ-029'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
          const fence = yield* super.waitForSubmit(syncobj, point);
          if (fence === -ETIME) yield* syncobj.fenceGet();
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-030-nests',
    mistake: 'a transfer puts the fence that it has found into the node',
    breaks: ['SYNCOBJ-030'],
    install: (types) =>
      carrying(types, function* (_points, fence) {
        return yield* fence.get();
      }),
  }),
  fault({
    id: 'syncobj-030-keeps-errors',
    mistake: 'a transfer carries a fence that is done as it is',
    breaks: ['SYNCOBJ-030'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const [only = null] = this.opened(fences[0] ?? null);
          const isDone = fences.length === 1 && only !== null && (yield* only.isSignaled());
          return isDone ? yield* only.get() : yield* super.merge(fences);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-030-found-node-only',
    mistake: 'a transfer carries what the node contains, and not what comes before',
    breaks: ['SYNCOBJ-030'],
    install: (types) => ({
      FenceUnwrap: class extends types.FenceUnwrap {
        override *merge(fences: readonly (DmaFence | null)[]): KernelTask<DmaFence | null> {
          const { chains } = this.stack;
          return yield* super.merge(fences.map((fence) => chains.contained(fence)));
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-030-flattens-always',
    mistake: 'a transfer to point 0 is flattened, too',
    breaks: ['SYNCOBJ-030'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *transfer(file: DrmFile, given: Transfer): KernelTask<number> {
          const result = yield* super.transfer(file, given);
          const { handle, point } = given.target;
          const syncobj = result === 0 && point === 0n ? yield* file.syncobjs.find(handle) : null;
          if (syncobj === null) return result;
          const there = yield* syncobj.fenceGet();
          const merged = yield* this.stack.unwrap.merge([there]);
          yield* syncobj.replaceFence(merged);
          if (merged !== null) yield* merged.put();
          if (there !== null) yield* there.put();
          yield* syncobj.put();
          return result;
        }
      },
    }),
  }),
];

/** Mistakes about event counters. */
export const EVENTFD_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-SYNCOBJ-03',
    mistake: 'a registration that fails keeps the object',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfds: class extends types.SyncobjEventfds {
        protected override *registerWith(
          syncobj: Syncobj,
          fd: number,
          request: EventfdRequest,
        ): KernelTask<number> {
          const result = yield* super.registerWith(syncobj, fd, request);
          if (result < 0) yield* syncobj.get();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-fd-first',
    mistake: 'a registration looks at its descriptor before its handle',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfds: class extends types.SyncobjEventfds {
        override *register(
          file: DrmFile,
          handle: number,
          fd: number,
          request: EventfdRequest,
        ): KernelTask<number> {
          const counter = yield* this.counterOf(fd);
          if (counter === -EBADF) return -EBADF;
          if (typeof counter !== 'number') yield* counter.put();
          return yield* super.register(file, handle, fd, request);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-forgets-behind',
    mistake: 'a counter that was told leaves the list behind that, when it may be gone',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellEventfd(entry: SyncobjEventfd): KernelTask<void> {
          const fence = yield* this.provide(entry.point);
          if (fence === null) return;
          yield* entry.capture(fence);
          this.eventfds.remove(entry);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-counts-twice',
    mistake: 'a counter counts when the fence is there, and when it is done',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfd: class extends types.SyncobjEventfd {
        override *capture(fence: DmaFence): KernelTask<void> {
          if (!this.isForAvailable) yield* this.counter.signal();
          yield* super.capture(fence);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-available-is-done',
    mistake: 'a counter for an available fence waits for its end',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfd: class extends types.SyncobjEventfd {
        override *capture(fence: DmaFence): KernelTask<void> {
          this.fence.set(fence);
          if ((yield* fence.addCallback(this.callback)) !== 0) yield* this.fire();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-done-is-lost',
    mistake: 'a fence that is done by the time of the registration is not counted',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfd: class extends types.SyncobjEventfd {
        override *capture(fence: DmaFence): KernelTask<void> {
          this.fence.set(fence);
          if (this.isForAvailable) yield* this.fire();
          else if ((yield* fence.addCallback(this.callback)) !== 0) yield* this.free();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-031-borrows-counter',
    mistake: 'a registration has no reference on its counter',
    breaks: ['SYNCOBJ-031'],
    install: (types) => ({
      SyncobjEventfd: class extends types.SyncobjEventfd {
        override *capture(fence: DmaFence): KernelTask<void> {
          yield* this.counter.put();
          yield* super.capture(fence);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-032-keeps-object',
    mistake: 'a registration has a reference on the object',
    breaks: ['SYNCOBJ-032'],
    install: (types) => ({
      SyncobjEventfds: class extends types.SyncobjEventfds {
        protected override *registerWith(
          syncobj: Syncobj,
          fd: number,
          request: EventfdRequest,
        ): KernelTask<number> {
          const result = yield* super.registerWith(syncobj, fd, request);
          if (result === 0) yield* syncobj.get();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-032-fires-at-the-end',
    mistake: 'registrations are counted when the object goes',
    breaks: ['SYNCOBJ-032'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *free(): KernelTask<void> {
          for (const entry of this.eventfds.copy()) yield* entry.counter.signal();
          yield* super.free();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-032-leaks',
    mistake: 'registrations are forgotten when the object goes',
    breaks: ['SYNCOBJ-032'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *free(): KernelTask<void> {
          this.eventfds.takeAll();
          yield* super.free();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-032-lost-with-object',
    mistake: 'a registration that has its fence stays on the list of the object, and goes with it',
    breaks: ['SYNCOBJ-032'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellEventfd(
          entry: Parameters<Syncobj['addEventfd']>[0],
        ): KernelTask<void> {
          yield* super.tellEventfd(entry);
          if (!this.eventfds.includes(entry) && entry.freedBy === null) this.eventfds.push(entry);
        }
      },
    }),
  }),
];
