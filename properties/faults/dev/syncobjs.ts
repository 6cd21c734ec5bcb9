import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import { STUB_OPS } from '../../../impl/dma-buf/fence-stub.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { FenceInfo } from '../../../impl/dma-buf/sync-file-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what files show of fences in objects. */
export const SYNCOBJ_DEVICE_FAULTS: readonly Fault[] = [
  fault({
    id: 'dev-010-chain-names',
    mistake: 'a node of a timeline shows the name of its kind as its driver and its timeline',
    breaks: ['DEV-010'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override getTimelineName(): string {
          return this.getDriverName();
        }
      },
    }),
  }),
  fault({
    id: 'dev-010-stub-context',
    mistake: 'a private stub has a context of its own',
    breaks: ['DEV-010'],
    install: (types) => ({
      FenceStubs: class extends types.FenceStubs {
        override *allocatePrivateStub(timestampNs: number): KernelTask<DmaFence | null> {
          if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
          const context = yield* this.stack.fences.contextAlloc(1);
          const { DmaFence: Fence } = this.stack.types;
          const stub = new Fence(this.stack, STUB_OPS, this.lock, context, 0n);
          stub.flags.initialize(ENABLE_SIGNAL);
          this.world.emit(stub, 'enable');
          yield* stub.signalTimestamp(timestampNs);
          return stub;
        }
      },
    }),
  }),
  fault({
    id: 'dev-011-head-only',
    mistake: 'a walk over the leaves of a timeline ends behind its head',
    breaks: ['DEV-011'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *next(): KernelTask<DmaFence | null> {
          yield* this.leave();
          return null;
        }
      },
    }),
  }),
  fault({
    id: 'dev-011-without-the-done',
    mistake: 'a listing leaves out what is done, the head as well',
    breaks: ['DEV-011'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override *fillRecords(fence: DmaFence): KernelTask<readonly FenceInfo[]> {
          return (yield* super.fillRecords(fence)).filter(({ status }) => status <= 0);
        }
      },
    }),
  }),
  fault({
    id: 'dev-011-imports-the-node',
    mistake: 'an import into a reservation adds the head of a timeline',
    breaks: ['DEV-011'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        protected override *addLeaves(
          { resv }: DmaBuf,
          fence: DmaFence,
          usage: ResvUsage,
        ): KernelTask<number> {
          yield* resv.acquire();
          const error = yield* resv.reserveFences(1);
          if (error === 0) yield* resv.addFence(fence, usage);
          yield* resv.release();
          return error;
        }
      },
    }),
  }),
];
