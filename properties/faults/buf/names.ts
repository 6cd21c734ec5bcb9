import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { BufferName } from '../../../impl/dma-buf/buffer-name.ts';
import type { NameAndCount } from '../../../impl/dma-buf/dma-buf-listing.ts';
import type { BufferStatistics } from '../../../impl/dma-buf/dma-buf-statistics.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { FdinfoLine, File } from '../../../impl/uapi/file.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Shows other lines of fdinfo. */
function shown(change: (lines: readonly FdinfoLine[]) => readonly FdinfoLine[]) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBuf: class extends types.DmaBuf {
      override *showFdinfo(file: File): KernelTask<readonly FdinfoLine[]> {
        return change(yield* super.showFdinfo(file));
      }
    },
  });
}

/** What becomes of a rename once it has its result. */
function renamed(
  then: (result: number, buffer: DmaBuf) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufIoctls: class extends types.DmaBufIoctls {
      override *setName(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
        return yield* then(yield* super.setName(buffer, argument), buffer);
      }
    },
  });
}

/** Mistakes about names, and about the places where buffers are shown. */
export const NAMES_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-019-tells-the-position',
    mistake: 'seeking relative to the position is let through',
    breaks: ['BUF-019'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *llseek(file: File, offset: number, whence: number): KernelTask<number> {
          return yield* super.llseek(file, offset, whence === 1 ? 0 : whence);
        }
      },
    }),
  }),
  fault({
    id: 'buf-019-any-offset',
    mistake: 'seeking goes to any offset',
    breaks: ['BUF-019'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *llseek(file: File, offset: number, whence: number): KernelTask<number> {
          if (whence === 0 && offset > 0) return offset;
          return yield* super.llseek(file, offset, whence);
        }
      },
    }),
  }),
  fault({
    id: 'buf-020-one-letter-more',
    mistake: 'the final 0 of a name is not counted',
    breaks: ['BUF-020'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *setName(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          const { name } = argument.fields;
          if (typeof name !== 'string' || name.length !== 32) {
            return yield* super.setName(buffer, argument);
          }
          yield* buffer.rename(name);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'buf-020-first-name-stays',
    mistake: 'the first name stays',
    breaks: ['BUF-020'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *rename(text: string): KernelTask<void> {
          if (this.userName.get() === null) yield* super.rename(text);
        }
      },
    }),
  }),
  fault({
    id: 'buf-021-busy',
    mistake: 'a buffer with attachments is not renamed',
    breaks: ['BUF-021'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *setName(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          yield* buffer.resv.acquire();
          const isAttached = !buffer.attachments.isEmpty();
          yield* buffer.resv.release();
          return isAttached ? -EBUSY : yield* super.setName(buffer, argument);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-03',
    mistake: 'the name is read under the reservation lock',
    breaks: ['BUF-022'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *showFdinfo(file: File): KernelTask<readonly FdinfoLine[]> {
          yield* this.resv.acquire();
          const lines = yield* super.showFdinfo(file);
          yield* this.resv.release();
          return lines;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-08',
    mistake: 'the buffer is destroyed with its file, although its name may still be shown',
    breaks: ['BUF-022'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *release(): KernelTask<void> {
          yield* this.stack.buffers.unlist(this);
          yield* this.entry.decAndTest();
          yield* this.destroy();
        }

        override *dput(): KernelTask<void> {
          yield* this.entry.decAndTest();
        }
      },
    }),
  }),
  fault({
    id: 'buf-022-frees-first',
    mistake: 'the old name is freed before the lock is taken',
    breaks: ['BUF-022'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *rename(text: string): KernelTask<void> {
          const name = new BufferName(this.world, text);
          this.dropName();
          const flags = yield* this.nameLock.acquireIrqsave();
          this.userName.set(name);
          this.nameLock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'buf-022-cleared-on-failure',
    mistake: 'a rename that fails leaves no name',
    breaks: ['BUF-022'],
    install: renamed(function* (result, buffer) {
      if (result < 0) yield* buffer.rename('');
      return result;
    }),
  }),
  fault({
    id: 'buf-022-frees-before-it-allocates',
    mistake: 'a rename drops the old name before it knows that there is memory for the new one',
    breaks: ['BUF-022'],
    install: renamed(function* (result, buffer) {
      if (result === -ENOMEM) yield* buffer.rename('');
      return result;
    }),
  }),
  fault({
    id: 'buf-022-no-memory-is-einval',
    mistake: 'a rename without memory says that the name is wrong',
    breaks: ['BUF-022'],
    install: renamed(function* (result) {
      return result === -ENOMEM ? -EINVAL : result;
    }),
  }),
  fault({
    id: 'buf-022-listed-unlocked',
    mistake: 'the listing reads names without their lock',
    breaks: ['BUF-022'],
    install: (types) => ({
      DmaBufListing: class extends types.DmaBufListing {
        protected override *nameAndCount({ file, userName }: DmaBuf): KernelTask<NameAndCount> {
          const name = userName.get()?.read() ?? '<none>';
          return { name, count: yield* file.references.read() };
        }
      },
    }),
  }),
  fault({
    id: 'buf-023-counts-the-reader',
    mistake: 'the count contains the reference of whoever reads it',
    breaks: ['BUF-023'],
    install: shown((lines) =>
      lines.map(([name, value]) =>
        name === 'count' && typeof value === 'number' ? [name, value + 1] : [name, value],
      ),
    ),
  }),
  fault({
    id: 'buf-023-nameless-name',
    mistake: 'a buffer without a name has an empty one',
    breaks: ['BUF-023'],
    install: shown((lines) =>
      lines.some(([name]) => name === 'name') ? lines : [...lines, ['name', '']],
    ),
  }),
  fault({
    id: 'buf-023-empty-is-none',
    mistake: 'an empty name is not shown',
    breaks: ['BUF-023'],
    install: shown((lines) => lines.filter(([name, value]) => name !== 'name' || value !== '')),
  }),
  fault({
    id: 'buf-024-oldest-first',
    mistake: 'new buffers come last in the list',
    breaks: ['BUF-024'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *publish(buffer: DmaBuf): KernelTask<void> {
          yield* this.listLock.acquire();
          this.list.push(buffer);
          buffer.tell('export');
          this.listLock.release();
        }
      },
    }),
  }),
  fault({
    id: 'buf-024-uninterruptible',
    mistake: 'the listing waits for each buffer, whatever comes',
    breaks: ['BUF-024', 'LOCKING-006'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *acquireInterruptible(): KernelTask<number> {
          return yield* this.acquire();
        }
      },
    }),
  }),
  fault({
    id: 'buf-024-bookkeeping-too',
    mistake: 'the listing shows every fence, of whatever usage',
    breaks: ['BUF-024'],
    install: (types) => ({
      DmaBufListing: class extends types.DmaBufListing {
        protected override *describeFences(resv: DmaResv): KernelTask<string> {
          const { resvWalk } = this.stack;
          const cursor = resvWalk.begin(resv, 3);
          let text = yield* super.describeFences(resv);
          let fence: DmaFence | null = resvWalk.firstLocked(cursor);
          while (fence !== null) {
            if (cursor.fenceUsage === 3) text += `\tbookkeep fence: seq ${fence.seqno}\n`;
            fence = resvWalk.nextLocked(cursor);
          }
          return text;
        }
      },
    }),
  }),
  fault({
    id: 'buf-024-listed-unlocked',
    mistake: 'an export lists its buffer without the lock of the list',
    breaks: ['BUF-024'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        protected override *publish(buffer: DmaBuf): KernelTask<void> {
          this.list.unshift(buffer);
          buffer.tell('export');
        }
      },
    }),
  }),
  fault({
    id: 'buf-024-unlocked',
    mistake: 'the listing looks at devices and fences before it has the lock',
    breaks: ['BUF-024'],
    install: (types) => ({
      DmaBufListing: class extends types.DmaBufListing {
        protected override *describe(buffer: DmaBuf): KernelTask<string> {
          yield* buffer.resv.release();
          const text = yield* super.describe(buffer);
          yield* buffer.resv.acquire();
          return text.replace(/\tAttached Devices:[^]*?Total \d+/, '\tAttached Devices:\nTotal 0');
        }
      },
    }),
  }),
  fault({
    id: 'buf-025-stays',
    mistake: 'the directory of a buffer stays',
    breaks: ['BUF-025'],
    install: (types) => ({
      DmaBufStatistics: class extends types.DmaBufStatistics {
        override *remove(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'buf-025-without-size',
    mistake: 'the size in sysfs is in pages',
    breaks: ['BUF-025'],
    install: (types) => ({
      DmaBufStatistics: class extends types.DmaBufStatistics {
        override list(): readonly BufferStatistics[] {
          return super.list().map((one) => ({ ...one, size: one.size / 4096 }));
        }
      },
    }),
  }),
];
