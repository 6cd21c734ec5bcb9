import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, EINVAL } from '../../../impl/kernel/errno.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { UserPlane } from '../../../impl/media/vb2-planes.ts';
import type { Vb2Completion, Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import type { VideoRequest } from '../../../impl/media/video-ioctls.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about when the driver gets buffers, and which. */
const STARTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-008-gives-early',
    mistake: 'the driver gets a buffer as soon as it is queued',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          const error = yield* super.queueBuf(buffer, planes);
          const isQueued = buffer.state.ask((state) => state === 'queued');
          if (error === 0 && isQueued) yield* buffer.queue.give(buffer);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-any-type',
    mistake: 'stream-on starts the queue, whatever type it was asked for',
    breaks: ['VB2-008'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        override *streamOn({ queue }: VideoRequest): KernelTask<number> {
          return yield* this.stack.vb2Streaming.streamOn(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-newest-first',
    mistake: 'a start hands the newest buffer over first',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *start(queue: Vb2Queue): KernelTask<number> {
          queue.queued.unshift(...queue.queued.takeAll().toReversed());
          return yield* super.start(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-any-number',
    mistake: 'stream-on does not look at how many buffers there are',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *streamOn(queue: Vb2Queue): KernelTask<number> {
          const result = yield* super.streamOn(queue);
          if (result !== -EINVAL || queue.buffers.isEmpty()) return result;
          yield* queue.isStreaming.write(1);
          queue.tell('streamOn');
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-never-late',
    mistake: 'a queue that was switched on too early never starts',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override hasEnough(queue: Vb2Queue): boolean {
          return super.hasEnough(queue) && queue.isStreaming.readStable() === 0;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-keeps-queued',
    mistake: 'the buffer of a request that cannot start the driver stays queued',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          const wasQueued = buffer.queue.queued.includes(buffer);
          const error = yield* super.queueBuf(buffer, planes);
          const isPrepared = buffer.isPrepared.get();
          if (error === 0 || wasQueued || !isPrepared) return error;
          buffer.queue.queued.push(buffer);
          buffer.state.set('queued');
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-starts-again',
    mistake: 'a second stream-on is refused',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *streamOn(queue: Vb2Queue): KernelTask<number> {
          if (queue.isStreaming.readStable() === 1) return -EBUSY;
          return yield* super.streamOn(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-008-not-enough-is-wrong',
    mistake: 'stream-on refuses while fewer buffers are queued than the driver needs',
    breaks: ['VB2-008'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *streamOn(queue: Vb2Queue): KernelTask<number> {
          if (!this.hasEnough(queue)) return -EINVAL;
          return yield* super.streamOn(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-009-queue-order',
    mistake: 'buffers come back in the order in which they were queued',
    breaks: ['VB2-009'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override takeDone(queue: Vb2Queue): Vb2Buffer | null {
          const first = queue.queued.find((buffer) => queue.done.includes(buffer));
          if (first !== null) {
            queue.done.remove(first);
            queue.done.unshift(first);
          }
          return super.takeDone(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-009-last-first',
    mistake: 'the buffer that was completed last comes back first',
    breaks: ['VB2-009'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        protected override completeLocked(buffer: Vb2Buffer, completion: Vb2Completion): void {
          super.completeLocked(buffer, completion);
          if (completion === 'queued') return;
          this.done.remove(buffer);
          this.done.unshift(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-009-errors-first',
    mistake: 'buffers with errors come back before others',
    breaks: ['VB2-009'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        protected override completeLocked(buffer: Vb2Buffer, completion: Vb2Completion): void {
          super.completeLocked(buffer, completion);
          if (completion !== 'error') return;
          this.done.remove(buffer);
          this.done.unshift(buffer);
        }
      },
    }),
  }),
];

/** Mistakes about the end of streaming. */
const STOPPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-011-keeps-done',
    mistake: 'stream-off keeps what is done',
    breaks: ['VB2-011'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *discard(queue: Vb2Queue): KernelTask<void> {
          const done = queue.done.copy();
          yield* super.discard(queue);
          for (const buffer of done) queue.done.push(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-011-driver-goes-on',
    mistake: 'stream-off does not stop the driver',
    breaks: ['VB2-011'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *stop(queue: Vb2Queue): KernelTask<void> {
          if (!queue.isStarted.get()) return;
          queue.tell('stop');
          const count = yield* queue.ownedByDriver.read();
          yield* queue.ownedByDriver.add(-count);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-011-wakes-nobody',
    mistake: 'those who wait do not hear of stream-off',
    breaks: ['VB2-011'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        protected override *isWorthLooking(queue: Vb2Queue): KernelTask<boolean> {
          if (!queue.done.isEmpty()) return true;
          return (yield* queue.error.read()) !== 0;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-011-only-queued',
    mistake: 'stream-off forgets buffers that are queued, and were never given to the driver',
    breaks: ['VB2-011'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *cancel(queue: Vb2Queue): KernelTask<void> {
          const isIdle = queue.isStreaming.readStable() === 0;
          const queued = isIdle ? queue.queued.copy() : [];
          yield* super.cancel(queue);
          for (const buffer of queued) buffer.state.set('queued');
        }
      },
    }),
  }),
  fault({
    id: 'vb2-011-stays-prepared',
    mistake: 'stream-off leaves buffers prepared',
    breaks: ['VB2-011'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *reset(buffer: Vb2Buffer): KernelTask<void> {
          const wasPrepared = buffer.isPrepared.get();
          yield* super.reset(buffer);
          buffer.isPrepared.set(wasPrepared);
        }
      },
    }),
  }),
];

/** Mistakes about completion, and about the states of buffers. */
const STATE_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-012-completes-any',
    mistake: 'a buffer can be completed in any state',
    breaks: ['VB2-012'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *complete(buffer: Vb2Buffer, how: string): KernelTask<void> {
          const isOthers = buffer.state.ask((state) => state !== 'active');
          if (isOthers) {
            buffer.state.set('active');
            yield* this.ownedByDriver.add(1);
          }
          yield* super.complete(buffer, how);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-012-uncounted',
    mistake: 'buffers that come back with an error are not counted',
    breaks: ['VB2-012'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *complete(buffer: Vb2Buffer, how: string): KernelTask<void> {
          const isOwn = buffer.state.ask((state) => state === 'active');
          if (isOwn && how === 'error') yield* this.ownedByDriver.add(1);
          yield* super.complete(buffer, how);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-012-leaves-with-driver',
    mistake: 'a driver may keep its buffers when it is stopped',
    breaks: ['VB2-012'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *reclaim(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'vb2-012-counts-twice',
    mistake: 'a buffer of a queue that starts late is counted twice',
    breaks: ['VB2-012'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *start(queue: Vb2Queue): KernelTask<number> {
          yield* queue.ownedByDriver.add(1);
          return yield* super.start(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-odd-is-done',
    mistake: 'a buffer that is completed in an odd way counts as done',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *complete(buffer: Vb2Buffer, how: string): KernelTask<void> {
          const isKnown = ['done', 'error', 'queued'].includes(how);
          this.world.warnOn(!isKnown, 'a buffer is completed in no way that there is', buffer);
          yield* super.complete(buffer, isKnown ? how : 'done');
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-error-stays',
    mistake: 'stream-off does not end the error of a queue',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *clearError(queue: Vb2Queue): KernelTask<void> {
          queue.tell('clear');
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-looks-again',
    mistake: 'a prepared buffer is prepared again when it is queued',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          if (this.isDequeued(buffer)) buffer.isPrepared.set(false);
          return yield* super.queueBuf(buffer, planes);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-prepares-twice',
    mistake: 'a prepared buffer can be prepared again',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *prepareBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          if (this.isDequeued(buffer) && buffer.isPrepared.get()) return 0;
          return yield* super.prepareBuf(buffer, planes);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-given-back-as-done',
    mistake: 'a buffer that a driver gives back unused counts as done',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *complete(buffer: Vb2Buffer, how: string): KernelTask<void> {
          yield* super.complete(buffer, how === 'queued' ? 'done' : how);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-016-failed-stays-preparing',
    mistake: 'a buffer that could not be prepared stays in preparation',
    breaks: ['VB2-016'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        override *prepare(buffer: Vb2Buffer, wanted: readonly UserPlane[]): KernelTask<number> {
          const error = yield* super.prepare(buffer, wanted);
          if (error !== 0) buffer.state.set('preparing');
          return error;
        }
      },
    }),
  }),
];

/** Mistakes about who has which buffer. */
export const STREAMING_FAULTS: readonly Fault[] = [
  ...STARTING_FAULTS,
  ...STOPPING_FAULTS,
  ...STATE_FAULTS,
];
