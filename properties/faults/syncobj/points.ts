import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ChainMemory, FenceChains } from '../../../impl/dma-buf/fence-chains.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import { type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';
import { finding, opened } from './found-points.ts';

/** Nodes that are made in another way when they come before the head. */
function unordered(
  types: StackTypes,
  make: (
    chains: FenceChains,
    memory: ChainMemory,
    given: { readonly prev: DmaFence; readonly fence: DmaFence; readonly seqno: bigint },
  ) => KernelTask<DmaFenceChain>,
): Partial<StackTypes> {
  return {
    FenceChains: class extends types.FenceChains {
      override *init(
        memory: ChainMemory,
        prev: DmaFence | null,
        fence: DmaFence,
        seqno: bigint,
      ): KernelTask<DmaFenceChain> {
        const before = this.chainOf(prev);
        const isOrdered = before === null || seqno > before.base.seqno;
        if (prev === null || isOrdered) return yield* super.init(memory, prev, fence, seqno);
        return yield* make(this, memory, { prev, fence, seqno });
      }
    },
  };
}

/** Mistakes about points of timelines. */
export const POINT_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-023-keeps-number',
    mistake: 'a point before the last one keeps its own number',
    breaks: ['SYNCOBJ-023'],
    install: (types) =>
      unordered(types, function* (chains, memory, { prev, fence, seqno }) {
        const { stack } = prev;
        chains.free(memory);
        const context = yield* stack.fences.contextAlloc(1);
        const place = { context, seqno, prevSeqno: 0n };
        return new stack.types.DmaFenceChain(stack, prev, fence, place);
      }),
  }),
  fault({
    id: 'syncobj-023-goes-on',
    mistake: 'a point before the last one goes on with the timeline',
    breaks: ['SYNCOBJ-023'],
    install: (types) =>
      unordered(types, function* (chains, memory, { prev, fence }) {
        const { context, seqno, stack } = prev;
        chains.free(memory);
        const place = { context, seqno, prevSeqno: seqno };
        return new stack.types.DmaFenceChain(stack, prev, fence, place);
      }),
  }),
  fault({
    id: 'syncobj-023-drops-what-was',
    mistake: 'a point before the last one forgets what was there',
    breaks: ['SYNCOBJ-023'],
    install: (types) =>
      unordered(types, function* (chains, memory, { prev, fence }) {
        const { seqno } = prev;
        yield* prev.put();
        return yield* chains.init(memory, null, fence, seqno);
      }),
  }),
  fault({
    id: 'syncobj-023-refuses',
    mistake: 'a point that is not later than the last one is not added',
    breaks: ['SYNCOBJ-023'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *addPoint(memory: ChainMemory, fence: DmaFence, point: bigint): KernelTask<void> {
          const { chains } = this.stack;
          const head = yield* this.fenceGet();
          const isLate = chains.chainOf(head) === null || point > (head?.seqno ?? 0n);
          if (head !== null) yield* head.put();
          if (isLate) yield* super.addPoint(memory, fence, point);
          else chains.free(memory);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCOBJ-02',
    mistake: 'a point that is done is found without a fence',
    breaks: ['SYNCOBJ-024'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *findPoint(fence: DmaFence, point: bigint): KernelTask<DmaFence | number> {
          const found = yield* this.stack.chains.findSeqno(fence, point);
          if (found.result !== 0) yield* fence.put();
          // The caller is told of success, and uses what it has got.
          return found.result === 0 ? (found.fence as DmaFence) : found.result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-024-plain-provides',
    mistake: 'a fence that is no timeline stands for every point',
    breaks: ['SYNCOBJ-024'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *findPoint(fence: DmaFence, point: bigint): KernelTask<DmaFence | number> {
          if (this.stack.chains.chainOf(fence) === null) return fence;
          return yield* super.findPoint(fence, point);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-024-exact',
    mistake: 'a point is found only where it has a node of its own',
    breaks: ['SYNCOBJ-024'],
    install: (types) =>
      finding(types, function* (stack, found, point) {
        const isOther = stack.chains.chainOf(found) !== null && found.seqno !== point;
        if (point === 0n || !isOther) return found;
        yield* found.put();
        return -EINVAL;
      }),
  }),
  fault({
    id: 'syncobj-024-off-by-one',
    mistake: 'a lookup stops one node too early where the predecessor is the point itself',
    breaks: ['SYNCOBJ-024'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override standsFor(fence: DmaFence, seqno: bigint, head: DmaFence): boolean {
          const chain = this.chainOf(fence);
          return super.standsFor(fence, seqno, head) || chain?.prevSeqno === seqno;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-025-own-fence-only',
    mistake: 'a point is what its node contains, without what comes before',
    breaks: ['SYNCOBJ-025'],
    install: (types) =>
      finding(types, function* (stack, found, point) {
        return point === 0n ? found : yield* opened(stack, found);
      }),
  }),
  fault({
    id: 'syncobj-025-rounds-down',
    mistake: 'a point between two nodes is that of the earlier one',
    breaks: ['SYNCOBJ-025'],
    install: (types) =>
      finding(types, function* ({ chains, stubs }, found, point) {
        const isBetween = point !== 0n && chains.chainOf(found) !== null && found.seqno > point;
        if (!isBetween) return found;
        return (yield* chains.walk(found)) ?? (yield* stubs.getStub());
      }),
  }),
  fault({
    id: 'syncobj-026-zero-replaces',
    mistake: 'a signal of point 0 is a binary one',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *signal(
          syncobjs: readonly Syncobj[],
          userPoints: UserArray | null,
        ): KernelTask<number> {
          const points = userPoints?.read(syncobjs.length) ?? [];
          if (points.some((point) => point !== 0n))
            return yield* super.signal(syncobjs, userPoints);
          for (const syncobj of syncobjs) yield* this.stack.syncobjs.signal(syncobj);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-026-needs-points',
    mistake: 'a signal without points is refused',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *signal(
          syncobjs: readonly Syncobj[],
          userPoints: UserArray | null,
        ): KernelTask<number> {
          return userPoints === null ? -EFAULT : yield* super.signal(syncobjs, userPoints);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-026-flags-last',
    mistake: 'the flags of a signal are looked at behind its handles',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *timelineSignal(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const found = yield* this.find(file, argument);
          if (typeof found === 'number') return found;
          yield* this.putAll(found);
          return yield* super.timelineSignal(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-026-backwards',
    mistake: 'points are added from the end of the array',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *signal(
          syncobjs: readonly Syncobj[],
          userPoints: UserArray | null,
        ): KernelTask<number> {
          const points = userPoints?.read(syncobjs.length)?.toReversed() ?? null;
          const turned = points === null ? userPoints : new UserArray(points);
          return yield* super.signal(syncobjs.toReversed(), turned);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-026-keeps-stub',
    mistake: 'a signal of points keeps a reference on the stub',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *signal(
          syncobjs: readonly Syncobj[],
          userPoints: UserArray | null,
        ): KernelTask<number> {
          yield* this.stack.stubs.getStub();
          return yield* super.signal(syncobjs, userPoints);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-026-half',
    mistake: 'memory is asked for one point at a time',
    breaks: ['SYNCOBJ-026'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *signal(
          syncobjs: readonly Syncobj[],
          userPoints: UserArray | null,
        ): KernelTask<number> {
          const points = userPoints?.read(syncobjs.length);
          if (points === null) return -EFAULT;
          for (const [index, syncobj] of syncobjs.entries()) {
            const error = yield* super.signal([syncobj], new UserArray([points?.[index] ?? 0n]));
            if (error !== 0) return error;
          }
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-027-forgets-pending',
    mistake: 'a point is put in the place of what is there, not on top of it',
    breaks: ['SYNCOBJ-027'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *addPoint(memory: ChainMemory, fence: DmaFence, point: bigint): KernelTask<void> {
          yield* this.replaceFence(null);
          yield* super.addPoint(memory, fence, point);
        }
      },
    }),
  }),
];
