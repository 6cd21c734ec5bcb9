import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { Vb2Import } from '../../../impl/media/vb2-import.ts';
import type { Vb2Plane } from '../../../impl/media/vb2-plane.ts';
import type { UserPlane, WantedPlane } from '../../../impl/media/vb2-planes.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { VB2_MEMORY_DMABUF } from '../../../impl/media/video-uapi.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what is kept from one queue to the next. */
const KEEPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-004-never-kept',
    mistake: 'memory is attached anew with every queue',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override isKept(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-004-one-direction',
    mistake: 'devices are told that they write to what they only read',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override get direction(): DmaDirection {
          return DMA_FROM_DEVICE;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-004-by-number',
    mistake: 'the same descriptor stands for the same dma-buf',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override isSame(plane: Vb2Plane, { fd, length }: WantedPlane): boolean {
          const isSameNumber = plane.fd.ask((known) => known === fd);
          const isThere = !plane.memory.isNull();
          return isThere && isSameNumber && plane.length.ask((known) => known === length);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-004-any-length-is-same',
    mistake: 'the same dma-buf with another length is the same memory',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override isSame(plane: Vb2Plane, { dmabuf }: WantedPlane): boolean {
          return plane.dmabuf.ask((known) => known === dmabuf);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-004-first-plane-decides',
    mistake: 'all planes are kept when the first one is the same',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override isKept(buffer: Vb2Buffer, planes: readonly WantedPlane[]): boolean {
          const [plane] = buffer.planes;
          const [wanted] = planes;
          if (plane === undefined || wanted === undefined) return false;
          return this.isSame(plane, wanted);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-004-keeps-reference',
    mistake: 'a queue that finds the same memory keeps the references of its look-up',
    breaks: ['VB2-004'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *prepareDmabuf(
          buffer: Vb2Buffer,
          wanted: readonly UserPlane[],
        ): KernelTask<number> {
          const isRepeated = buffer.planes.every(({ fd, memory }, number) => {
            const isSame = fd.ask((known) => known === wanted[number]?.fd);
            return isSame && !memory.isNull();
          });
          const dmabuf = isRepeated ? buffer.planes[0]?.dmabuf.get() : null;
          if (dmabuf !== null && dmabuf !== undefined) yield* dmabuf.file.get();
          return yield* super.prepareDmabuf(buffer, wanted);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-goes-at-dequeue',
    mistake: 'memory is detached when the buffer is dequeued',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        override *dequeueBuf(
          queue: Vb2Queue,
          isNonblocking: boolean,
        ): KernelTask<Vb2Buffer | number> {
          const buffer = yield* super.dequeueBuf(queue, isNonblocking);
          if (typeof buffer !== 'number') yield* this.stack.vb2Planes.releaseAll(buffer);
          return buffer;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-failed-keeps',
    mistake: 'a queue that fails leaves the memory of last time attached',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *lookUp(
          buffer: Vb2Buffer,
          wanted: readonly UserPlane[],
        ): KernelTask<readonly WantedPlane[] | null> {
          const found = yield* super.lookUp(buffer, wanted);
          this.isLookUpOnly = found === null;
          return found;
        }

        private isLookUpOnly = false;

        override *releaseAll(buffer: Vb2Buffer): KernelTask<void> {
          if (!this.isLookUpOnly) yield* super.releaseAll(buffer);
          this.isLookUpOnly = false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-end-keeps',
    mistake: 'buffers end without letting go of imported memory',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        override *free(queue: Vb2Queue): KernelTask<void> {
          for (const buffer of queue.buffers.copy()) {
            for (const plane of buffer.planes) if (plane.imported !== null) plane.clear();
          }
          yield* super.free(queue);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-cleans-up-nothing',
    mistake: 'the driver is to forget buffers of which it has never heard',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        protected override hasMemory(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-close-keeps',
    mistake: 'a file that is closed leaves its buffers',
    breaks: ['VB2-005'],
    install: (types) => ({
      VideoFile: class extends types.VideoFile {
        protected override *releaseQueue(queue: Vb2Queue): KernelTask<void> {
          yield* this.device.stack.vb2Streaming.streamOff(queue);
          queue.owner.set(null);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-005-cancel-lets-go',
    mistake: 'stream-off detaches memory',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Streaming: class extends types.Vb2Streaming {
        protected override *reset(buffer: Vb2Buffer): KernelTask<void> {
          yield* super.reset(buffer);
          yield* this.stack.vb2Planes.releaseAll(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-VB2-02',
    mistake: 'a plane that loses its memory keeps what was said of it',
    breaks: ['VB2-005'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *release(
          buffer: Vb2Buffer,
          plane: Vb2Plane,
          number: number,
        ): KernelTask<void> {
          const length = plane.length.get();
          const fd = plane.fd.get();
          const dataOffset = plane.dataOffset.get();
          const bytesUsed = plane.bytesUsed.get();
          yield* super.release(buffer, plane, number);
          plane.length.set(length);
          plane.fd.set(fd);
          plane.dataOffset.set(dataOffset);
          plane.bytesUsed.set(bytesUsed);
        }
      },
    }),
  }),
];

/** Mistakes about planes that share memory, and about caches. */
const SHARING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-006-attaches-each',
    mistake: 'each plane is attached by itself',
    breaks: ['VB2-006'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override share(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-006-any-device',
    mistake: 'planes of different devices share an attachment',
    breaks: ['VB2-006'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override share(buffer: Vb2Buffer, number: number, wanted: WantedPlane): boolean {
          const lower = buffer.planes.slice(0, number).find(({ dmabuf }) => {
            return dmabuf.ask((known) => known === wanted.dmabuf);
          });
          const plane = buffer.planes[number];
          if (plane === undefined || lower === undefined) return false;
          plane.isDuplicated.set(true);
          plane.dmabuf.set(wanted.dmabuf);
          plane.memory.set(lower.memory.get());
          buffer.tell('plane.share', number);
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-006-lowest-first',
    mistake: 'planes let go from the lowest up',
    breaks: ['VB2-006'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        override *releaseAll(buffer: Vb2Buffer): KernelTask<void> {
          for (const [number, plane] of buffer.planes.entries()) {
            yield* this.release(buffer, plane, number);
          }
        }
      },
    }),
  }),
  fault({
    id: 'vb2-006-each-detaches',
    mistake: 'a plane that shares an attachment detaches it, too',
    breaks: ['VB2-006'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *release(
          buffer: Vb2Buffer,
          plane: Vb2Plane,
          number: number,
        ): KernelTask<void> {
          plane.isDuplicated.set(false);
          yield* super.release(buffer, plane, number);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-006-one-reference',
    mistake: 'a plane that shares memory gives its reference back at once',
    breaks: ['VB2-006'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *acquireAll(
          buffer: Vb2Buffer,
          planes: readonly WantedPlane[],
        ): KernelTask<number> {
          const error = yield* super.acquireAll(buffer, planes);
          for (const { isDuplicated, dmabuf } of error === 0 ? buffer.planes : []) {
            const shared = isDuplicated.get() ? dmabuf.get() : null;
            if (shared !== null) yield* shared.file.putAtReturn();
          }
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-007-syncs-imported',
    mistake: 'imported memory is synced for the device when it is queued',
    breaks: ['VB2-007'],
    install: (types) => ({
      Vb2DmaSg: class extends types.Vb2DmaSg {
        override *mapDmabuf(plane: Vb2Import): KernelTask<number> {
          const error = yield* super.mapDmabuf(plane);
          const table = plane.table.get();
          if (table !== null) this.stack.dmaSync.forDevice(table, plane.direction);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-007-begins-access',
    mistake: 'a dequeue begins the access of the CPU',
    breaks: ['VB2-007'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        override *dequeueBuf(
          queue: Vb2Queue,
          isNonblocking: boolean,
        ): KernelTask<Vb2Buffer | number> {
          const buffer = yield* super.dequeueBuf(queue, isNonblocking);
          const isImported = queue.memory.get() === VB2_MEMORY_DMABUF;
          const dmabuf =
            typeof buffer === 'number' || !isImported ? null : buffer.planes[0]?.dmabuf.get();
          if (dmabuf === null || dmabuf === undefined) return buffer;
          yield* this.stack.bufferAccess.begin(dmabuf, DMA_BIDIRECTIONAL);
          return buffer;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-007-ends-access',
    mistake: 'a dequeue ends the access of the CPU',
    breaks: ['VB2-007'],
    install: (types) => ({
      Vb2Dequeue: class extends types.Vb2Dequeue {
        override *dequeueBuf(
          queue: Vb2Queue,
          isNonblocking: boolean,
        ): KernelTask<Vb2Buffer | number> {
          const buffer = yield* super.dequeueBuf(queue, isNonblocking);
          const dmabuf = typeof buffer === 'number' ? null : buffer.planes[0]?.dmabuf.get();
          if (dmabuf === null || dmabuf === undefined) return buffer;
          yield* this.stack.bufferAccess.end(dmabuf, DMA_BIDIRECTIONAL);
          return buffer;
        }
      },
    }),
  }),
];

/** Mistakes about memory that buffers import. */
export const MEMORY_FAULTS: readonly Fault[] = [...KEEPING_FAULTS, ...SHARING_FAULTS];
