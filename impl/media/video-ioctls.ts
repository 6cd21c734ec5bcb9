import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, EFAULT, EINVAL, ENODEV, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { File } from '../uapi/file.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { UserPlane } from './vb2-planes.ts';
import type { Vb2Queue } from './vb2-queue.ts';
import type { VideoDevice } from './video-device.ts';
import { VideoFile } from './video-file.ts';
import {
  V4L2_BUF_FLAG_DONE,
  V4L2_BUF_FLAG_ERROR,
  V4L2_BUF_FLAG_LAST,
  V4L2_BUF_FLAG_MAPPED,
  V4L2_BUF_FLAG_PREPARED,
  V4L2_BUF_FLAG_QUEUED,
  VB2_MEMORY_DMABUF,
  VB2_MEMORY_MMAP,
  V4L2_DEC_CMD_STOP,
  VIDIOC_DECODER_CMD,
  VIDIOC_DQBUF,
  VIDIOC_EXPBUF,
  VIDIOC_PREPARE_BUF,
  VIDIOC_QBUF,
  VIDIOC_QUERYBUF,
  VIDIOC_REQBUFS,
  VIDIOC_STREAMOFF,
  VIDIOC_STREAMON,
} from './video-uapi.ts';

/** One request on a queue. */
export interface VideoRequest {
  readonly queue: Vb2Queue;
  readonly file: File;
  readonly argument: UserPointer;
}

type VideoCall = (request: VideoRequest) => KernelTask<number>;

/** What the kernel tells of a buffer's state. */
const STATE_FLAGS = {
  dequeued: 0,
  preparing: 0,
  queued: V4L2_BUF_FLAG_QUEUED,
  active: V4L2_BUF_FLAG_QUEUED,
  done: V4L2_BUF_FLAG_DONE,
  error: V4L2_BUF_FLAG_ERROR | V4L2_BUF_FLAG_DONE,
} as const;

/** The requests of a video device. */
export class VideoIoctls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel v4l2_ioctl @kernel video_usercopy @kernel __video_do_ioctl */
  *dispatch(
    device: VideoDevice,
    file: File,
    command: number,
    argument: UserPointer,
  ): KernelTask<number> {
    if (yield* this.isGone(device)) return -ENODEV;
    if (!argument.isReadable) return -EFAULT;
    const call = this.callOf(command);
    if (call === null) return -ENOTTY;
    const queue = device.queueOf(numberField(argument, 'type'));
    yield* device.lock.acquire();
    const result = yield* call({ queue, file, argument });
    device.lock.release();
    return argument.isWritable ? result : -EFAULT;
  }

  /** Asked before the request is looked at. @kernel video_is_registered */
  protected *isGone({ isUnplugged }: VideoDevice): KernelTask<boolean> {
    return (yield* isUnplugged.read()) !== 0;
  }

  protected callOf(command: number): VideoCall | null {
    switch (command) {
      case VIDIOC_REQBUFS:
        return (request) => this.requestBufs(request);
      case VIDIOC_QUERYBUF:
        return (request) => this.queryBuf(request);
      case VIDIOC_PREPARE_BUF:
        return (request) => this.prepareBuf(request);
      case VIDIOC_QBUF:
        return (request) => this.queueBuf(request);
      case VIDIOC_DQBUF:
        return (request) => this.dequeueBuf(request);
      case VIDIOC_EXPBUF:
        return (request) => this.exportBuf(request);
      case VIDIOC_STREAMON:
        return (request) => this.streamOn(request);
      case VIDIOC_STREAMOFF:
        return (request) => this.streamOff(request);
      case VIDIOC_DECODER_CMD:
        return (request) => this.commandDecoder(request);
      default:
        return null;
    }
  }

  /** Reads and writes have the queue. @kernel vb2_fileio_is_active */
  protected isFile({ queue }: VideoRequest): boolean {
    return !queue.fileIo.isNull();
  }

  /** Another file has the buffers, or reads and writes do. @rule VB2-002 */
  protected isBusy(request: VideoRequest): boolean {
    return VideoFile.isOthers(request.queue, request.file) || this.isFile(request);
  }

  protected isOtherType({ queue, argument }: VideoRequest): boolean {
    return numberField(argument, 'type') !== queue.type;
  }

  /** The buffer that a request is about, or null. @kernel vb2_get_buffer */
  protected bufferOf({ queue, argument }: VideoRequest): Vb2Buffer | null {
    const index = numberField(argument, 'index');
    return index < 0 ? null : queue.buffers.at(index);
  }

  /** @kernel vb2_ioctl_reqbufs @rule VB2-014 */
  *requestBufs(request: VideoRequest): KernelTask<number> {
    const { queue, file, argument } = request;
    const memory = numberField(argument, 'memory');
    if (memory !== VB2_MEMORY_MMAP && memory !== VB2_MEMORY_DMABUF) return -EINVAL;
    if (this.isOtherType(request)) return -EINVAL;
    if (this.isFile(request) || VideoFile.isOthers(queue, file)) return -EBUSY;
    const count = yield* this.stack.vb2Requests.request(
      queue,
      memory,
      numberField(argument, 'count'),
    );
    if (count < 0) return count;
    argument.fields['count'] = count;
    queue.owner.set(count > 0 ? file : null);
    return 0;
  }

  /** @kernel vb2_querybuf */
  *queryBuf(request: VideoRequest): KernelTask<number> {
    const buffer = this.bufferOf(request);
    if (buffer === null || this.isOtherType(request)) return -EINVAL;
    this.fill(request, buffer);
    return 0;
  }

  /** What a request to queue or to prepare must be like, or a negative error. @rule VB2-002 */
  protected find(request: VideoRequest): Vb2Buffer | number {
    if (this.isBusy(request)) return -EBUSY;
    const buffer = this.bufferOf(request);
    if (buffer === null || this.isOtherType(request)) return -EINVAL;
    const memory = numberField(request.argument, 'memory');
    if (request.queue.memory.ask((known) => known !== memory)) return -EINVAL;
    return this.planesOf(request).length < buffer.planes.length ? -EINVAL : buffer;
  }

  /** @kernel vb2_ioctl_prepare_buf @rule VB2-016 */
  *prepareBuf(request: VideoRequest): KernelTask<number> {
    const buffer = this.find(request);
    if (typeof buffer === 'number') return buffer;
    const planes = this.planesOf(request);
    const error = yield* this.stack.vb2Streaming.prepareBuf(buffer, planes);
    if (error === 0) this.fill(request, buffer);
    return error;
  }

  /** @kernel vb2_ioctl_qbuf @rule VB2-002 */
  *queueBuf(request: VideoRequest): KernelTask<number> {
    const buffer = this.find(request);
    if (typeof buffer === 'number') return buffer;
    const planes = this.planesOf(request);
    const error = yield* this.stack.vb2Streaming.queueBuf(buffer, planes);
    if (error === 0) this.fill(request, buffer);
    return error;
  }

  /** @kernel vb2_ioctl_dqbuf @rule VB2-010 */
  *dequeueBuf(request: VideoRequest): KernelTask<number> {
    const { queue, file } = request;
    if (this.isBusy(request)) return -EBUSY;
    if (this.isOtherType(request)) return -EINVAL;
    const buffer = yield* this.stack.vb2Dequeue.dequeueBuf(queue, file.isNonblocking);
    if (typeof buffer === 'number') return buffer;
    this.fill(request, buffer);
    this.stack.vb2Dequeue.finish(buffer);
    return 0;
  }

  /** @kernel vb2_ioctl_expbuf @rule VB2-013 */
  *exportBuf(request: VideoRequest): KernelTask<number> {
    const { argument } = request;
    const buffer = this.bufferOf(request);
    if (buffer === null) return -EINVAL;
    const fd = yield* this.stack.vb2Exports.exportBuf(
      buffer,
      numberField(argument, 'type'),
      numberField(argument, 'plane'),
      numberField(argument, 'flags'),
    );
    if (fd < 0) return fd;
    argument.fields['fd'] = fd;
    return 0;
  }

  /** @kernel vb2_ioctl_streamon @rule VB2-008 */
  *streamOn(request: VideoRequest): KernelTask<number> {
    if (this.isBusy(request)) return -EBUSY;
    if (this.isOtherType(request)) return -EINVAL;
    return yield* this.stack.vb2Streaming.streamOn(request.queue);
  }

  /** @kernel vb2_ioctl_streamoff @rule VB2-011 */
  *streamOff(request: VideoRequest): KernelTask<number> {
    if (this.isBusy(request)) return -EBUSY;
    if (this.isOtherType(request)) return -EINVAL;
    return yield* this.stack.vb2Streaming.streamOff(request.queue);
  }

  /** @kernel vidioc_decoder_cmd */
  *commandDecoder({ queue, argument }: VideoRequest): KernelTask<number> {
    const { ops } = queue;
    if (ops.stopDecoder === undefined) return -ENOTTY;
    if (numberField(argument, 'command') !== V4L2_DEC_CMD_STOP) return -EINVAL;
    return yield* ops.stopDecoder();
  }

  /** The planes that user space describes. */
  protected planesOf({ argument }: VideoRequest): readonly UserPlane[] {
    const planes = argument.fields['planes'];
    return Array.isArray(planes) ? (planes as UserPlane[]) : []; // programs put them there
  }

  /** @kernel __fill_v4l2_buffer */
  protected fill({ argument, queue }: VideoRequest, buffer: Vb2Buffer): void {
    const state = buffer.state.get();
    let flags: number = STATE_FLAGS[state];
    if (buffer.isPrepared.get() && state === 'dequeued') flags |= V4L2_BUF_FLAG_PREPARED;
    if (queue.memory.get() === VB2_MEMORY_MMAP) flags |= V4L2_BUF_FLAG_MAPPED;
    if (buffer.isLast.get()) flags |= V4L2_BUF_FLAG_LAST;
    argument.fields['index'] = buffer.index;
    argument.fields['flags'] = flags;
    argument.fields['sequence'] = buffer.sequence.get();
    argument.fields['planes'] = buffer.planes.map(
      ({ fd, length, bytesUsed, dataOffset }): UserPlane => ({
        fd: fd.get(),
        length: length.get(),
        bytesUsed: bytesUsed.get(),
        dataOffset: dataOffset.get(),
      }),
    );
  }
}
