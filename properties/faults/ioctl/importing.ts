import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

type Add = (buffer: DmaBuf, fence: DmaFence, usage: ResvUsage) => KernelTask<number>;

/** Another way to add what a sync_file carries. */
function adding(
  add: (intact: Add, buffer: DmaBuf, fence: DmaFence, usage: ResvUsage) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufIoctls: class extends types.DmaBufIoctls {
      protected override *addLeaves(
        buffer: DmaBuf,
        fence: DmaFence,
        usage: ResvUsage,
      ): KernelTask<number> {
        const intact: Add = (given, one, as) => super.addLeaves(given, one, as);
        return yield* add(intact, buffer, fence, usage);
      }
    },
  });
}

/** Adds these fences under one hold of the lock, with room for `room` of them. */
function* addAll(
  buffer: DmaBuf,
  fences: readonly DmaFence[],
  usage: ResvUsage,
  room: number = fences.length,
): KernelTask<number> {
  if (fences.length === 0) return 0;
  const { resv } = buffer;
  yield* resv.acquire();
  const error = room === 0 ? 0 : yield* resv.reserveFences(room);
  if (error === 0) for (const fence of fences) yield* resv.addFence(fence, usage);
  yield* resv.release();
  return error;
}

/** Mistakes about what an import adds. */
export const IMPORTING_FAULTS: readonly Fault[] = [
  fault({
    id: 'ioctl-009-both-is-reading',
    mistake: 'an import for reading and writing adds as READ',
    breaks: ['IOCTL-009'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *importSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          if (numberField(argument, 'flags') === 3) Object.assign(argument.fields, { flags: 1 });
          return yield* super.importSyncFile(buffer, argument);
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-009-always-writes',
    mistake: 'every import adds as WRITE',
    breaks: ['IOCTL-009', 'IOCTL-013'],
    install: adding((intact, buffer, fence) => intact(buffer, fence, DMA_RESV_USAGE_WRITE)),
  }),
  fault({
    id: 'ioctl-009-as-kernel',
    mistake: 'an import for writing adds as KERNEL',
    breaks: ['IOCTL-009'],
    install: adding((intact, buffer, fence, usage) =>
      intact(buffer, fence, usage === DMA_RESV_USAGE_WRITE ? DMA_RESV_USAGE_KERNEL : usage),
    ),
  }),
  fault({
    id: 'ioctl-010-container',
    mistake: 'an import adds the container, not its leaves',
    breaks: ['IOCTL-010'],
    install: adding((_intact, buffer, fence, usage) => addAll(buffer, [fence], usage)),
  }),
  fault({
    id: 'ioctl-010-lock-each',
    mistake: 'an import locks anew for each leaf',
    breaks: ['IOCTL-010'],
    install: adding(function* (_intact, buffer, fence, usage) {
      for (const leaf of buffer.stack.unwrap.opened(fence)) {
        const error = yield* addAll(buffer, [leaf], usage);
        if (error !== 0) return error;
      }
      return 0;
    }),
  }),
  fault({
    id: 'ioctl-010-appends',
    mistake: 'an import adds behind what is there, and replaces nothing',
    breaks: ['IOCTL-010'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isReplaceable(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-010-newest-only',
    mistake: 'an import adds what the newest node contains, and nothing of what is behind it',
    breaks: ['IOCTL-010'],
    install: adding((_intact, buffer, fence, usage) =>
      addAll(buffer, buffer.stack.unwrap.opened(fence), usage),
    ),
  }),
  fault({
    id: 'ioctl-011-borrows',
    mistake: 'an import remembers the leaves that it counts, without references, and adds those',
    breaks: ['IOCTL-011'],
    install: adding(function* (_intact, buffer, fence, usage) {
      const leaves: DmaFence[] = [];
      const cursor = buffer.stack.unwrap.cursor();
      let leaf = yield* cursor.first(fence);
      while (leaf !== null) {
        leaves.push(leaf);
        leaf = yield* cursor.next();
      }
      return yield* addAll(buffer, leaves, usage);
    }),
  }),
  fault({
    id: 'ioctl-011-reserves-one',
    mistake: 'an import reserves one slot, however many leaves there are',
    breaks: ['IOCTL-011'],
    install: adding((_intact, buffer, fence, usage) =>
      addAll(buffer, buffer.stack.unwrap.opened(fence), usage, 1),
    ),
  }),
  fault({
    id: 'ioctl-011-counts-pending',
    mistake: 'an import counts the leaves that are pending, and adds all',
    breaks: ['IOCTL-011'],
    install: adding(function* (_intact, buffer, fence, usage) {
      const leaves = buffer.stack.unwrap.opened(fence);
      let pending = 0;
      for (const leaf of leaves) if (!(yield* leaf.isSignaled())) pending += 1;
      return yield* addAll(buffer, leaves, usage, pending);
    }),
  }),
  fault({
    id: 'ioctl-012-forgets-others',
    mistake: 'an import replaces what the buffer had',
    breaks: ['IOCTL-012', 'IOCTL-014'],
    install: adding(function* (_intact, buffer, fence, usage) {
      const { resv } = buffer;
      yield* resv.acquire();
      const error = yield* resv.reserveFences(1);
      const list = resv.fences.readStable();
      if (error === 0 && list !== null && list.count.readStable() > 0) {
        const old = list.slot(0);
        yield* list.writeSlot(0, yield* fence.get(), usage);
        yield* old.fence.put();
      } else if (error === 0) {
        yield* resv.addFence(fence, usage);
      }
      yield* resv.release();
      return error;
    }),
  }),
  fault({
    id: 'ioctl-012-uses-up-the-file',
    mistake: 'an import closes the descriptor of the sync_file',
    breaks: ['IOCTL-012'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *importSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          const result = yield* super.importSyncFile(buffer, argument);
          if (result === 0) yield* this.stack.syncFiles.files.close(numberField(argument, 'fd'));
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-012-signals',
    mistake: 'an import signals the fence that it hands over',
    breaks: ['IOCTL-012'],
    install: adding(function* (intact, buffer, fence, usage) {
      const error = yield* intact(buffer, fence, usage);
      yield* fence.signal();
      return error;
    }),
  }),
  fault({
    id: 'ioctl-013-bookkeeps',
    mistake: 'an import adds as BOOKKEEP, so that nobody waits for it',
    breaks: ['IOCTL-013'],
    install: adding((intact, buffer, fence) => intact(buffer, fence, DMA_RESV_USAGE_BOOKKEEP)),
  }),
  fault({
    id: 'ioctl-014-one-at-a-time',
    mistake: 'an export takes the reservation lock, and the import gives it back',
    breaks: ['IOCTL-014'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *exportSyncFile(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          yield* buffer.resv.acquire();
          return yield* super.exportSyncFile(buffer, argument);
        }

        protected override *addLeaves(
          buffer: DmaBuf,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          const error = yield* buffer.resv.reserveFences(1);
          if (error === 0) yield* buffer.resv.addFence(fence, usage);
          yield* buffer.resv.release();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'ioctl-015-each-fence-once',
    mistake: 'an import leaves out a fence that the buffer has already',
    breaks: ['IOCTL-015'],
    install: adding(function* (intact, buffer, fence, usage) {
      const list = buffer.resv.fences.readStable();
      const count = list === null ? 0 : list.count.readStable();
      for (let index = 0; index < count; index += 1) {
        if (list?.slot(index).fence === fence) return 0;
      }
      return yield* intact(buffer, fence, usage);
    }),
  }),
  fault({
    id: 'ioctl-015-one-for-each-context',
    mistake: 'an import leaves out a fence if a later one of its context is there',
    breaks: ['IOCTL-015'],
    install: adding(function* (intact, buffer, fence, usage) {
      const list = buffer.resv.fences.readStable();
      const count = list === null ? 0 : list.count.readStable();
      for (let index = 0; index < count; index += 1) {
        const other = list?.slot(index).fence;
        if (other !== undefined && other.context === fence.context && other.seqno > fence.seqno) {
          return 0;
        }
      }
      return yield* intact(buffer, fence, usage);
    }),
  }),
  fault({
    id: 'ioctl-016-skips-signaled',
    mistake: 'an import leaves out what has signaled',
    breaks: ['IOCTL-016'],
    install: adding(function* (_intact, buffer, fence, usage) {
      const pending: DmaFence[] = [];
      for (const leaf of buffer.stack.unwrap.opened(fence)) {
        if (!(yield* leaf.isSignaled())) pending.push(leaf);
      }
      return yield* addAll(buffer, pending, usage);
    }),
  }),
  fault({
    id: 'ioctl-016-locks-for-nothing',
    mistake: 'an import of a file without leaves takes the lock',
    breaks: ['IOCTL-016'],
    install: adding(function* (intact, buffer, fence, usage) {
      yield* buffer.resv.acquire();
      yield* buffer.resv.release();
      return yield* intact(buffer, fence, usage);
    }),
  }),
  fault({
    id: 'ioctl-016-refuses-signaled',
    mistake: 'an import of a file that has signaled is refused',
    breaks: ['IOCTL-016'],
    install: adding(function* (intact, buffer, fence, usage) {
      return (yield* fence.isSignaled()) ? -EINVAL : yield* intact(buffer, fence, usage);
    }),
  }),
];
