import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_READ } from '../../../impl/dma-buf/resv-usage.ts';
import type { TtmImport } from '../../../impl/drm/ttm/ttm-imports.ts';
import type { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { ENOMEM } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the end of objects. */
export const ENDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'evict-008-frees-at-once',
    mistake: 'nobody asks whether an object that ends is in use',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *isIdle(): KernelTask<boolean> {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-implicit-users-only',
    mistake: 'who uses an object explicitly does not keep its storage',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *isIdle(): KernelTask<boolean> {
          return yield* this.ownResv.testSignaled(DMA_RESV_USAGE_READ);
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-failed-import-stays',
    mistake: 'an import without memory for its object goes on using the buffer',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmImports: class extends types.TtmImports {
        protected override *make(imported: TtmImport): KernelTask<TtmObject | number> {
          if (!(yield* this.device.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
          return yield* super.make(imported);
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-always-later',
    mistake: 'every end is left to the worker',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *canGoAtOnce(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-stays-shared',
    mistake: 'an object that ends goes on using a reservation that it shares',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override get keepsSharedResv(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-clears-at-once',
    mistake: 'pages that have to be cleared are given back at once',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override get mustClear(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-waits-for-the-lock',
    mistake: 'the last reference waits for the reservation',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *canGoAtOnce(): KernelTask<boolean> {
          if (!(yield* this.isIdle()) || this.mustClear || this.detachesAtEnd) return false;
          yield* this.resv.acquire();
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-008-worker-gives-up',
    mistake: 'the worker waits for half a minute, and then frees what is in use',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *delayedDelete(): KernelTask<void> {
          yield* this.ownResv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, 30_000);
          yield* this.resv.acquire();
          yield* this.cleanup();
          yield* this.resv.release();
          yield* this.put();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-06',
    mistake: 'the last reference on an importing object detaches it then and there',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override get detachesAtEnd(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-DRV-04',
    mistake: 'the buffer of an importing object is let go of when its last reference goes',
    breaks: ['EVICT-008'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *release(): KernelTask<void> {
          const { imported, device } = this;
          if (imported !== null && !this.deleted.get()) {
            yield* device.stack.buffers.put(imported.attachment.buffer);
          }
          yield* super.release();
        }
      },
      TtmImports: class extends types.TtmImports {
        protected override *release(_buffer: DmaBuf): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-009-does-not-wait',
    mistake: 'an object ends without the fences that there was no memory for',
    breaks: ['EVICT-009'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *waitForOthers(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'evict-009-no-limit',
    mistake: 'without memory the last reference waits for as long as it takes',
    breaks: ['EVICT-009'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override *waitForOthers(): KernelTask<void> {
          yield* this.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
        }
      },
    }),
  }),
  fault({
    id: 'evict-009-imports-switch',
    mistake: 'an importing object that ends uses a reservation of its own',
    breaks: ['EVICT-009'],
    install: (types) => ({
      TtmObject: class extends types.TtmObject {
        protected override get keepsSharedResv(): boolean {
          return false;
        }
      },
    }),
  }),
];
