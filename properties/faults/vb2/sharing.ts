import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import { VmapArea } from '../../../impl/exporters/page-mapping.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { Vb2Memory } from '../../../impl/media/vb2-memory.ts';
import type { VideoRequest } from '../../../impl/media/video-ioctls.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { Pages } from '../../../impl/uapi/pages.ts';
import { type Fault, fault } from '../fault.ts';

/** The reservations of what a buffer has imported. */
function reservationsOf({ planes }: Vb2Buffer): readonly DmaResv[] {
  return planes.flatMap(({ dmabuf }) => dmabuf.get()?.resv ?? []);
}

function* none(): KernelTask<void> {}

/** Mistakes about fences, which are no business of a queue. */
const FENCE_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-001-waits-for-writers',
    mistake: 'a buffer is given to the driver when those who write have ended',
    breaks: ['VB2-001'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *give(buffer: Vb2Buffer): KernelTask<void> {
          for (const resv of reservationsOf(buffer)) {
            yield* resv.waitTimeout(DMA_RESV_USAGE_WRITE, true, MAX_SCHEDULE_TIMEOUT);
          }
          yield* super.give(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-001-adds-a-fence',
    mistake: 'a buffer that is given to the driver gets a fence',
    breaks: ['VB2-001'],
    install: (types) => ({
      Vb2Queue: class extends types.Vb2Queue {
        override *give(buffer: Vb2Buffer): KernelTask<void> {
          for (const resv of reservationsOf(buffer)) {
            const fence = yield* this.stack.stubs.allocatePrivateStub(0);
            if (fence === null) continue;
            yield* resv.acquire();
            if ((yield* resv.reserveFences(1)) === 0) {
              yield* resv.addFence(fence, DMA_RESV_USAGE_READ);
            }
            yield* resv.release();
            yield* fence.put();
          }
          yield* super.give(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-001-fence-on-export',
    mistake: 'an export of memory that the driver has carries a fence',
    breaks: ['VB2-001'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const dmabuf = yield* super.getDmabuf(memory, flags);
          const fence = yield* this.stack.stubs.allocatePrivateStub(0);
          if (typeof dmabuf === 'number' || fence === null) return dmabuf;
          yield* dmabuf.resv.acquire();
          if ((yield* dmabuf.resv.reserveFences(1)) === 0) {
            yield* dmabuf.resv.addFence(fence, DMA_RESV_USAGE_WRITE);
          }
          yield* dmabuf.resv.release();
          yield* fence.put();
          return dmabuf;
        }
      },
    }),
  }),
];

/** Mistakes about exports. */
const EXPORT_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-013-any-memory',
    mistake: 'what was imported can be exported again',
    breaks: ['VB2-013'],
    install: (types) => ({
      VideoIoctls: class extends types.VideoIoctls {
        override *exportBuf(request: VideoRequest): KernelTask<number> {
          const dmabuf = this.bufferOf(request)?.planes[0]?.dmabuf.get() ?? null;
          const result = yield* super.exportBuf(request);
          const isImported = request.queue.memory.get() === 4 && result === -EINVAL;
          if (!isImported) return result;
          if (dmabuf !== null) yield* dmabuf.file.get();
          return dmabuf === null ? 0 : yield* this.stack.buffers.fd(dmabuf, 0);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-any-flags',
    mistake: 'an export takes any flags',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        override *exportBuf(
          buffer: Vb2Buffer,
          type: number,
          plane: number,
          flags: number,
        ): KernelTask<number> {
          return yield* super.exportBuf(buffer, type, plane, flags & (O_CLOEXEC | 3));
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-any-type',
    mistake: 'an export takes any type',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        override *exportBuf(
          buffer: Vb2Buffer,
          _type: number,
          plane: number,
          flags: number,
        ): KernelTask<number> {
          return yield* super.exportBuf(buffer, buffer.queue.type, plane, flags);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-file-too',
    mistake: 'memory is exported while the queue is read',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        override *exportBuf(
          buffer: Vb2Buffer,
          type: number,
          plane: number,
          flags: number,
        ): KernelTask<number> {
          const { fileIo } = buffer.queue;
          const io = fileIo.get();
          fileIo.set(null);
          const fd = yield* super.exportBuf(buffer, type, plane, flags);
          fileIo.set(io);
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-one-for-all',
    mistake: 'a second export is the dma-buf of the first',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const known = this.stack.buffers.list.find(({ priv }) => priv === memory);
          if (known === null) return yield* super.getDmabuf(memory, flags);
          return (yield* known.file.references.incUnlessZero()) ? known : -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-one-reservation',
    mistake: 'exports of the same memory share a reservation',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const known = this.stack.buffers.list.find(({ priv }) => priv === memory);
          const dmabuf = yield* this.stack.buffers.export({
            exporterName: 'videobuf2',
            owner: null,
            ops: memory,
            size: memory.length,
            flags,
            resv: known?.resv ?? null,
            priv: memory,
          });
          if (typeof dmabuf !== 'number') yield* memory.references.inc();
          return dmabuf;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-writable-anyway',
    mistake: 'exports can be written, whatever was asked for',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(memory: Vb2Memory): KernelTask<DmaBuf | number> {
          return yield* super.getDmabuf(memory, O_RDWR);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-copies',
    mistake: 'processes that map an export see memory of its own',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Memory: class extends types.Vb2Memory {
        override *mmap(): ReturnType<InstanceType<typeof types.Vb2Memory>['mmap']> {
          const backing = yield* super.mmap();
          if (typeof backing === 'number') return backing;
          const own = new Map<number, number>();
          return {
            *readByte(offset) {
              return own.get(offset) ?? 0;
            },
            *writeByte(offset, byte) {
              own.set(offset, byte);
              return true;
            },
          };
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-leaks-without-descriptor',
    mistake: 'an export for which there is no descriptor is not given back',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const dmabuf = yield* super.getDmabuf(memory, flags);
          const files = this.stack.world.current.files;
          const isFull = files !== null && (yield* files.getUnused(false));
          if (typeof isFull === 'number' && isFull >= 0) yield* files?.putUnused(isFull) ?? none();
          else if (typeof dmabuf !== 'number') yield* dmabuf.file.get();
          return dmabuf;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-013-takes-anyway',
    mistake: 'an export that fails has taken its reference on the memory',
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const dmabuf = yield* super.getDmabuf(memory, flags);
          if (typeof dmabuf === 'number') yield* memory.references.inc();
          return dmabuf;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-VB2-01',
    mistake: "the kernel's mapping of an export shows other memory",
    breaks: ['VB2-013'],
    install: (types) => ({
      Vb2Memory: class extends types.Vb2Memory {
        override *vmap(): KernelTask<KernelMapping | number> {
          if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          const elsewhere = new Pages(this.world);
          elsewhere.isStatic = true;
          return new VmapArea(this, (index) => ({ pages: elsewhere, index }), [this.pages]);
        }
      },
    }),
  }),
];

/** Mistakes about what queues share with others. */
export const SHARING_FAULTS: readonly Fault[] = [...FENCE_FAULTS, ...EXPORT_FAULTS];
