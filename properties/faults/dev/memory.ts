import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DrmDevice } from '../../../impl/drm/drm-device.ts';
import { VIRTIO_GPU } from '../../../impl/drm/drm-driver.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import { GemMapping } from '../../../impl/drm/gem-mapping.ts';
import type { GemObject } from '../../../impl/drm/gem-object.ts';
import { PrimeMember } from '../../../impl/drm/prime-cache.ts';
import { dmaBase } from '../../../impl/exporters/dma-addresses.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { File } from '../../../impl/uapi/file.ts';
import type { MapBacking, MapRequest } from '../../../impl/uapi/mapping.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about mappings, files, and what counts. */
export const MEMORY_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-GEM-03',
    mistake: 'a private writable mapping of a device object is let through',
    breaks: ['DEV-006'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        override *show(_request: MapRequest, base: number): KernelTask<MapBacking | number> {
          return new GemMapping(this, base);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-GEM-07',
    mistake: 'a mapping gets its reference after the driver has used one up',
    breaks: ['DEV-006'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        override *mmap(_buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          const mapping = yield* this.show(request, 0);
          if (typeof mapping === 'number') return mapping;
          yield* this.put();
          yield* this.get();
          return mapping;
        }
      },
    }),
  }),
  fault({
    id: 'dev-006-mapping-without-object',
    mistake: 'a mapping has no reference to its object',
    breaks: ['DEV-006'],
    install: (types) => ({
      GemObject: class extends types.GemObject {
        override *show(request: MapRequest, base: number): KernelTask<MapBacking | number> {
          const mapping = yield* super.show(request, base);
          if (typeof mapping !== 'number') yield* this.put();
          return mapping;
        }
      },
    }),
  }),
  fault({
    id: 'dev-006-unlocked-offset',
    mistake: 'the object at an offset is looked up without the lock of the offsets',
    breaks: ['DEV-006'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        protected override *lookupOffset(
          offset: number,
          length: number,
        ): KernelTask<GemObject | null> {
          const object = this.device.mappable.find(
            (known) => dmaBase(known) === offset && length <= known.size,
          );
          const isAlive = object !== null && (yield* object.references.incUnlessZero());
          return isAlive ? object : null;
        }
      },
    }),
  }),
  fault({
    id: 'dev-006-object-that-ends',
    mistake: 'a mapping takes a reference to an object that has none any more',
    breaks: ['DEV-006'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        protected override *lookupOffset(
          offset: number,
          length: number,
        ): KernelTask<GemObject | null> {
          const { mappable, offsetLock } = this.device;
          yield* offsetLock.acquire();
          const object = mappable.find(
            (known) => dmaBase(known) === offset && length <= known.size,
          );
          if (object !== null) yield* object.get();
          offsetLock.release();
          return object;
        }
      },
    }),
  }),
  fault({
    id: 'dev-007-mapping-without-file',
    mistake: 'a mapping through a device file has no reference to the file',
    breaks: ['DEV-007'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          const mapping = yield* super.mmap(file, request);
          if (typeof mapping !== 'number') yield* file.put();
          return mapping;
        }
      },
    }),
  }),
  fault({
    id: 'dev-008-virtio-takes-all',
    mistake: 'virtio_gpu makes objects of the memory of others',
    breaks: ['DEV-008'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *import(
          device: DrmDevice,
          buffer: DmaBuf,
        ): KernelTask<GemObject | number> {
          const isVirtio = device.driver.name === VIRTIO_GPU.name;
          if (!isVirtio || buffer.exporterName === VIRTIO_GPU.exporterName) {
            return yield* super.import(device, buffer);
          }
          const attachment = yield* this.stack.bufferAttachments.attach(buffer, device);
          if (typeof attachment === 'number') return attachment;
          yield* buffer.file.get();
          const table = yield* this.mapWhole(attachment);
          if (typeof table === 'number') return table;
          return yield* device.createObject(buffer.bytes, { attachment, table });
        }
      },
    }),
  }),
  fault({
    id: 'dev-008-name-of-the-importer',
    mistake: 'the listing of a buffer names the last device that imported it',
    breaks: ['DEV-008'],
    install: (types) => ({
      Prime: class extends types.Prime {
        protected override *import(
          device: DrmDevice,
          buffer: DmaBuf,
        ): KernelTask<GemObject | number> {
          const object = yield* super.import(device, buffer);
          if (typeof object !== 'number') {
            Object.assign(buffer, { exporterName: device.driver.exporterName });
          }
          return object;
        }
      },
    }),
  }),
  fault({
    id: 'dev-009-entry-uncounted',
    mistake: 'what a file knows of a buffer has no reference to it',
    breaks: ['DEV-009'],
    install: (types) => ({
      PrimeCache: class extends types.PrimeCache {
        override *add(buffer: DmaBuf, handle: number): KernelTask<number> {
          this.members.push(new PrimeMember(buffer, handle));
          return 0;
        }

        protected override *drop(member: PrimeMember): KernelTask<void> {
          this.members.remove(member);
          this.place.world.memory.free(member);
        }
      },
    }),
  }),
  fault({
    id: 'dev-009-object-uncounted',
    mistake: 'an object with handles has no reference to its buffer',
    breaks: ['DEV-009'],
    install: (types) => ({
      Prime: class extends types.Prime {
        override *fdToHandle(file: DrmFile, fd: number): KernelTask<number> {
          const handle = yield* super.fdToHandle(file, fd);
          const object = handle < 0 ? null : yield* file.lookup(handle);
          if (object === null) return handle;
          if (object.imported !== null) yield* this.stack.gemHandles.dropBuffer(object);
          yield* object.put();
          return handle;
        }
      },
    }),
  }),
];
