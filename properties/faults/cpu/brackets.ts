import {
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { File } from '../../../impl/uapi/file.ts';
import type { MapBacking, MapRequest } from '../../../impl/uapi/mapping.ts';
import { type Fault, fault } from '../fault.ts';

/** To the device and from it. */
function turned(direction: DmaDirection): DmaDirection {
  if (direction === DMA_TO_DEVICE) return DMA_FROM_DEVICE;
  return direction === DMA_FROM_DEVICE ? DMA_TO_DEVICE : direction;
}

/** Mistakes about what a bracket asks of the exporter. */
export const BRACKET_FAULTS: readonly Fault[] = [
  fault({
    id: 'cpu-004-begins-alone',
    mistake: 'the exporter does not hear of the beginning of a bracket',
    breaks: ['CPU-004', 'CPU-009'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          if (buffer === null) return yield* super.begin(buffer, direction);
          return Math.min(yield* this.waitForOthers(buffer, direction), 0);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-004-ends-alone',
    mistake: 'the exporter does not hear of the end of a bracket',
    breaks: ['CPU-004'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *end(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'cpu-004-turned-round',
    mistake: 'the exporter hears of the wrong direction',
    breaks: ['CPU-004'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          return yield* super.begin(buffer, turned(direction));
        }

        override *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          return yield* super.end(buffer, turned(direction));
        }
      },
    }),
  }),
  fault({
    id: 'cpu-005-keeps-account',
    mistake: 'the exporter hears of the first of several brackets only',
    breaks: ['CPU-005'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        private readonly open = new Map<DmaBuf, number>();

        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          const count = buffer === null ? 0 : (this.open.get(buffer) ?? 0);
          if (buffer !== null) this.open.set(buffer, count + 1);
          return count > 0 ? 0 : yield* super.begin(buffer, direction);
        }

        override *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          this.open.set(buffer, Math.max((this.open.get(buffer) ?? 0) - 1, 0));
          return yield* super.end(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-006-unproven',
    mistake: 'a bracket does not look whether its caller has the lock, or may sleep',
    breaks: ['CPU-006', 'LOCKING-002', 'LOCKING-010'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override mightLock(): void {}
      },
    }),
  }),
  fault({
    id: 'cpu-006-locked',
    mistake: 'the core holds the reservation lock while the exporter begins and ends',
    breaks: ['CPU-006', 'LOCKING-003'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          if (buffer === null) return yield* super.begin(buffer, direction);
          yield* buffer.resv.acquire();
          const error = (yield* buffer.ops.beginCpuAccess?.(buffer, direction) ?? none()) ?? 0;
          yield* buffer.resv.release();
          if (error !== 0) return error;
          return Math.min(yield* this.waitForOthers(buffer, direction), 0);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-007-one-at-a-time',
    mistake: 'a bracket keeps others out until it ends',
    breaks: ['CPU-007'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          const error = yield* super.begin(buffer, direction);
          if (buffer !== null && error === 0) yield* buffer.resv.acquire();
          return error;
        }

        override *end(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          if (buffer.resv.lock.isHeld) yield* buffer.resv.release();
          return yield* super.end(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'cpu-009-begins-at-mmap',
    mistake: 'mapping a buffer begins a bracket',
    breaks: ['CPU-009'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *mmap(file: File, request: MapRequest): KernelTask<MapBacking | number> {
          const backing = yield* super.mmap(file, request);
          if (typeof backing !== 'number') yield* this.stack.bufferAccess.begin(this, 0);
          return backing;
        }
      },
    }),
  }),
];

function* none(): KernelTask<number> {
  return 0;
}
