import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ChainMemory } from '../../../impl/dma-buf/fence-chains.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT } from '../../../impl/kernel/errno.ts';
import { arrayField } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';
import { finding, opened } from './found-points.ts';

/** Mistakes about how far a timeline has come. */
export const QUERY_FAULTS: readonly Fault[] = [
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
    id: 'syncobj-035-collects-nothing',
    mistake: 'what is done is not dropped when a point is added',
    breaks: ['SYNCOBJ-035'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *collect(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'syncobj-036-other-timelines-too',
    mistake: 'a query goes on with the timeline below that of the head',
    breaks: ['SYNCOBJ-036'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override *signaledPoint(head: DmaFenceChain): KernelTask<bigint> {
          const { chains } = this.stack;
          let last = 0n;
          let element: DmaFence | null = yield* head.base.get();
          while (element !== null) {
            const chain = chains.chainOf(element);
            last = chain === null ? 0n : chain.prevSeqno;
            element = yield* chains.walk(element);
          }
          return (yield* head.base.isSignaled()) ? head.base.seqno : last;
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
