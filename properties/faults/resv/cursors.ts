import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { ResvList, ResvSlot } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { ResvCursor } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';
import { growing, stepping } from './walking.ts';

type Install = (types: StackTypes) => Partial<StackTypes>;

/** What a walk under the lock does with each fence before it gives it. */
function locked(
  give: (fence: DmaFence | null, cursor: ResvCursor) => DmaFence | null | 'skipped',
): Install {
  return (types) => ({
    ResvWalk: class extends types.ResvWalk {
      override nextLocked(cursor: ResvCursor): DmaFence | null {
        for (;;) {
          const given = give(super.nextLocked(cursor), cursor);
          if (given !== 'skipped') return given;
        }
      }
    },
  });
}

/** Mistakes about cursors, and about what moves under them. */
export const CURSOR_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-012-kernel-is-nobody',
    mistake: 'who asks for readers and writers does not see fences of the kernel itself',
    breaks: ['RESV-012'],
    install: stepping({ skipsKernel: true }),
  }),
  fault({
    id: 'resv-014-ends-at-readers',
    mistake: 'who asks for all fences does not see those without a part in implicit waiting',
    breaks: ['RESV-014'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override begin(resv: DmaResv, usage: ResvUsage): ResvCursor {
          return super.begin(resv, usage === 3 ? 2 : usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-018-in-place',
    mistake: 'a growth sorts out what is done in the list that readers are on',
    breaks: ['RESV-018'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *grow(
          old: ResvList | null,
          max: number,
          count: number,
        ): KernelTask<void> {
          if (old === null) {
            yield* super.grow(old, max, count);
            return;
          }
          const pending: ResvSlot[] = [];
          const finished: ResvSlot[] = [];
          for (let index = 0; index < old.count.readStable(); index += 1) {
            const slot = old.slot(index);
            const isDone = yield* slot.fence.isSignaled();
            if (isDone) this.world.emit(this, 'slotSignaled', null, index, slot.fence);
            (isDone ? finished : pending).push(slot);
          }
          yield* old.count.write(pending.length);
          for (const [index, { fence, usage }] of pending.entries()) {
            yield* old.writeSlot(index, fence, usage);
          }
          old.max.set(max);
          this.world.emit(this, 'reserve', 0, count);
          for (const { fence } of finished) yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'resv-035-skips-the-done',
    mistake: 'a walk under the lock leaves out what is done',
    breaks: ['RESV-035'],
    install: locked((fence) => (fence?.flags.testOwned(SIGNALED) === true ? 'skipped' : fence)),
  }),
  fault({
    id: 'resv-036-counts-at-first',
    mistake: 'a walk under the lock ends where the list ended when it began',
    breaks: ['RESV-036'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override firstLocked(cursor: ResvCursor): DmaFence | null {
          cursor.count = cursor.resv.fences.readStable()?.count.readStable() ?? 0;
          return super.firstLocked(cursor);
        }

        override nextLocked(cursor: ResvCursor): DmaFence | null {
          return cursor.index >= cursor.count ? null : super.nextLocked(cursor);
        }
      },
    }),
  }),
  fault({
    id: 'resv-037-stays-anew',
    mistake: 'a walk under the lock says at each fence that it has begun',
    breaks: ['RESV-037'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override nextLocked(cursor: ResvCursor): DmaFence | null {
          const fence = super.nextLocked(cursor);
          cursor.isRestarted = true;
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'resv-040-hides-it',
    mistake: 'a walk that begins anew in the middle does not say so',
    breaks: ['RESV-040'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override *next(cursor: ResvCursor): KernelTask<DmaFence | null> {
          const fence = yield* super.next(cursor);
          cursor.isRestarted = false;
          return fence;
        }
      },
    }),
  }),
  fault({
    id: 'resv-041-live-count',
    mistake: 'a walk goes on to what is appended while it is on its way',
    breaks: ['RESV-041'],
    install: stepping({ liveCount: true }),
  }),
  fault({
    id: 'resv-042-stays',
    mistake: 'a walk does not look whether its list was exchanged',
    breaks: ['RESV-042'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        override *next(cursor: ResvCursor): KernelTask<DmaFence | null> {
          const { rcu } = this.stack.world;
          rcu.readLock();
          cursor.isRestarted = false;
          yield* this.walk(cursor);
          this.tell(cursor);
          rcu.readUnlock();
          return cursor.fence;
        }
      },
    }),
  }),
  fault({
    id: 'resv-043-jumps',
    mistake: 'a walk passes over the slot behind one that is done',
    breaks: ['RESV-043'],
    install: stepping({ skipsNext: true }),
  }),
  fault({
    id: 'resv-044-frees-at-once',
    mistake: 'a list is freed while readers are on it',
    breaks: ['RESV-044'],
    install: growing({ freesAtOnce: true }),
  }),
  fault({
    id: 'resv-044-gets-blindly',
    mistake: 'a walk takes a reference on a fence that may have none left',
    breaks: ['RESV-044'],
    install: stepping({ getsBlindly: true }),
  }),
  fault({
    id: 'resv-045-two-words',
    mistake: 'the fence of a slot is stored before its usage',
    breaks: ['RESV-045'],
    install: (types) => ({
      ResvList: class extends types.ResvList {
        override *writeSlot(index: number, fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          const isFilled = index < this.count.readStable();
          if (isFilled) yield* super.writeSlot(index, fence, this.slot(index).usage);
          yield* super.writeSlot(index, fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-031-silent',
    mistake: 'containers are added without a word',
    breaks: ['RESV-031', 'RESV-052'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override isContainer(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'resv-031-arrays-only',
    mistake: 'a node of a chain is added without a word',
    breaks: ['RESV-031'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override isContainer(fence: DmaFence): boolean {
          return this.arrayOf(fence) !== null;
        }
      },
    }),
  }),
  fault({
    id: 'resv-031-refuses',
    mistake: 'a container is not stored',
    breaks: ['RESV-031'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          const isRefused = this.stack.arrays.isContainer(fence);
          if (!this.world.warnOn(isRefused, 'a container in a reservation', this)) {
            yield* super.addFence(fence, usage);
          }
        }
      },
    }),
  }),
  fault({
    id: 'resv-065-untaught',
    mistake: 'lock proving is not told how reservations nest',
    breaks: ['RESV-065', 'RESV-066', 'RESV-067', 'RESV-068'],
    install: (types) => ({
      ResvLockdep: class extends types.ResvLockdep {
        override teach(): void {}
      },
    }),
  }),
];
