import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { VgemFence } from '../../../impl/drm/vgem-fences.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOENT, ENOMEM, ETIMEDOUT } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Every fence of a world is of another class. */
function fences(
  types: StackTypes,
  make: (stack: Stack, context: number) => DmaFence,
): Partial<StackTypes> {
  return {
    VgemFences: class extends types.VgemFences {
      protected override *make(): KernelTask<DmaFence | null> {
        const { stack } = this.file.device;
        if (!(yield* stack.world.memory.reserve('GFP_KERNEL'))) return null;
        const context = yield* stack.fences.contextAlloc(1);
        return make(stack, context);
      }
    },
  };
}

/** Signals with an error. */
class ErrorFence extends VgemFence {
  override *expire(): KernelTask<void> {
    yield* this.base.setError(-ETIMEDOUT);
    yield* super.expire();
  }
}

/** Half the time is enough. */
class EarlyFence extends VgemFence {
  protected override get timeout(): number {
    return super.timeout / 2;
  }
}

/** Its timer does nothing. */
class EternalFence extends VgemFence {
  override *expire(): KernelTask<void> {}
}

/** The timer's function gives back itself what it has taken. */
class SelfishFence extends VgemFence {
  override *expire(): KernelTask<void> {
    if (!(yield* this.base.getRcu())) return;
    yield* this.base.signal();
    yield* this.base.put();
  }
}

/** As 6.12 has it. */
class BorrowingFence extends VgemFence {
  override *expire(): KernelTask<void> {
    yield* this.base.signal();
  }
}

/** Mistakes about the end of vgem's fences. */
export const ENDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'vgem-005-with-error',
    mistake: 'a fence that runs out of time carries an error',
    breaks: ['VGEM-005'],
    install: (types) => fences(types, (stack, context) => new ErrorFence(stack, context).base),
  }),
  fault({
    id: 'vgem-005-early',
    mistake: 'a fence runs out of time after five seconds',
    breaks: ['VGEM-005', 'DEV-012'],
    install: (types) => fences(types, (stack, context) => new EarlyFence(stack, context).base),
  }),
  fault({
    id: 'vgem-005-never',
    mistake: 'the timer forgets to signal',
    breaks: ['VGEM-005'],
    install: (types) => fences(types, (stack, context) => new EternalFence(stack, context).base),
  }),
  fault({
    id: 'BUG-VGEM-01',
    mistake: 'the end of a fence waits for its timer where the timer itself brings it about',
    breaks: ['VGEM-005'],
    install: (types) => fences(types, (stack, context) => new SelfishFence(stack, context).base),
  }),
  fault({
    id: 'vgem-005-borrows',
    mistake: 'the timer signals a fence without a reference, as it does in 6.12',
    breaks: ['VGEM-005'],
    install: (types) => fences(types, (stack, context) => new BorrowingFence(stack, context).base),
  }),
  fault({
    id: 'vgem-006-keeps-number',
    mistake: 'a signalled number is not consumed',
    breaks: ['VGEM-006'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *signal(argument: UserPointer): KernelTask<number> {
          const number = numberField(argument, 'fence');
          const fence = this.fences.value.find(([known]) => known === number)?.[1] ?? null;
          if (fence !== null) yield* fence.get();
          const result = yield* super.signal(argument);
          if (fence !== null) this.fences.set(number, fence);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-006-late-is-fine',
    mistake: 'nobody is told that a fence was quicker',
    breaks: ['VGEM-006'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *signal(argument: UserPointer): KernelTask<number> {
          const result = yield* super.signal(argument);
          return result === -ETIMEDOUT ? 0 : result;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-006-takes-flags',
    mistake: 'an unknown number is noticed before wrong flags',
    breaks: ['VGEM-006'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *signal(argument: UserPointer): KernelTask<number> {
          yield* this.lock.acquire();
          const isKnown = this.fences.get(numberField(argument, 'fence')) !== null;
          this.lock.release();
          return isKnown ? yield* super.signal(argument) : -ENOENT;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-007-reuses',
    mistake: 'a consumed number is free again',
    breaks: ['VGEM-007'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        protected override *record(fence: DmaFence): KernelTask<number> {
          if (!(yield* fence.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          yield* this.lock.acquire();
          let number = 1;
          while (this.fences.get(number) !== null) number += 1;
          this.fences.set(number, fence);
          this.lock.release();
          return number;
        }
      },
    }),
  }),
  fault({
    id: 'vgem-008-fences-first',
    mistake: 'a file that ends signals its fences before it gives up its handles',
    breaks: ['VGEM-008'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        protected override *releaseHandles(): KernelTask<void> {
          for (const [, fence] of this.vgemFences.fences.entries()) {
            if (fence !== null) yield* fence.signal();
          }
          yield* super.releaseHandles();
        }
      },
    }),
  }),
  fault({
    id: 'vgem-008-not-signaled',
    mistake: 'a file that ends drops its fences without signalling them',
    breaks: ['VGEM-008', 'DEV-007'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *close(): KernelTask<void> {
          for (const [, fence] of this.fences.entries()) if (fence !== null) yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'vgem-008-with-error',
    mistake: 'the fences of a file that ends carry an error',
    breaks: ['VGEM-008'],
    install: (types) => ({
      VgemFences: class extends types.VgemFences {
        override *close(): KernelTask<void> {
          for (const [, fence] of this.fences.entries()) {
            if (fence !== null) yield* fence.setError(-ETIMEDOUT);
          }
          yield* super.close();
        }
      },
    }),
  }),
];
