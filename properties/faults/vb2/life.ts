import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { Vb2Memory } from '../../../impl/media/vb2-memory.ts';
import type { WantedPlane } from '../../../impl/media/vb2-planes.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the life of memory, and about failures of several planes. */
export const LIFE_FAULTS: readonly Fault[] = [
  fault({
    id: 'vb2-014-frees-exported',
    mistake: 'memory goes with the buffers, whoever else has it',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Exports: class extends types.Vb2Exports {
        protected override *getDmabuf(
          memory: Vb2Memory,
          flags: number,
        ): KernelTask<DmaBuf | number> {
          const dmabuf = yield* super.getDmabuf(memory, flags);
          if (typeof dmabuf !== 'number') yield* memory.references.decAndTest();
          return dmabuf;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-while-streaming',
    mistake: 'other buffers can be requested while the queue streams',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        protected override isBusy(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-none-while-streaming',
    mistake: 'buffers can be given back while the queue streams',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        protected override isBusy(queue: Vb2Queue, count: number): boolean {
          return count > 0 && super.isBusy(queue, count);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-same-memory-again',
    mistake: 'new buffers get the memory of those that were exported',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        private readonly kept: Vb2Memory[] = [];

        protected override *takeBack(buffer: Vb2Buffer): KernelTask<void> {
          for (const { own } of buffer.planes) {
            if (own === null || (yield* own.references.read()) < 2) continue;
            yield* own.references.inc();
            this.kept.push(own);
          }
          yield* super.takeBack(buffer);
        }

        protected override *provide(buffer: Vb2Buffer): KernelTask<boolean> {
          const isDone = yield* super.provide(buffer);
          for (const { memory, own } of isDone ? buffer.planes : []) {
            const known = this.kept.shift();
            if (known === undefined || own === null) continue;
            yield* own.put();
            memory.set(known);
          }
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-leaks',
    mistake: 'the last export does not free the memory',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Memory: class extends types.Vb2Memory {
        override *release(): KernelTask<void> {
          yield* this.references.decAndTest();
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-half-a-buffer',
    mistake: 'a buffer for which there is not enough memory keeps what it has got',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        protected override *provide(buffer: Vb2Buffer): KernelTask<boolean> {
          const { queue } = buffer;
          for (const [number, plane] of buffer.planes.entries()) {
            const device = buffer.devices[number] ?? queue.device;
            const memory = yield* queue.memOps.alloc(queue, device, plane.minLength);
            if (typeof memory === 'number') return false;
            plane.memory.set(memory);
          }
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-below-minimum',
    mistake: 'a driver gets fewer buffers than it can do with',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2Requests: class extends types.Vb2Requests {
        protected override *settle(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'vb2-014-file-stays',
    mistake: 'a first read that finds no memory leaves the queue to reads',
    breaks: ['VB2-014'],
    install: (types) => ({
      Vb2FileIos: class extends types.Vb2FileIos {
        protected override end(): void {}
      },
    }),
  }),
  fault({
    id: 'vb2-015-stays-attached',
    mistake: 'planes below one that fails stay attached',
    breaks: ['VB2-015'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *abandon(
          buffer: Vb2Buffer,
          planes: readonly WantedPlane[],
          from: number,
        ): KernelTask<void> {
          yield* super.abandon(buffer, planes, from);
          const lower = buffer.planes[from - 1];
          if (lower?.isDuplicated.get() === false) lower.isDuplicated.set(true);
        }
      },
    }),
  }),
  fault({
    id: 'vb2-015-drops-twice',
    mistake: 'the reference of a plane that was attached is dropped with those that were not',
    breaks: ['VB2-015'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *abandon(
          _buffer: Vb2Buffer,
          planes: readonly WantedPlane[],
          from: number,
        ): KernelTask<void> {
          yield* this.putBack(planes.slice(from));
        }
      },
    }),
  }),
];
