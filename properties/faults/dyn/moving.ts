import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_KERNEL, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { Backing, MemoryPlace } from '../../../impl/drm/dynamic/backing.ts';
import type { DeviceJob } from '../../../impl/drm/dynamic/following-importer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about moves below those who use a buffer. */
export const MOVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'dyn-006-tells-nobody',
    mistake: 'the storage moves without a word',
    breaks: ['DYN-006'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override *notify(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'dyn-006-moves-the-pinned',
    mistake: 'what is pinned moves like anything else',
    breaks: ['DYN-006'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override get isPinned(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-006-tells-too-early',
    mistake: 'importers are told of a move that does not come for want of memory',
    breaks: ['DYN-006'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override *users(): KernelTask<readonly DmaFence[] | number> {
          yield* this.notify();
          return yield* super.users();
        }
      },
    }),
  }),
  fault({
    id: 'dyn-007-frees-at-once',
    mistake: 'a move waits for nobody: the old place is free when it was copied',
    breaks: ['DYN-007'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override *relocate(next: Backing, users: readonly DmaFence[]): KernelTask<void> {
          for (const fence of users) yield* fence.put();
          yield* super.relocate(next, []);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-007-deaf',
    mistake: 'an importer does nothing when it hears of a move',
    breaks: ['DYN-007'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *moveNotify(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'dyn-008-waits-for-writers-only',
    mistake: 'a move waits for moves and for writers, and not for readers',
    breaks: ['DYN-008'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override *users(): KernelTask<readonly DmaFence[] | number> {
          return yield* this.stack.resvQueries.getFences(this.resv, DMA_RESV_USAGE_WRITE);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-008-ignores-moves',
    mistake: 'an explicit job waits for nothing, moves included',
    breaks: ['DYN-008'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *before(job: DeviceJob): KernelTask<readonly DmaFence[] | number> {
          return job.isExplicit ? [] : yield* super.before(job);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-008-ignores-writers',
    mistake: 'a job waits for moves only, and not for those who write',
    breaks: ['DYN-008'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *before(): KernelTask<readonly DmaFence[] | number> {
          return yield* this.stack.resvQueries.getFences(this.resv, DMA_RESV_USAGE_KERNEL);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-008-adds-no-fence',
    mistake: 'nobody learns of a job that only reads',
    breaks: ['DYN-008'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *announce(done: DmaFence, job: DeviceJob): KernelTask<void> {
          if (job.writes !== null) yield* super.announce(done, job);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-011-attaches-first',
    mistake:
      'an importer looks for its attachment when it is told, and has none before attach is back',
    breaks: ['DYN-011'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *moveNotify(attachment: DmaBufAttachment): KernelTask<void> {
          if (this.attachment.isNull()) {
            this.world.fault('bug', 'NULL dereference: the importer has no attachment yet', this);
          }
          yield* super.moveNotify(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-012-leaves-it-listed',
    mistake: 'an attachment that is gone stays on the list',
    breaks: ['DYN-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(buffer: DmaBuf | null, attachment: DmaBufAttachment | null) {
          yield* super.detach(buffer, attachment);
          if (buffer !== null && attachment !== null) buffer.attachments.push(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-012-without-the-lock',
    mistake: 'an attachment leaves the list without the reservation lock',
    breaks: ['DYN-012'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(buffer: DmaBuf | null, attachment: DmaBufAttachment | null) {
          if (buffer === null || attachment?.cached.isNull() !== true) {
            yield* super.detach(buffer, attachment);
            return;
          }
          buffer.attachments.remove(attachment);
          attachment.tell('detach');
          if (buffer.ops.detach !== undefined) yield* buffer.ops.detach(buffer, attachment);
          attachment.tell('free');
          buffer.world.memory.free(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-013-waits-without-ticket',
    mistake: 'within a notification the root is waited for',
    breaks: ['DYN-013'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *lockRoot(resv: DmaResv): KernelTask<boolean> {
          return (yield* resv.acquire()) === 0;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-013-needs-the-lock',
    mistake: 'where the root cannot be locked the notification is dropped',
    breaks: ['DYN-013'],
    install: (types) => ({
      FollowingImporter: class extends types.FollowingImporter {
        protected override *lockRoot(resv: DmaResv): KernelTask<boolean> {
          const isLocked = yield* super.lockRoot(resv);
          if (!isLocked) this.isValid.set(true);
          return isLocked;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-009-any-route',
    mistake: 'every device is taken to have a route',
    breaks: ['DYN-009'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override isReached(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-009-never-asks',
    mistake: 'who has a route gets device memory, asked for or not',
    breaks: ['DYN-009'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        override *attach(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
          attachment.peer2peer.set(true);
          return yield* super.attach(buffer, attachment);
        }
      },
    }),
  }),
  fault({
    id: 'dyn-009-no-peers',
    mistake: 'nobody gets device memory',
    breaks: ['DYN-009'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override isReached(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-009-attaches-all',
    mistake: 'who can reach no place of a buffer may attach all the same',
    breaks: ['DYN-009'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        override *attach(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
          yield* super.attach(buffer, attachment);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-010-maps-the-pinned',
    mistake: 'what is pinned in device memory is mapped where it is',
    breaks: ['DYN-010'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override busyInPlace(): number {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-010-pins-anywhere',
    mistake: 'a pin keeps the buffer wherever it is',
    breaks: ['DYN-010'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        override *pin(): KernelTask<number> {
          this.pins.change((pins) => pins + 1);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'dyn-010-pins-the-pinned',
    mistake: 'a pin in system memory succeeds while the buffer is pinned elsewhere',
    breaks: ['DYN-010'],
    install: (types) => ({
      MovableObject: class extends types.MovableObject {
        protected override *moveTo(place: MemoryPlace): KernelTask<number> {
          return this.isPinned ? 0 : yield* super.moveTo(place);
        }

        override *pin(): KernelTask<number> {
          const error = yield* this.moveTo('system');
          if (error === 0) this.pins.change((pins) => pins + 1);
          return error;
        }
      },
    }),
  }),
];
