import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ChainMemory, FenceChains } from '../../../impl/dma-buf/fence-chains.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { arrayField, UserArray } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Points that are found in another way. `find` gets what the intact lookup has found. */
function finding(
  types: StackTypes,
  find: (stack: Stack, found: DmaFence, point: bigint) => KernelTask<DmaFence | number>,
): Partial<StackTypes> {
  return {
    Syncobjs: class extends types.Syncobjs {
      override *findPoint(fence: DmaFence, point: bigint): KernelTask<DmaFence | number> {
        const found = yield* super.findPoint(fence, point);
        return typeof found === 'number' ? found : yield* find(this.stack, found, point);
      }
    },
  };
}

/** What a node contains, instead of the node. */
function* opened({ chains }: Stack, node: DmaFence): KernelTask<DmaFence> {
  const contained = chains.contained(node);
  if (contained !== node) yield* contained.get();
  if (contained !== node) yield* node.put();
  return contained;
}

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

/** Mistakes about timelines. */
export const POINT_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-023-keeps-number',
    mistake: 'a point before the last one keeps its own number',
    breaks: ['SYNCOBJ-023'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          memory: ChainMemory,
          prev: DmaFence | null,
          fence: DmaFence,
          seqno: bigint,
        ): KernelTask<DmaFenceChain> {
          const before = this.chainOf(prev);
          if (before === null || seqno > before.base.seqno) {
            return yield* super.init(memory, prev, fence, seqno);
          }
          this.free(memory);
          const context = yield* this.stack.fences.contextAlloc(1);
          const place = { context, seqno, prevSeqno: 0n };
          return new this.stack.types.DmaFenceChain(this.stack, prev, fence, place);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-023-goes-on',
    mistake: 'a point before the last one goes on with the timeline',
    breaks: ['SYNCOBJ-023'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          memory: ChainMemory,
          prev: DmaFence | null,
          fence: DmaFence,
          seqno: bigint,
        ): KernelTask<DmaFenceChain> {
          const before = this.chainOf(prev);
          if (before === null || seqno > before.base.seqno) {
            return yield* super.init(memory, prev, fence, seqno);
          }
          this.free(memory);
          const { context, seqno: last } = before.base;
          const place = { context, seqno: last, prevSeqno: last };
          return new this.stack.types.DmaFenceChain(this.stack, prev, fence, place);
        }
      },
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
  fault({
    id: 'BUG-SYNCOBJ-06',
    mistake: 'a query that meets another timeline keeps the fence that it is at',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *signaledPoint(head: DmaFenceChain): KernelTask<bigint> {
          const { chains } = this.stack;
          const point = yield* super.signaledPoint(head);
          let element: DmaFence | null = yield* head.base.get();
          while (element !== null && element.context === head.base.context) {
            element = yield* chains.walk(element);
          }
          return point;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCOBJ-07',
    mistake: 'a query does not ask for signalling, and so sees no end',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *reachedPoint(head: DmaFenceChain): KernelTask<bigint> {
          return yield* this.signaledPoint(head);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-newest-done',
    mistake: 'a query tells the newest point whose own fence is done',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *signaledPoint(head: DmaFenceChain): KernelTask<bigint> {
          const isDone = yield* head.fence.isSignaled();
          return isDone ? head.base.seqno : yield* super.signaledPoint(head);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-always-before',
    mistake: 'a query tells the point before the last one that it has met',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *signaledPoint(head: DmaFenceChain): KernelTask<bigint> {
          const point = yield* super.signaledPoint(head);
          return point === head.base.seqno ? head.prevSeqno : point;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-plain-is-one',
    mistake: 'a fence that is no timeline, and done, is at 1',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *query(syncobj: Syncobj, isLastSubmitted: boolean): KernelTask<bigint> {
          const fence = yield* syncobj.fenceGet();
          const isPlain = fence !== null && this.stack.chains.chainOf(fence) === null;
          const isDone = isPlain && (yield* fence.isSignaled());
          if (fence !== null) yield* fence.put();
          return isDone ? 1n : yield* super.query(syncobj, isLastSubmitted);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-last-is-reached',
    mistake: 'a query for the last submitted point tells the last one that is done',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        override *query(syncobj: Syncobj): KernelTask<bigint> {
          return yield* super.query(syncobj, false);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-all-or-none',
    mistake: 'nothing of a query is written when its end cannot be',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *query(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const items = arrayField(argument, 'points')?.items ?? [];
          const result = yield* super.query(file, argument);
          if (result === -EFAULT) items.length = 0;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-028-count-first',
    mistake: 'a query of nothing is done at once',
    breaks: ['SYNCOBJ-028'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *query(file: DrmFile, argument: UserPointer): KernelTask<number> {
          if (numberField(argument, 'count_handles') === 0) return 0;
          return yield* super.query(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-035-forgets-plain',
    mistake: 'the first point drops the fence that was there',
    breaks: ['SYNCOBJ-035'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          memory: ChainMemory,
          prev: DmaFence | null,
          fence: DmaFence,
          seqno: bigint,
        ): KernelTask<DmaFenceChain> {
          const isPlain = prev !== null && this.chainOf(prev) === null;
          if (isPlain) yield* prev.put();
          return yield* super.init(memory, isPlain ? null : prev, fence, seqno);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-035-plain-counts',
    mistake: 'the fence before the first point counts as the point before it',
    breaks: ['SYNCOBJ-035'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          memory: ChainMemory,
          prev: DmaFence | null,
          fence: DmaFence,
          seqno: bigint,
        ): KernelTask<DmaFenceChain> {
          const isPlain = prev !== null && this.chainOf(prev) === null;
          if (!isPlain || seqno === 0n) return yield* super.init(memory, prev, fence, seqno);
          this.free(memory);
          const context = yield* this.stack.fences.contextAlloc(1);
          const place = { context, seqno, prevSeqno: seqno - 1n };
          return new this.stack.types.DmaFenceChain(this.stack, prev, fence, place);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-037-contained',
    mistake: 'point 0 of a timeline is what its head contains',
    breaks: ['SYNCOBJ-037'],
    install: (types) =>
      finding(types, function* (stack, found, point) {
        return point === 0n ? yield* opened(stack, found) : found;
      }),
  }),
  fault({
    id: 'syncobj-037-oldest',
    mistake: 'point 0 of a timeline is the oldest fence that is left',
    breaks: ['SYNCOBJ-037'],
    install: (types) =>
      finding(types, function* ({ chains }, found, point) {
        if (point !== 0n) return found;
        let last = found;
        let element: DmaFence | null = yield* found.get();
        while (element !== null) {
          yield* last.put();
          last = yield* element.get();
          element = yield* chains.walk(element);
        }
        return last;
      }),
  }),
];
