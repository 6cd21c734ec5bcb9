import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { VideoDevice } from '../../../impl/media/video-device.ts';
import { V4L2_BUF_TYPE_VIDEO_CAPTURE, VB2_MEMORY_MMAP } from '../../../impl/media/video-uapi.ts';
import type { Stack } from '../../../impl/stack.ts';
import { File, O_RDWR } from '../../../impl/uapi/file.ts';
import { userStructure } from '../../../impl/uapi/user-memory.ts';
import type { EventName } from '../../../model/events.ts';
import { VideoBackend } from '../../programs/video-backend.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const EINVAL = 22;
const CANCEL: readonly EventName[] = ['stop', 'done', 'cancel', 'clear', 'discard'];
const START: readonly EventName[] = ['start', 'give', 'started', 'back', 'start.failed'];

/** One queue of one buffer, which user space and hardware use; requests have its lock. */
class Vb2QueueScene extends Scene {
  readonly kind = 'vb2Queue';
  readonly operations: readonly Operation[];
  private readonly backend: VideoBackend;
  private readonly queue: Vb2Queue;
  private readonly file: File;

  /** The driver wants one buffer before it starts, or none; and maybe it cannot start at all. */
  constructor(stack: Stack, queuedMin: number, isRefused: boolean) {
    super(stack);
    this.backend = new VideoBackend(stack, {
      planeSizes: [4096],
      isSplit: false,
      buffersMax: 1,
      isGreedy: false,
    });
    if (isRefused) this.backend.refuse('start', -EINVAL);
    const memOps = new stack.types.Vb2DmaContig(stack);
    const device = new VideoDevice(stack, 'video', [
      {
        type: V4L2_BUF_TYPE_VIDEO_CAPTURE,
        ops: this.backend,
        memOps,
        queuedMin,
        allocatedMin: 0,
      },
    ]);
    this.queue = device.queueOf(V4L2_BUF_TYPE_VIDEO_CAPTURE);
    this.file = new File(stack, { name: 'video' }, O_RDWR);
    // Hardware that was never started completes nothing.
    const completions = isRefused ? [] : this.completions();
    this.operations = [...this.requests(), ...completions, this.failure()];
  }

  private requests(): Operation[] {
    const { vb2Streaming, vb2Requests } = this.stack;
    const request: readonly EventName[] = [...CANCEL, 'release', 'allocate'];
    const begins: readonly EventName[] = ['stop', 'cancel'];
    const dequeue: Operation = {
      name: 'dequeue',
      emits: ['look', 'wait', 'wait.end', 'take', 'take.last'],
      begins: ['look'],
      body: () => this.locked(() => this.dequeue()),
    };
    return [
      {
        name: 'request 0',
        emits: request,
        begins,
        body: () => this.locked(() => vb2Requests.request(this.queue, VB2_MEMORY_MMAP, 0)),
      },
      {
        name: 'request 1',
        emits: request,
        begins: [...begins, 'allocate'],
        isQuiet: true,
        body: () => this.locked(() => vb2Requests.request(this.queue, VB2_MEMORY_MMAP, 1)),
      },
      {
        name: 'queue',
        emits: START,
        begins: ['start', 'give'],
        isQuiet: true,
        body: () =>
          this.locked(() => {
            const buffer = this.queue.buffers.at(0);
            return buffer === null ? nothing() : vb2Streaming.queueBuf(buffer, []);
          }),
      },
      {
        name: 'stream on',
        emits: [...START, 'streamOn'],
        begins: ['start', 'streamOn'],
        isQuiet: true,
        body: () => this.locked(() => vb2Streaming.streamOn(this.queue)),
      },
      {
        name: 'stream off',
        emits: [...CANCEL, 'streamOff'],
        begins,
        body: () => this.locked(() => vb2Streaming.streamOff(this.queue)),
      },
      dequeue,
      { ...dequeue, name: 'dequeue interrupted', isInterrupted: true },
    ];
  }

  private completions(): Operation[] {
    return [
      { name: 'complete', emits: ['done'], body: () => this.complete(false) },
      { name: 'complete last', emits: ['done'], body: () => this.complete(true) },
    ];
  }

  private failure(): Operation {
    return { name: 'fail', emits: ['error'], body: () => this.queue.fail() };
  }

  private complete(isLast: boolean): KernelTask<unknown> {
    return this.backend.finish(null, 'done', function* (buffer) {
      buffer.isLast.set(isLast);
    });
  }

  private dequeue(): KernelTask<number> {
    const argument = userStructure({ type: V4L2_BUF_TYPE_VIDEO_CAPTURE });
    return this.stack.videoIoctls.dequeueBuf({ queue: this.queue, file: this.file, argument });
  }

  /** Hardware may be quicker than a request that hands a buffer over. */
  override stopsBefore(access: Access): boolean {
    return access.field === 'ownedByDriver' || super.stopsBefore(access);
  }

  private *locked(run: () => KernelTask<unknown>): KernelTask<void> {
    yield* this.queue.lock.acquire();
    yield* run();
    this.queue.lock.release();
  }
}

function* nothing(): KernelTask<void> {}

const KINDS = [
  [0, false],
  [1, false],
  [0, true],
  [1, true],
] as const;

export const VB2_QUEUE_SCENES: readonly SceneKind[] = KINDS.map(([queuedMin, isRefused]) => ({
  kind: 'vb2Queue',
  liveMax: 3,
  asleepMax: 1,
  isSurrounded: true,
  world: {},
  set: (stack) => new Vb2QueueScene(stack, queuedMin, isRefused),
}));
