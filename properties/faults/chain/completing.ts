import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about when a node is done, and who notices. */
export const COMPLETING_FAULTS: readonly Fault[] = [
  fault({
    id: 'chain-005-own-fence-only',
    mistake: 'a poll of a node asks its own fence only',
    breaks: ['CHAIN-005', 'CHAIN-006'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *signaled(): KernelTask<boolean> {
          return yield* this.fence.isSignaled();
        }
      },
    }),
  }),
  fault({
    id: 'chain-005-asks-everybody',
    mistake: 'a poll of a node goes on behind a pending fence',
    breaks: ['CHAIN-005'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *signaled(): KernelTask<boolean> {
          const { chains } = this.stack;
          let isDone = true;
          let element: DmaFence | null = yield* this.base.get();
          while (element !== null) {
            if (!(yield* chains.contained(element).isSignaled())) isDone = false;
            element = yield* chains.walk(element);
          }
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'chain-006-two-are-enough',
    mistake: 'a poll of a node looks no further than to the first predecessor that is left',
    breaks: ['CHAIN-006'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *signaled(): KernelTask<boolean> {
          const { chains, fences } = this.stack;
          if (!(yield* this.fence.isSignaled())) return false;
          const prev = chains.chainOf(this.prev.readStable());
          yield* fences.put(yield* chains.walk(yield* this.base.get()));
          return prev === null || (yield* prev.fence.isSignaled());
        }
      },
    }),
  }),
  fault({
    id: 'chain-018-watches-the-oldest',
    mistake: 'an armed node watches the oldest pending fence first',
    breaks: ['CHAIN-018'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override *watchNext(): KernelTask<boolean> {
          const { chains } = this.stack;
          const contained: DmaFence[] = [];
          yield* this.base.get();
          let element: DmaFence | null = yield* this.base.get();
          while (element !== null) {
            contained.push(yield* chains.contained(element).get());
            element = yield* chains.walk(element);
          }
          let isArmed = false;
          for (const fence of contained.toReversed()) {
            if (!isArmed && (yield* fence.addCallback(this.callback)) === 0) isArmed = true;
            else yield* fence.put();
          }
          if (!isArmed) yield* this.base.put();
          return isArmed;
        }
      },
    }),
  }),
  fault({
    id: 'chain-018-one-round-only',
    mistake: 'the work signals the node without looking at what is behind it',
    breaks: ['CHAIN-018'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *workInInterrupt(): KernelTask<void> {
          this.world.emit(this, 'work');
          yield* this.base.signal();
          yield* this.base.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-018-goes-on-from-there',
    mistake: 'an enabling walk leaves its callback on the first fence, done or not',
    breaks: ['CHAIN-018'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *enableSignaling(): KernelTask<boolean> {
          this.world.emit(this, 'arm');
          yield* this.base.get();
          yield* this.fence.get();
          if ((yield* this.fence.addCallback(this.callback)) === 0) return true;
          yield* this.fence.put();
          yield* this.base.put();
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'chain-019-forgets-the-end',
    mistake: 'the work does not signal when it finds nothing to watch',
    breaks: ['CHAIN-019'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *workInInterrupt(): KernelTask<void> {
          this.world.emit(this, 'work');
          yield* this.watchNext();
          yield* this.base.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-020-no-own-reference',
    mistake: 'an armed node does not keep itself alive',
    breaks: ['CHAIN-020'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override *watchNext(): KernelTask<boolean> {
          const isArmed = yield* super.watchNext();
          if (isArmed) yield* this.base.put();
          return isArmed;
        }

        override *workInInterrupt(): KernelTask<void> {
          this.world.emit(this, 'work');
          if (!(yield* this.watchNext())) yield* this.base.signal();
        }
      },
    }),
  }),
  fault({
    id: 'chain-020-borrows-the-fence',
    mistake: 'the callback does not drop the reference on the fence, since nobody took one',
    breaks: ['CHAIN-020'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override *watchNext(): KernelTask<boolean> {
          const isArmed = yield* super.watchNext();
          const watched = this.callback.linkedOn.value;
          if (isArmed && watched !== null) yield* watched.put();
          return isArmed;
        }

        override *containedSignaled(contained: DmaFence): KernelTask<void> {
          this.world.emit(this, 'fire', null, 0, contained);
          yield* this.work.queue();
          this.world.emit(this, 'queueWork');
        }
      },
    }),
  }),
  fault({
    id: 'chain-020-keeps-the-fence',
    mistake: 'the callback keeps the reference on the fence that it was called by',
    breaks: ['CHAIN-020'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *containedSignaled(contained: DmaFence): KernelTask<void> {
          this.world.emit(this, 'fire', null, 0, contained);
          yield* this.work.queue();
          this.world.emit(this, 'queueWork');
        }
      },
    }),
  }),
  fault({
    id: 'chain-021-rearms-at-once',
    mistake: 'the callback watches the next fence by itself, besides the work',
    breaks: ['CHAIN-021'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *containedSignaled(contained: DmaFence): KernelTask<void> {
          this.world.emit(this, 'fire', null, 0, contained);
          if (!(yield* this.watchNext())) {
            yield* this.work.queue();
            this.world.emit(this, 'queueWork');
          }
          yield* contained.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-022-hands-on-errors',
    mistake: 'a node gets the error of its contained fence',
    breaks: ['CHAIN-022'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override *watchNext(): KernelTask<boolean> {
          const isArmed = yield* super.watchNext();
          if (!isArmed) yield* this.inherit();
          return isArmed;
        }

        override *signaled(): KernelTask<boolean> {
          const isDone = yield* super.signaled();
          if (isDone) yield* this.inherit();
          return isDone;
        }

        private *inherit(): KernelTask<void> {
          const error = yield* this.fence.error.read();
          if (error !== 0) yield* this.base.setError(error);
        }
      },
    }),
  }),
  fault({
    id: 'chain-024-own-fence-only',
    mistake: 'a hint to a node reaches its own fence only',
    breaks: ['CHAIN-024'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          yield* this.fence.setDeadline(deadlineNs);
        }
      },
    }),
  }),
  fault({
    id: 'chain-024-one-timeline',
    mistake: 'a hint stops where the timeline of the node ends',
    breaks: ['CHAIN-024'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          const { chains } = this.stack;
          let element: DmaFence | null = yield* this.base.get();
          while (element !== null) {
            yield* chains.contained(element).setDeadline(deadlineNs);
            if (element.context !== this.base.context) {
              yield* element.put();
              return;
            }
            element = yield* chains.walk(element);
          }
        }
      },
    }),
  }),
  fault({
    id: 'chain-026-later-in-a-task',
    mistake:
      'the next fence is watched from a work queue, since arming must not happen in interrupts',
    breaks: ['CHAIN-026'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *workInInterrupt(): KernelTask<void> {
          this.stack.delayedWork.queue({ label: this.label, run: () => super.workInInterrupt() });
        }
      },
    }),
  }),
];
