import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EDEADLK } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** The end of `release`, which is the same with every mistake before it. */
function* retire(fence: DmaFence): KernelTask<void> {
  if (fence.ops.release === undefined) fence.free();
  else yield* fence.ops.release(fence);
}

/** True when the fence dies with callbacks; complains about it. */
function* diesWatched(fence: DmaFence): KernelTask<boolean> {
  const { world } = fence;
  const isPending = !(yield* fence.flags.test(SIGNALED));
  const isWatched = isPending && !fence.callbacks.isEmpty();
  return world.warnOn(isWatched, 'fence released with callbacks', fence);
}

/** Mistakes about the end of a fence. */
export const RELEASE_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-006-count-read-first',
    mistake: 'a put reads the count and decides on what it was',
    breaks: ['FENCE-006'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *put(this: DmaFence): KernelTask<void> {
          const isLast = (yield* this.references.read()) === 1;
          yield* this.references.decAndTest();
          this.world.emit(this, isLast ? 'put.last' : 'put');
          if (isLast) yield* this.release();
        }
      },
    }),
  }),
  fault({
    id: 'fence-006-released-by-worker',
    mistake: 'the release is left to a worker',
    breaks: ['FENCE-006'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *put(this: DmaFence): KernelTask<void> {
          const isLast = yield* this.references.decAndTest();
          this.world.emit(this, isLast ? 'put.last' : 'put');
          if (!isLast) return;
          this.stack.delayedWork.queue({ label: 'release', run: () => this.release() });
        }
      },
    }),
  }),
  fault({
    id: 'fence-007-no-grace-period',
    mistake: 'the memory goes back at once',
    breaks: ['FENCE-007'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override free(): void {
          this.world.emit(this, 'free');
          this.world.memory.free(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-007-core-frees-too',
    mistake: 'the core frees a fence although its issuer does',
    breaks: ['FENCE-007'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(): KernelTask<void> {
          yield* super.release();
          if (this.ops.release !== undefined) this.free();
        }
      },
    }),
  }),
  fault({
    id: 'fence-008-signals-every-orphan',
    mistake: 'every fence that dies pending is signaled with an error',
    breaks: ['FENCE-008'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(this: DmaFence): KernelTask<void> {
          if (!(yield* this.flags.test(SIGNALED))) {
            const flags = yield* this.lock.acquireIrqsave();
            yield* this.error.write(-EDEADLK);
            yield* this.signalLocked();
            this.lock.releaseIrqrestore(flags);
          }
          yield* retire(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-008-complains',
    mistake: 'the release complains about every pending fence',
    breaks: ['FENCE-008'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(): KernelTask<void> {
          const isPending = !(yield* this.flags.test(SIGNALED));
          this.world.warnOn(isPending, 'a pending fence is released', this);
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-FENCE-02',
    mistake: 'the release of a pending fence complains and throws its callbacks away',
    breaks: ['FENCE-009'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(this: DmaFence): KernelTask<void> {
          yield* diesWatched(this);
          yield* retire(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-009-keeps-error',
    mistake: 'the forced signal keeps the error that was there before',
    breaks: ['FENCE-009'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(this: DmaFence): KernelTask<void> {
          if (yield* diesWatched(this)) {
            const flags = yield* this.lock.acquireIrqsave();
            if ((yield* this.error.read()) === 0) yield* this.error.write(-EDEADLK);
            this.world.emit(this, 'setError', null, -EDEADLK);
            yield* this.signalLocked();
            this.lock.releaseIrqrestore(flags);
          }
          yield* retire(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-009-opens-section',
    mistake: 'the forced signal opens a signalling section',
    breaks: ['FENCE-009'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(this: DmaFence): KernelTask<void> {
          if (yield* diesWatched(this)) {
            const task = this.world.current;
            task.signallingDepth += 1;
            const flags = yield* this.lock.acquireIrqsave();
            yield* this.error.write(-EDEADLK);
            this.world.emit(this, 'setError', null, -EDEADLK);
            yield* this.signalLocked();
            this.lock.releaseIrqrestore(flags);
            task.signallingDepth -= 1;
          }
          yield* retire(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-009-without-lock',
    mistake: 'the forced signal runs without the lock',
    breaks: ['FENCE-009'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *release(this: DmaFence): KernelTask<void> {
          if (yield* diesWatched(this)) {
            yield* this.error.write(-EDEADLK);
            this.world.emit(this, 'setError', null, -EDEADLK);
            yield* this.signalLocked();
          }
          yield* retire(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-010-looks-then-takes',
    mistake: 'get-unless-zero reads the count and raises it in a second step',
    breaks: ['FENCE-010'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getRcu(this: DmaFence): KernelTask<boolean> {
          const isTaken = (yield* this.references.read()) > 0;
          if (isTaken) yield* this.references.inc();
          this.world.emit(this, isTaken ? 'getRcu.taken' : 'getRcu.missed');
          return isTaken;
        }
      },
    }),
  }),
  fault({
    id: 'fence-010-revives',
    mistake: 'get-unless-zero takes a reference on a dead fence, too',
    breaks: ['FENCE-010'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getRcu(this: DmaFence): KernelTask<boolean> {
          yield* this.references.inc();
          this.world.emit(this, 'getRcu.taken');
          return true;
        }
      },
    }),
  }),
];
