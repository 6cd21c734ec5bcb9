import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { CopyJob } from '../../../impl/drm/dma/copy-driver.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ECANCELED, EIO, ENOENT } from '../../../impl/kernel/errno.ts';
import { HeapBuffer } from '../../../impl/exporters/heap-buffer.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of drivers with their own fences. */
export const FENCE_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-DRV-02',
    mistake: 'what ends a fence takes the lock under which the driver signals its fences',
    breaks: ['FENCE-025'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          /** The list of jobs has no references of its own. */
          override *process(): KernelTask<void> {
            const flags = yield* this.lock.acquireIrqsave();
            const seq = yield* this.readSeq();
            for (const job of this.jobs.filter((known) => this.isDone(known, seq))) {
              this.jobs.remove(job);
              yield* job.fence.signalLocked();
              yield* job.fence.put();
              this.world.memory.free(job);
            }
            this.lock.releaseIrqrestore(flags);
          }

          *release(fence: DmaFence): KernelTask<void> {
            const flags = yield* this.lock.acquireIrqsave();
            this.lock.releaseIrqrestore(flags);
            fence.free();
          }
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-03',
    mistake: 'whoever asks for a fence makes the driver signal what is done, under its lock',
    breaks: ['FENCE-022'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          override *signaled(fence: DmaFence): KernelTask<boolean> {
            yield* this.process();
            return yield* super.signaled(fence);
          }
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-06',
    mistake: 'who waits for a fence has given its reference back before',
    breaks: ['FENCE-012'],
    install: (types) =>
      devices(types, ({ GpuDriver }) => ({
        GpuDriver: class extends GpuDriver {
          protected override *finish(fence: DmaFence): KernelTask<number> {
            yield* fence.put();
            return (yield* fence.wait(false)) < 0 ? -EIO : 0;
          }
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-09',
    mistake: 'the descriptor is there before the exporter is done with the object behind it',
    breaks: ['HEAP-009'],
    install: ({ DmaHeap }) => ({
      DmaHeap: class extends DmaHeap {
        protected override *publish(fd: number, buffer: DmaBuf): KernelTask<void> {
          const { priv } = buffer;
          yield* super.publish(fd, buffer);
          if (!(priv instanceof HeapBuffer)) return;
          yield* priv.lock.acquire();
          priv.vmapCount.change((count) => count);
          priv.lock.release();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-DRV-10',
    mistake: 'a copy is looked up under the lock, and taken back without it',
    breaks: ['HW-DMA-006'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          override *cancel(fence: DmaFence): KernelTask<number> {
            const flags = yield* this.lock.acquireIrqsave();
            const job = this.jobs.find((known) => known.fence === fence);
            this.lock.releaseIrqrestore(flags);
            if (job === null) return -ENOENT;
            yield* fence.setError(-ECANCELED);
            yield* fence.signal();
            yield* this.quiesce(job);
            this.jobs.remove(job);
            yield* fence.put();
            this.world.memory.free(job);
            return 0;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-006-cancel-tells-of-success',
    mistake: 'the fence of a copy that was taken back says that all went well',
    breaks: ['HW-DMA-006'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          protected override *end(job: CopyJob, error: number): KernelTask<void> {
            yield* super.end(job, error === -ECANCELED ? 0 : error);
          }
        },
      })),
  }),
];
