import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBufPollSlot } from '../../../impl/dma-buf/dma-buf-poll.ts';
import type { DynamicImporter } from '../../../impl/dma-buf/dma-buf-attachments.ts';
import { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EBADF, EINVAL } from '../../../impl/kernel/errno.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { O_CLOEXEC } from '../../../impl/uapi/file.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** What is done besides to a buffer that `dma_buf_get` has found. */
function found(
  then: (buffer: DmaBuf) => KernelTask<unknown>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufs: class extends types.DmaBufs {
      override *get(fd: number): KernelTask<DmaBuf | number> {
        const buffer = yield* super.get(fd);
        if (typeof buffer !== 'number') yield* then(buffer);
        return buffer;
      }
    },
  });
}

/** Mistakes about references, descriptors, and the end of buffers. */
export const REFERENCES_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-010-lent',
    mistake: 'dma_buf_get gives no reference of its own',
    breaks: ['BUF-010'],
    install: found(({ file }) => file.put()),
  }),
  fault({
    id: 'buf-010-given-twice',
    mistake: 'dma_buf_get raises the count twice',
    breaks: ['BUF-010'],
    install: found(({ file }) => file.get()),
  }),
  fault({
    id: 'buf-010-poll-lends',
    mistake: 'a poll that waits keeps no reference on the buffer',
    breaks: ['BUF-010', 'BUF-018'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *arm(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          isWrite: boolean,
        ): KernelTask<boolean> {
          const isArmed = yield* super.arm(buffer, slot, isWrite);
          if (isArmed) yield* buffer.file.put();
          return isArmed;
        }

        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          if (fence !== null) yield* buffer.file.get();
          yield* super.signaled(buffer, slot, fence);
        }
      },
    }),
  }),
  fault({
    id: 'buf-011-takes-one-more',
    mistake: 'a descriptor has a reference of its own besides the one that it was given',
    breaks: ['BUF-011'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *fd(buffer: DmaBuf | null, flags: number): KernelTask<number> {
          if (buffer !== null) yield* buffer.file.get();
          return yield* super.fd(buffer, flags);
        }
      },
    }),
  }),
  fault({
    id: 'buf-011-puts-when-full',
    mistake: 'the reference is dropped when there is no descriptor for it',
    breaks: ['BUF-011'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *fd(buffer: DmaBuf | null, flags: number): KernelTask<number> {
          const fd = yield* super.fd(buffer, flags);
          if (fd < 0 && buffer !== null) yield* buffer.file.put();
          return fd;
        }
      },
    }),
  }),
  fault({
    id: 'buf-012-never',
    mistake: 'O_CLOEXEC is ignored',
    breaks: ['BUF-012'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *fd(buffer: DmaBuf | null): KernelTask<number> {
          return yield* super.fd(buffer, 0);
        }
      },
    }),
  }),
  fault({
    id: 'buf-012-any-flag',
    mistake: 'any flag closes the descriptor at exec',
    breaks: ['BUF-012'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *fd(buffer: DmaBuf | null, flags: number): KernelTask<number> {
          return yield* super.fd(buffer, flags === 0 ? 0 : O_CLOEXEC);
        }
      },
    }),
  }),
  fault({
    id: 'buf-012-later',
    mistake: 'the descriptor is there before it is closed at exec: it is made a second time',
    breaks: ['BUF-012'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *fd(buffer: DmaBuf | null, flags: number): KernelTask<number> {
          if (buffer === null || flags === 0) return yield* super.fd(buffer, flags);
          yield* buffer.file.get();
          const early = yield* super.fd(buffer, 0);
          yield* FileTable.ofCurrent(this.world).close(early);
          return yield* super.fd(buffer, flags);
        }
      },
    }),
  }),
  fault({
    id: 'buf-013-closed-is-invalid',
    mistake: 'a closed descriptor gives -EINVAL',
    breaks: ['BUF-013'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *get(fd: number): KernelTask<DmaBuf | number> {
          const buffer = yield* super.get(fd);
          return buffer === -EBADF ? -EINVAL : buffer;
        }
      },
    }),
  }),
  fault({
    id: 'buf-013-keeps-the-other',
    mistake: 'a file of another kind keeps the reference',
    breaks: ['BUF-013'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *get(fd: number): KernelTask<DmaBuf | number> {
          const file = yield* FileTable.ofCurrent(this.world).fget(fd);
          if (file === null) return -EBADF;
          return file.ops instanceof DmaBuf ? file.ops : -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'buf-013-puts-in-silence',
    mistake: 'a put of nothing is not warned of',
    breaks: ['BUF-013'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *put(buffer: DmaBuf | null): KernelTask<void> {
          if (buffer !== null) yield* super.put(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-02',
    mistake: 'the name is left behind when the buffer goes',
    breaks: ['BUF-014'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          this.userName.set(null);
          yield* super.destroy();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-BUF-09',
    mistake: 'the buffer is taken off the list at the end of its destruction only',
    breaks: ['BUF-014'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        override *release(): KernelTask<void> {
          yield* this.dput();
        }

        protected override *destroy(): KernelTask<void> {
          yield* super.destroy();
          yield* this.stack.buffers.unlist(this);
        }
      },
    }),
  }),
  fault({
    id: 'buf-014-counted-until-the-end',
    mistake: 'the statistics show a buffer that its exporter has released',
    breaks: ['BUF-014', 'BUF-025'],
    install: (types) => ({
      DmaBufStatistics: class extends types.DmaBufStatistics {
        override *remove(buffer: DmaBuf): KernelTask<void> {
          const { late } = this;
          for (const entry of this.entries.takeAll()) if (entry !== late) this.entries.push(entry);
          this.late = buffer;
        }

        private late: DmaBuf | null = null;
      },
    }),
  }),
  fault({
    id: 'buf-014-released-twice',
    mistake: 'the exporter is asked twice to release',
    breaks: ['BUF-014'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          if (this.owner === null) yield* this.ops.release(this);
          yield* super.destroy();
        }
      },
    }),
  }),
  fault({
    id: 'buf-014-module-first',
    mistake: 'the module is given back before its code has released the buffer',
    breaks: ['BUF-014'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          const { owner } = this;
          if (owner !== null) yield* owner.put();
          yield* super.destroy();
          if (owner !== null) yield* owner.tryGet();
        }
      },
    }),
  }),
  fault({
    id: 'buf-015-mapped-and-gone',
    mistake: 'a buffer is released although the kernel has mapped it',
    breaks: ['BUF-015'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          this.vmapCount.set(0);
          yield* super.destroy();
        }
      },
    }),
  }),
  fault({
    id: 'buf-015-attached-and-gone',
    mistake: 'attachments that are left are not warned of',
    breaks: ['BUF-015'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          this.attachments.takeAll();
          yield* super.destroy();
        }
      },
    }),
  }),
  fault({
    id: 'buf-016-at-once',
    mistake: 'a signal that ends a poll releases the buffer by itself',
    breaks: ['BUF-016'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          yield* buffer.file.get();
          yield* super.signaled(buffer, slot, fence);
          if (yield* buffer.file.references.decAndTest()) yield* buffer.file.release();
        }
      },
    }),
  }),
  fault({
    id: 'buf-016-locked',
    mistake: 'the release holds the reservation lock',
    breaks: ['BUF-016'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          yield* this.resv.acquire();
          yield* super.destroy();
          if (!this.ownsResv) yield* this.resv.release();
        }
      },
    }),
  }),
  fault({
    id: 'buf-017-attachment-holds',
    mistake: 'an attachment holds a reference on the buffer',
    breaks: ['BUF-017'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override make(
          buffer: DmaBuf,
          device: { readonly name: string },
          importer: DynamicImporter | null,
        ): DmaBufAttachment {
          const made = super.make(buffer, device, importer);
          buffer.file.references.initialize(buffer.file.references.value + 1);
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'buf-018-waits-for-fences',
    mistake: 'a buffer goes only when all its fences have signaled',
    breaks: ['BUF-018'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        protected override *destroy(): KernelTask<void> {
          yield* this.resv.waitTimeout(3, false, MAX_SCHEDULE_TIMEOUT);
          yield* super.destroy();
        }
      },
    }),
  }),
];
