import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the lock itself: who is asked for it, and who gets it. */
export const LOCK_FAULTS: readonly Fault[] = [
  fault({
    id: 'locking-001-unproven',
    mistake: 'nobody looks whether the caller has the lock',
    breaks: ['LOCKING-001', 'LOCKING-005'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override assertHeld(): void {}
      },
    }),
  }),
  fault({
    id: 'locking-002-nested',
    mistake: 'whoever has the lock may take it once more',
    breaks: ['LOCKING-002', 'LOCKING-007', 'LOCKING-008'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        private depth = 0;

        override *acquire(context: WwAcquireContext | null = null): KernelTask<number> {
          if (!this.lock.isHeld || context !== null) return yield* super.acquire(context);
          this.depth += 1;
          return 0;
        }

        override *release(): KernelTask<void> {
          if (this.depth > 0) this.depth -= 1;
          else yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'locking-006-bracket-locks',
    mistake: 'a bracket takes the reservation lock for a moment',
    breaks: ['LOCKING-006'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(buffer: DmaBuf | null, direction: DmaDirection): KernelTask<number> {
          if (buffer !== null) {
            yield* buffer.resv.acquire();
            yield* buffer.resv.release();
          }
          return yield* super.begin(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'locking-006-maps-later',
    mistake: 'a static importer is not served when it attaches to a dynamic exporter',
    breaks: ['LOCKING-006'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        protected override *mapAtAttach(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'locking-006-detach-gives-up',
    mistake: 'a detach that is interrupted while it waits for the lock does nothing',
    breaks: ['LOCKING-006'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *detach(
          buffer: DmaBuf | null,
          attachment: DmaBufAttachment | null,
        ): KernelTask<void> {
          if (buffer === null || attachment === null) return;
          if ((yield* buffer.resv.acquireInterruptible()) !== 0) return;
          yield* this.dropKept(attachment);
          buffer.attachments.remove(attachment);
          attachment.tell('detach');
          yield* buffer.resv.release();
          if (buffer.ops.detach !== undefined) yield* buffer.ops.detach(buffer, attachment);
          attachment.tell('free');
          this.stack.world.memory.free(attachment);
        }
      },
    }),
  }),
  fault({
    id: 'locking-006-unmap-gives-up',
    mistake: 'an unmap that is interrupted while it waits for the lock does nothing',
    breaks: ['LOCKING-006'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *unmapUnlocked(
          attachment: DmaBufAttachment,
          table: SgTable,
          direction: DmaDirection,
        ): KernelTask<void> {
          const { resv } = attachment.buffer;
          if ((yield* resv.acquireInterruptible()) !== 0) return;
          yield* this.unmap(attachment, table, direction);
          yield* resv.release();
        }
      },
    }),
  }),
  fault({
    id: 'locking-006-import-gives-up',
    mistake: 'an import that is interrupted while it waits for the lock adds nothing',
    breaks: ['LOCKING-006'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        protected override *addLeaves(
          buffer: DmaBuf,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          const leaves = this.stack.unwrap.opened(fence);
          const error = yield* buffer.resv.acquireInterruptible();
          if (error !== 0) return error;
          const full = yield* buffer.resv.reserveFences(leaves.length);
          if (full === 0) for (const leaf of leaves) yield* buffer.resv.addFence(leaf, usage);
          yield* buffer.resv.release();
          return full;
        }
      },
    }),
  }),
  fault({
    id: 'locking-007-only-plain',
    mistake: 'a lock that a transaction has taken does not count as held',
    breaks: ['LOCKING-007'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override assertHeld(what: string): void {
          super.assertHeld(what);
          if (this.lock.context.value === null) return;
          this.world.complain('lock-misuse', `${what} in a transaction`, this);
        }
      },
    }),
  }),
  fault({
    id: 'locking-009-waits-for-itself',
    mistake: 'a transaction that asks for what it has waits for itself',
    breaks: ['LOCKING-009'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *acquire(context: WwAcquireContext | null = null): KernelTask<number> {
          const isHeld = context !== null && this.lock.context.value === context;
          return yield* super.acquire(isHeld ? null : context);
        }
      },
    }),
  }),
  fault({
    id: 'locking-009-keeps-what-it-has',
    mistake: 'a transaction waits where it should back off',
    breaks: ['LOCKING-009'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *acquire(context: WwAcquireContext | null = null): KernelTask<number> {
          const { holder } = this.lock;
          const isOthers = holder !== null && holder !== this.world.current;
          return yield* super.acquire(isOthers ? null : context);
        }
      },
    }),
  }),
  fault({
    id: 'locking-010-test-sleeps',
    mistake: 'asking whether a buffer is idle may sleep',
    breaks: ['LOCKING-010'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *testSignaled(usage: ResvUsage): KernelTask<boolean> {
          this.world.memory.mightSleep('dma_resv_test_signaled');
          return yield* super.testSignaled(usage);
        }
      },
    }),
  }),
];
