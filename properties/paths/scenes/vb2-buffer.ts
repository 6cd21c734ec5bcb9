import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { SystemHeap } from '../../../impl/exporters/system-heap.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { UserPlane } from '../../../impl/media/vb2-planes.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { VideoDevice } from '../../../impl/media/video-device.ts';
import {
  V4L2_BUF_TYPE_VIDEO_CAPTURE,
  VB2_MEMORY_DMABUF,
  VB2_MEMORY_MMAP,
} from '../../../impl/media/video-uapi.ts';
import type { Stack } from '../../../impl/stack.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import type { EventName } from '../../../model/events.ts';
import { VideoBackend } from '../../programs/video-backend.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const EINVAL = 22;
const PAGE = 4096;

const PREPARE: readonly EventName[] = [
  'prepare',
  'plane.release',
  'plane.acquire',
  'plane.share',
  'prepared',
  'prepare.failed',
];

/** One buffer of one plane or two, with memory of its own or that of others. */
class Vb2BufferScene extends Scene {
  readonly kind = 'vb2Buffer';
  readonly operations: readonly Operation[];
  private readonly backend: VideoBackend;
  private readonly queue: Vb2Queue;
  private readonly planes: number;
  private readonly fds: number[] = [];

  constructor(stack: Stack, planes: number) {
    super(stack);
    this.planes = planes;
    this.backend = new VideoBackend(stack, {
      planeSizes: Array.from({ length: planes }, () => PAGE),
      isSplit: false,
      buffersMax: 1,
      isGreedy: false,
    });
    const memOps = new stack.types.Vb2DmaContig(stack);
    const device = new VideoDevice(stack, 'video', [
      {
        type: V4L2_BUF_TYPE_VIDEO_CAPTURE,
        ops: this.backend,
        memOps,
        queuedMin: 1,
        allocatedMin: 0,
      },
    ]);
    this.queue = device.queueOf(V4L2_BUF_TYPE_VIDEO_CAPTURE);
    this.operations = [...this.requests(), ...this.hardware()];
  }

  private requests(): Operation[] {
    const { vb2Streaming, vb2Requests } = this.stack;
    const free: readonly EventName[] = ['done.error', 'cancel', 'plane.release', 'free'];
    return [
      { name: 'buffers', emits: [], body: () => (this.fds.length === 0 ? this.export() : null) },
      this.request('request own', ['alloc.mmap'], () =>
        this.subject === null ? vb2Requests.request(this.queue, VB2_MEMORY_MMAP, 1) : nothing(),
      ),
      this.request('request others', ['alloc'], () =>
        this.subject === null ? vb2Requests.request(this.queue, VB2_MEMORY_DMABUF, 1) : nothing(),
      ),
      this.request('end', free, () => vb2Requests.request(this.queue, VB2_MEMORY_MMAP, 0)),
      ...this.offers('prepare', PREPARE, (buffer, planes) =>
        vb2Streaming.prepareBuf(buffer, planes),
      ),
      ...this.offers(
        'queue',
        [...PREPARE, 'queue', 'give', 'done.back', 'unqueue'],
        (buffer, planes) => vb2Streaming.queueBuf(buffer, planes),
      ),
      {
        ...this.request('stream on', ['give', 'done.back'], () =>
          vb2Streaming.streamOn(this.queue),
        ),
        isQuiet: true,
      },
      this.request('stream off', ['done.error', 'cancel'], () =>
        vb2Streaming.streamOff(this.queue),
      ),
      this.request('dequeue', ['dequeue'], () => this.dequeue()),
    ];
  }

  /** Two dma-bufs in both orders, one twice, and one too few. */
  private offers(
    name: string,
    emits: readonly EventName[],
    run: (
      buffer: NonNullable<ReturnType<Vb2Queue['buffers']['at']>>,
      planes: readonly UserPlane[],
    ) => KernelTask<number>,
  ): Operation[] {
    return ['01', '10', '00', '0'].map((order) =>
      this.request(`${name} ${order}`, emits, () => {
        const buffer = this.queue.buffers.at(0);
        const planes = order.split('').map((digit) => ({
          fd: this.fds[Number(digit)] ?? -1,
          length: 0,
          bytesUsed: 0,
          dataOffset: 0,
        }));
        return buffer === null ? nothing() : run(buffer, planes.slice(0, this.planes));
      }),
    );
  }

  private hardware(): Operation[] {
    return [
      { name: 'complete', emits: ['done'], body: () => this.backend.finish(null, 'done', nothing) },
      {
        name: 'complete with error',
        emits: ['done.error'],
        body: () => this.backend.finish(null, 'error', nothing),
      },
      ...(['start', 'prepare'] as const).flatMap((what): Operation[] => [
        { name: `refuse ${what}`, emits: [], body: () => this.refuse(what, -EINVAL) },
        { name: `accept ${what}`, emits: [], body: () => this.refuse(what, 0) },
      ]),
    ];
  }

  private *refuse(what: string, error: number): KernelTask<void> {
    this.backend.refuse(what, error);
  }

  /** Two dma-bufs that can be named. */
  private *export(): KernelTask<void> {
    const heap = new SystemHeap(this.stack);
    for (let count = 0; count < 2; count += 1) {
      const memory = yield* heap.allocate(PAGE);
      if (typeof memory === 'number') return;
      const dmabuf: DmaBuf | number = yield* this.stack.buffers.export({
        exporterName: 'heap',
        owner: null,
        ops: memory,
        size: PAGE,
        flags: O_RDWR,
        resv: null,
        priv: memory,
      });
      if (typeof dmabuf === 'number') return;
      const fd = yield* this.stack.buffers.fd(dmabuf, 0);
      this.fds.push(fd);
    }
  }

  private *dequeue(): KernelTask<void> {
    const { vb2Dequeue } = this.stack;
    const buffer = yield* vb2Dequeue.dequeueBuf(this.queue, true);
    if (typeof buffer !== 'number') vb2Dequeue.finish(buffer);
  }

  private request(
    name: string,
    emits: readonly EventName[],
    run: () => KernelTask<unknown>,
  ): Operation {
    return { name, emits, body: () => this.locked(run) };
  }

  private *locked(run: () => KernelTask<unknown>): KernelTask<void> {
    yield* this.queue.lock.acquire();
    yield* run();
    this.queue.lock.release();
    yield* this.stack.world.current.runReturnWork();
  }
}

function* nothing(): KernelTask<void> {}

export const VB2_BUFFER_SCENES: readonly SceneKind[] = [1, 2].map((planes) => ({
  kind: 'vb2Buffer',
  liveMax: 2,
  asleepMax: 0,
  isSurrounded: true,
  world: {},
  set: (stack) => new Vb2BufferScene(stack, planes),
}));
