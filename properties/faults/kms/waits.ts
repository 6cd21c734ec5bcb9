import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { AtomicState } from '../../../impl/drm/kms/atomic-state.ts';
import type { Crtc, CrtcState } from '../../../impl/drm/kms/crtc.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about waiting for what was collected. */
export const WAIT_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-008-looks-again',
    mistake: 'the worker looks once more for fences on the buffers',
    breaks: ['KMS-008'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
          const error = yield* super.waitForFences(state, isBeforeSwap);
          for (const { next } of isBeforeSwap ? [] : state.planes.all()) {
            for (const { resv } of next.fb.get()?.objects ?? []) {
              yield* resv.waitTimeout(DMA_RESV_USAGE_WRITE, false, Number.MAX_SAFE_INTEGER);
            }
          }
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-009-gives-up',
    mistake: 'a blocking commit fails with the error of its fence',
    breaks: ['KMS-009'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
          let status = 0;
          for (const { next } of isBeforeSwap ? state.planes.all() : []) {
            const fence = next.fence.get();
            if (fence === null) continue;
            const error = yield* fence.wait(true);
            status = error === 0 ? Math.min(yield* fence.getStatus(), 0) : error;
          }
          return status === 0 ? yield* super.waitForFences(state, isBeforeSwap) : status;
        }
      },
    }),
  }),
  fault({
    id: 'kms-009-passes-it-on',
    mistake: 'the error of an in-fence becomes that of the out-fence',
    breaks: ['KMS-009'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
          const fences: DmaFence[] = [];
          for (const { next } of state.planes.all()) {
            const fence = next.fence.get();
            if (fence !== null) fences.push(yield* fence.get());
          }
          const result = yield* super.waitForFences(state, isBeforeSwap);
          for (const fence of fences) {
            const status = result === 0 ? yield* fence.getStatus() : 0;
            yield* fence.put();
            for (const { next } of status < 0 ? state.crtcs.all() : []) {
              yield* next.event.get()?.fence.get()?.setError(status) ?? nothing();
            }
          }
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'kms-018-never',
    mistake: 'nobody is told when the frame is wanted',
    breaks: ['KMS-018'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override *setDeadline(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-018-now',
    mistake: 'the frame is wanted at the vertical blank that was last',
    breaks: ['KMS-018'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override nextVblank(crtc: Crtc): number {
          return crtc.vblank?.timeNs.get() ?? 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-018-modes-too',
    mistake: 'fences hear of a vertical blank that the new mode does not have',
    breaks: ['KMS-018'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override isSteady(next: CrtcState): boolean {
          return next.active.get();
        }
      },
    }),
  }),
];

function* nothing(): KernelTask<void> {}
