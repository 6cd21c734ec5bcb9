import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about reserving slots. */
export const RESERVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-015-accepts',
    mistake: 'reserving nothing succeeds',
    breaks: ['RESV-015'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *reserveFences(count: number): KernelTask<number> {
          if (!this.world.warnOn(count === 0, 'dma_resv_reserve_fences of nothing', this)) {
            return yield* super.reserveFences(count);
          }
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'resv-015-silent',
    mistake: 'reserving nothing is refused without a word',
    breaks: ['RESV-015'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *reserveFences(count: number): KernelTask<number> {
          return count === 0 ? -EINVAL : yield* super.reserveFences(count);
        }
      },
    }),
  }),
  fault({
    id: 'resv-016-always-grows',
    mistake: 'every reservation makes a new list',
    breaks: ['RESV-016'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *reserveFences(count: number): KernelTask<number> {
          const old = this.fences.readStable();
          if (count === 0 || old === null) return yield* super.reserveFences(count);
          yield* this.grow(old, Math.max(old.max.get(), old.count.readStable() + count), count);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'resv-017-just-enough',
    mistake: 'a new list has room for what is asked, and no more',
    breaks: ['RESV-017'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *grow(
          old: ResvList | null,
          _max: number,
          count: number,
        ): KernelTask<void> {
          yield* super.grow(old, (old?.count.readStable() ?? 0) + count, count);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-RESV-03',
    mistake: 'the first list has four slots, whatever was asked',
    breaks: ['RESV-017'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected override *grow(
          old: ResvList | null,
          max: number,
          count: number,
        ): KernelTask<void> {
          yield* super.grow(old, old === null ? 4 : max, count);
        }
      },
    }),
  }),
  fault({
    id: 'resv-019-drops-the-list',
    mistake: 'without memory the old list is given up',
    breaks: ['RESV-019'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *reserveFences(count: number): KernelTask<number> {
          const old = this.fences.readStable();
          const result = yield* super.reserveFences(count);
          if (result !== -ENOMEM || old === null) return result;
          yield* this.fences.write(null);
          yield* old.free();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'resv-019-hides-the-failure',
    mistake: 'a reservation without memory is said to have succeeded',
    breaks: ['RESV-019'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *reserveFences(count: number): KernelTask<number> {
          const result = yield* super.reserveFences(count);
          return result === -ENOMEM ? 0 : result;
        }
      },
    }),
  }),
  fault({
    id: 'resv-020-adds-up',
    mistake: 'a reservation comes on top of earlier ones that were not used',
    breaks: ['RESV-020'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected readonly promised = new PlainWord<number>(this, 'promised', 0);

        override *reserveFences(count: number): KernelTask<number> {
          this.promised.change((promised) => promised + count);
          return yield* super.reserveFences(this.promised.get());
        }

        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          yield* super.addFence(fence, usage);
          this.promised.change((promised) => Math.max(0, promised - 1));
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('promised', this.promised.value);
        }
      },
    }),
  }),
  fault({
    id: 'resv-021-outlives-the-lock',
    mistake: 'unlocking leaves unused promises in place',
    breaks: ['RESV-008', 'RESV-021'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override resetMaxFences(): void {
          this.lock.assertHeld('dma_resv_reset_max_fences');
        }
      },
    }),
  }),
];
