import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EAGAIN, EINVAL, EIO, EPIPE } from '../../../impl/kernel/errno.ts';
import { TASK_UNINTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the order in which whoever dequeues looks. */
const LOOKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-010-two-wait',
    mistake: 'two can wait for buffers at once',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *look(queue: Vb2Queue): KernelTask<number> {
          queue.isWaiting.set(false);
          return yield* super.look(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-error-before-streaming',
    mistake: 'an error is looked at before streaming',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *look(queue: Vb2Queue): KernelTask<number> {
          const found = yield* super.look(queue);
          if (found !== -EINVAL) return found;
          return (yield* queue.error.read()) === 0 ? found : -EIO;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-end-before-error',
    mistake: 'the end of the stream is looked at before an error',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *look(queue: Vb2Queue): KernelTask<number> {
          const found = yield* super.look(queue);
          return found === -EIO && queue.isDrained.get() ? -EPIPE : found;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-ready-before-error',
    mistake: 'a buffer that is done is delivered in spite of an error',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *look(queue: Vb2Queue): KernelTask<number> {
          const found = yield* super.look(queue);
          return found === -EIO && !queue.done.isEmpty() ? 0 : found;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-ready-before-end',
    mistake: 'buffers behind the last one are delivered',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *look(queue: Vb2Queue): KernelTask<number> {
          const found = yield* super.look(queue);
          return found === -EPIPE && !queue.done.isEmpty() ? 0 : found;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-no-end',
    mistake: 'a stream has no end',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override isEnd(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-end-of-outputs',
    mistake: 'the last frame of an output queue ends it',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override isEnd(buffer: Vb2Buffer): boolean {
          return buffer.isLast.get();
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-hides-errors',
    mistake: 'a dequeue of a frame with an error fails',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        override *dequeueBuf(
          queue: Vb2Queue,
          isNonblocking: boolean,
        ): KernelTask<Vb2Buffer | number> {
          const buffer = yield* super.dequeueBuf(queue, isNonblocking);
          if (typeof buffer === 'number') return buffer;
          const isWrong = buffer.state.ask((state) => state === 'error');
          if (!isWrong) return buffer;
          this.finish(buffer);
          return -EIO;
        }
      },
    }),
  }),
];

/** Mistakes about sleeping, and being woken. */
const SLEEPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-010-sleeps-anyway',
    mistake: 'a file that must not block sleeps all the same',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *waitForDone(queue: Vb2Queue): KernelTask<number> {
          return yield* super.waitForDone(queue, false);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-uninterruptible',
    mistake: 'no signal ends the wait for a buffer',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *pause(queue: Vb2Queue): KernelTask<boolean | null> {
          const { sleeper } = this.stack.world.current;
          yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
          if (yield* this.isWorthLooking(queue)) return false;
          yield* sleeper.schedule();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-looks-first',
    mistake: 'whoever waits looks before it says that it is going to sleep',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *pause(queue: Vb2Queue): KernelTask<boolean | null> {
          const { sleeper } = this.stack.world.current;
          if (yield* this.isWorthLooking(queue)) return false;
          yield* sleeper.setState(1);
          if (yield* sleeper.isSignalPending()) return true;
          yield* sleeper.schedule();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-fail-wakes-nobody',
    mistake: 'those who wait do not hear of a failure of the hardware',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *fail(): KernelTask<void> {
          yield* this.error.write(1);
          this.tell('error');
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-keeps-the-lock',
    mistake: 'whoever waits for a buffer keeps the lock of the queue',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *sleep(queue: Vb2Queue): KernelTask<number> {
          yield* queue.lock.acquire();
          const error = yield* super.sleep(queue);
          queue.lock.release();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-looks-no-more',
    mistake: 'whoever was woken takes a buffer without looking again',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *sleep(queue: Vb2Queue): KernelTask<number> {
          const error = yield* super.sleep(queue);
          return error === 0 && queue.done.isEmpty() ? -EAGAIN : error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-010-stays-waiting',
    mistake: 'a wait that a signal ended counts as one for ever',
    breaks: ['VB2-010'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *waitForDone(
          queue: Vb2Queue,
          isNonblocking: boolean,
        ): KernelTask<number> {
          const error = yield* super.waitForDone(queue, isNonblocking);
          if (error < -500) queue.isWaiting.set(true);
          return error;
        }
      },
    }),
  }),
];

/** Mistakes about waiting for buffers. */
export const DEQUEUEING_FAULTS: readonly Fault[] = [...LOOKING_FAULTS, ...SLEEPING_FAULTS];
