import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, ENODEV } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { File, FileOps } from '../uapi/file.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import type { Vb2Queue } from './vb2-queue.ts';
import type { VideoDevice } from './video-device.ts';
import { V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT } from './video-uapi.ts';

/** A video device that somebody has open. @kernel struct v4l2_fh */
export class VideoFile extends KernelObject implements FileOps {
  readonly name = 'video';
  readonly device: VideoDevice;

  constructor(device: VideoDevice) {
    super(device.world, 'videoFile');
    this.device = device;
  }

  ioctl(file: File, command: number, argument: UserPointer): KernelTask<number> {
    return this.device.stack.videoIoctls.dispatch(this.device, file, command, argument);
  }

  /** Another file has the buffers. @kernel vb2_queue_is_busy */
  static isOthers(queue: Vb2Queue, file: File): boolean {
    return queue.owner.ask((owner) => owner !== null && owner !== file);
  }

  /** @kernel vb2_fop_read */
  *read(file: File, _position: number, length: number): KernelTask<Uint8Array | number> {
    const queue = this.device.queueOf(V4L2_BUF_TYPE_VIDEO_CAPTURE);
    return yield* this.copy(queue, file, () =>
      this.device.stack.vb2FileIos.read(queue, length, file.isNonblocking),
    );
  }

  /** @kernel vb2_fop_write */
  *write(file: File, _position: number, bytes: Uint8Array): KernelTask<number> {
    const queue = this.device.queueOf(V4L2_BUF_TYPE_VIDEO_OUTPUT);
    return yield* this.copy(queue, file, () =>
      this.device.stack.vb2FileIos.write(queue, bytes, file.isNonblocking),
    );
  }

  /** Whoever reads or writes has the queue from then on. */
  protected *copy<T>(
    queue: Vb2Queue,
    file: File,
    run: () => KernelTask<T | number>,
  ): KernelTask<T | number> {
    if ((yield* this.device.isUnplugged.read()) !== 0) return -ENODEV;
    yield* queue.lock.acquire();
    const isOthers = VideoFile.isOthers(queue, file);
    const result = isOthers ? -EBUSY : yield* run();
    if (!isOthers && !queue.fileIo.isNull()) queue.owner.set(file);
    queue.lock.release();
    return result;
  }

  /** Whoever had the buffers takes them along. @kernel vb2_fop_release @rule VB2-005 @rule VB2-011 */
  *release(file: File): KernelTask<void> {
    const { device } = this;
    yield* device.lock.acquire();
    for (const queue of device.queues) {
      if (queue.owner.ask((owner) => owner === file)) yield* this.releaseQueue(queue);
    }
    device.lock.release();
    this.world.memory.free(this);
  }

  /** @kernel vb2_core_queue_release */
  protected *releaseQueue(queue: Vb2Queue): KernelTask<void> {
    const { vb2FileIos, vb2Streaming, vb2Requests } = this.device.stack;
    yield* vb2FileIos.cleanUp(queue);
    yield* vb2Streaming.streamOff(queue);
    yield* vb2Requests.free(queue);
    queue.owner.set(null);
  }

  visitState(_visit: StateVisitor): void {}
}
