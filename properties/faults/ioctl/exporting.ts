import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

type Singleton = (resv: DmaResv, usage: ResvUsage) => KernelTask<DmaFence | number | null>;

/** Another answer to "what is pending, as one fence"; only exports ask that. */
function snapshot(
  find: (
    intact: Singleton,
    resv: DmaResv,
    usage: ResvUsage,
    stack: Stack,
  ) => KernelTask<DmaFence | number | null>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    ResvQueries: class extends types.ResvQueries {
      override *getSingleton(
        resv: DmaResv,
        usage: ResvUsage,
      ): KernelTask<DmaFence | number | null> {
        const intact: Singleton = (given, up) => super.getSingleton(given, up);
        return yield* find(intact, resv, usage, this.stack);
      }
    },
  });
}

/** Mistakes about what an export covers. */
export const EXPORTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'ioctl-003-readers-too',
    mistake: 'an export for reading covers readers as well',
    breaks: ['IOCTL-003'],
    install: snapshot((intact, resv) => intact(resv, DMA_RESV_USAGE_READ)),
  }),
  fault({
    id: 'ioctl-003-kernel-only',
    mistake: 'an export for reading covers KERNEL fences alone',
    breaks: ['IOCTL-003'],
    install: snapshot((intact, resv, usage) =>
      intact(resv, usage === DMA_RESV_USAGE_WRITE ? DMA_RESV_USAGE_KERNEL : usage),
    ),
  }),
  fault({
    id: 'ioctl-004-both-is-reading',
    mistake: 'an export for reading and writing covers what one for reading covers',
    breaks: ['IOCTL-004'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        protected override *exportInto(
          fd: number,
          buffer: DmaBuf,
          argument: UserPointer,
        ): KernelTask<number> {
          if (numberField(argument, 'flags') === 3) Object.assign(argument.fields, { flags: 1 });
          return yield* super.exportInto(fd, buffer, argument);
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-004-bookkeeping-too',
    mistake: 'an export for writing covers every fence',
    breaks: ['IOCTL-004'],
    install: snapshot((intact, resv, usage) =>
      intact(resv, usage === DMA_RESV_USAGE_READ ? DMA_RESV_USAGE_BOOKKEEP : usage),
    ),
  }),
  fault({
    id: 'ioctl-005-always-an-array',
    mistake: 'a single fence is wrapped into an array',
    breaks: ['IOCTL-005'],
    install: snapshot(function* (intact, resv, usage, stack) {
      const found = yield* intact(resv, usage);
      if (found === null || typeof found === 'number') return found;
      if (stack.arrays.arrayOf(found) !== null) return found;
      const context = yield* stack.fences.contextAlloc(1);
      return (yield* stack.arrays.create([found], context, 1n, false))?.base ?? found;
    }),
  }),
  fault({
    id: 'ioctl-005-one-context',
    mistake: 'the arrays of all exports share a context',
    breaks: ['IOCTL-005'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        private first = 0;

        override *contextAlloc(count: number): KernelTask<number> {
          if (this.world.current.name === 'boot') return yield* super.contextAlloc(count);
          if (this.first === 0) this.first = yield* super.contextAlloc(count);
          return this.first;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-005-pending-stub',
    mistake: 'an export with nothing pending is refused',
    breaks: ['IOCTL-005'],
    install: snapshot(function* (intact, resv, usage) {
      return (yield* intact(resv, usage)) ?? -EINVAL;
    }),
  }),
  fault({
    id: 'ioctl-007-locks',
    mistake: 'an export takes the reservation lock',
    breaks: ['IOCTL-007'],
    install: snapshot(function* (intact, resv, usage) {
      yield* resv.acquire();
      const found = yield* intact(resv, usage);
      yield* resv.release();
      return found;
    }),
  }),
  fault({
    id: 'ioctl-007-enables',
    mistake: 'an export enables signaling of what it covers',
    breaks: ['IOCTL-007'],
    install: snapshot(function* (intact, resv, usage, stack) {
      const found = yield* intact(resv, usage);
      if (found === null || typeof found === 'number') return found;
      for (const leaf of stack.unwrap.opened(found)) yield* leaf.enableSwSignaling();
      return found;
    }),
  }),
  fault({
    id: 'ioctl-007-prunes',
    mistake: 'an export drops signaled fences from the buffer, if nobody has it locked',
    breaks: ['IOCTL-007'],
    install: snapshot(function* (intact, resv, usage) {
      if (yield* resv.tryAcquire()) {
        yield* resv.reserveFences(16);
        yield* resv.release();
      }
      return yield* intact(resv, usage);
    }),
  }),
  fault({
    id: 'ioctl-007-grows-later',
    mistake: 'waiting for the file of an export waits for what the buffer has then',
    breaks: ['IOCTL-007'],
    install: (types) => {
      const exported = new WeakMap<object, DmaResv>();
      return {
        DmaBufIoctls: class extends types.DmaBufIoctls {
          override *exportSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
            const result = yield* super.exportSyncFile(buffer, argument);
            const file = this.stack.syncFiles.files.at(numberField(argument, 'fd'));
            if (result === 0 && file !== null) exported.set(file.ops, buffer.resv);
            return result;
          }
        },
        SyncFile: class extends types.SyncFile {
          protected override *readiness(): KernelTask<number> {
            const resv = exported.get(this);
            if (resv !== undefined && !(yield* resv.testSignaled(DMA_RESV_USAGE_WRITE))) return 0;
            return yield* super.readiness();
          }
        },
      };
    },
  }),
];
