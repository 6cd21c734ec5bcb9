import type { Device } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT, EINVAL, EIO, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import { Vb2Import } from '../../../impl/media/vb2-import.ts';
import type { UserPlane } from '../../../impl/media/vb2-planes.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import type { VideoRequest } from '../../../impl/media/video-ioctls.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what a request to queue must be like. */
const ARGUMENT_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-002-file-last',
    mistake: 'a queue looks at file I/O behind everything else',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        protected override find(request: VideoRequest): Vb2Buffer | number {
          if (this.bufferOf(request) === null || this.isOtherType(request)) return -EINVAL;
          return super.find(request);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-file-anyway',
    mistake: 'a queue that somebody has buffers of can be read',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2FileIos: class extends types.Vb2FileIos {
        protected override isInUse({ isStreaming }: Vb2Queue): boolean {
          return isStreaming.readStable() === 1;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-gone-device-answers',
    mistake: 'a device that was taken away answers requests',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        protected override *isGone(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-error-first',
    mistake: 'a queue that has failed says so whatever is asked',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        override *queueBuf(request: VideoRequest): KernelTask<number> {
          if ((yield* request.queue.error.read()) !== 0) return -EIO;
          return yield* super.queueBuf(request);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-any-type',
    mistake: 'a request to queue may name any type',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        protected override isOtherType(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-any-mode',
    mistake: 'a request to queue may name any memory mode',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        protected override find(request: VideoRequest): Vb2Buffer | number {
          const memory = request.queue.memory.get();
          const fields = { ...request.argument.fields, memory };
          return super.find({ ...request, argument: { ...request.argument, fields } });
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-few-planes',
    mistake: 'planes that are missing are those of last time, or of descriptor 0',
    breaks: ['VB2-002'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        protected override planesOf(request: VideoRequest): readonly UserPlane[] {
          const planes = super.planesOf(request);
          const nothing: UserPlane = { fd: 1, length: 0, bytesUsed: 0, dataOffset: 0 };
          const count = this.bufferOf(request)?.planes.length ?? 0;
          return Array.from({ length: count }, (_, index) => planes[index] ?? nothing);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-error-unseen',
    mistake: 'a queue that has failed takes buffers',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          const { error } = buffer.queue;
          const before = yield* error.read();
          yield* error.write(0);
          const result = yield* super.queueBuf(buffer, planes);
          yield* error.write(before);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-state-first',
    mistake: 'the state of the buffer is looked at before the error of the queue',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          if (!this.isDequeued(buffer)) return -EINVAL;
          return yield* super.queueBuf(buffer, planes);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-queues-twice',
    mistake: 'a buffer that is queued can be queued again',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        override *queueBuf(buffer: Vb2Buffer, planes: readonly UserPlane[]): KernelTask<number> {
          const result = yield* super.queueBuf(buffer, planes);
          return result === -EINVAL && !this.isDequeued(buffer) ? 0 : result;
        }
      },
    }),
  }),
];

/** Mistakes about the planes of a request to queue. */
const PLANE_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-002-tells-bad-descriptors',
    mistake: 'a descriptor that is not open is -EBADF',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        override *prepare(buffer: Vb2Buffer, wanted: readonly UserPlane[]): KernelTask<number> {
          const files = FileTable.ofCurrent(this.stack.world);
          const isOpen = wanted.every(({ fd }) => fd === 0 || files.at(fd) !== null);
          const error = yield* super.prepare(buffer, wanted);
          return error === -EINVAL && !isOpen ? -9 : error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-any-length',
    mistake: 'a length may be below what the plane needs',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override lengthOf(wanted: UserPlane, dmabuf: DmaBuf): number {
          return Math.max(super.lengthOf(wanted, dmabuf), wanted.length === 0 ? 0 : 4096);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-002-zero-is-enough',
    mistake: 'a missing length is what the plane needs, and not what the dma-buf has',
    breaks: ['VB2-002'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override lengthOf({ length }: UserPlane, _dmabuf: DmaBuf): number {
          return length === 0 ? 4096 : length;
        }
      },
    }),
  }),
];

/** Mistakes about errors of attaching and mapping. */
const ERROR_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-003-attach-is-invalid',
    mistake: 'whatever an exporter says to an attachment is -EINVAL',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaSg: class extends types.Vb2DmaSg {
        override *attachDmabuf(
          queue: Vb2Queue,
          device: Device,
          dmabuf: DmaBuf,
          size: number,
        ): KernelTask<Vb2Import | number> {
          const made = yield* super.attachDmabuf(queue, device, dmabuf, size);
          return typeof made === 'number' && made !== -EFAULT ? -EINVAL : made;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-map-keeps-code',
    mistake: 'a mapping that fails keeps the code of the exporter',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaSg: class extends types.Vb2DmaSg {
        override *mapDmabuf(plane: Vb2Import): KernelTask<number> {
          const error = yield* super.mapDmabuf(plane);
          return error === -EINVAL ? -EIO : error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-cpu-is-invalid',
    mistake: 'a mapping for the CPU that fails is -EINVAL',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2Vmalloc: class extends types.Vb2Vmalloc {
        override *mapDmabuf(plane: Vb2Import): KernelTask<number> {
          const error = yield* super.mapDmabuf(plane);
          return error === -EFAULT ? -EINVAL : error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-any-size',
    mistake: 'a dma-buf may be smaller than what is asked of it',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaContig: class extends types.Vb2DmaContig {
        override *attachDmabuf(
          queue: Vb2Queue,
          device: Device,
          dmabuf: DmaBuf,
          size: number,
        ): KernelTask<Vb2Import | number> {
          return yield* super.attachDmabuf(queue, device, dmabuf, Math.min(size, dmabuf.bytes));
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-scattered',
    mistake: 'a device that needs one run of addresses takes several',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaContig: class extends types.Vb2DmaContig {
        protected override isReachable(table: SgTable, size: number): boolean {
          return table.length >= size;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-whole-in-one-run',
    mistake: 'all of a dma-buf must be in one run, however little of it is needed',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaContig: class extends types.Vb2DmaContig {
        protected override isReachable(table: SgTable, size: number): boolean {
          return table.segments.length === 1 && super.isReachable(table, size);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-stays-mapped',
    mistake: 'a mapping that is not good enough is not undone',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaContig: class extends types.Vb2DmaContig {
        override *mapDmabuf(plane: Vb2Import): KernelTask<number> {
          const { attachment, direction } = plane;
          if (attachment === null) return -EINVAL;
          const table = yield* this.stack.bufferAttachments.mapUnlocked(attachment, direction);
          if (typeof table === 'number') return -EINVAL;
          if (!this.isReachable(table, plane.size)) return -EFAULT;
          plane.table.set(table);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-003-leaks-import',
    mistake: 'an attachment that fails leaves what was to describe it',
    breaks: ['VB2-003'],
    install: (types) => ({
      Vb2DmaSg: class extends types.Vb2DmaSg {
        override *attachDmabuf(
          queue: Vb2Queue,
          device: Device,
          dmabuf: DmaBuf,
          size: number,
        ): KernelTask<Vb2Import | number> {
          if (dmabuf.bytes < size) return -EFAULT;
          const { bufferAttachments, world } = this.stack;
          if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          const forgotten = new Vb2Import(dmabuf, null, queue.direction, size);
          const attachment = yield* bufferAttachments.attach(dmabuf, device);
          if (typeof attachment === 'number') return attachment;
          world.memory.free(forgotten);
          return new Vb2Import(dmabuf, attachment, queue.direction, size);
        }
      },
    }),
  }),
];

/** Mistakes about queueing buffers. */
export const QUEUEING_FAULTS: readonly Fault[] = [
  ...ARGUMENT_FAULTS,
  ...PLANE_FAULTS,
  ...ERROR_FAULTS,
];
