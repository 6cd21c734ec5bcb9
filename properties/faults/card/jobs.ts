import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { GpuClient } from '../../../impl/drm/gpu/gpu-client.ts';
import type { Draft } from '../../../impl/drm/gpu/gpu-submits.ts';
import type { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Locks of fences that are part of what a client has. */
const clientLocks = new WeakMap<DrmSchedEntity, SpinLock>();

function lockIn(entity: DrmSchedEntity): SpinLock {
  const known = clientLocks.get(entity);
  if (known !== undefined) return known;
  const lock = new SpinLock(entity, 'fenceLock', '&client->fence_lock');
  clientLocks.set(entity, lock);
  return lock;
}

/** Mistakes of submissions. */
export const JOB_FAULTS: readonly Fault[] = [
  fault({
    id: 'sched-006-card-waits-for-nothing',
    mistake: 'a job does not wait for the fences of its buffers',
    breaks: ['SCHED-006'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *addImplicit(): KernelTask<number> {
            return 0;
          }
        },
      })),
  }),
  fault({
    id: 'sched-006-card-reads-unseen',
    mistake: 'nobody waits for jobs that read',
    breaks: ['SCHED-006'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *addFences(draft: Draft, finished: DmaFence): KernelTask<void> {
            const { array, request, syncFile } = draft;
            for (const [place, { resv }] of array.objects.entries()) {
              const isWrite = ((request.writes >>> place) & 1) !== 0;
              const usage = isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_BOOKKEEP;
              yield* resv.addFence(finished, usage);
            }
            if (syncFile !== null) syncFile.fence.set(yield* finished.get());
          }
        },
      })),
  }),
  fault({
    id: 'sched-007-card-forgets-the-point',
    mistake: 'a job does not wait for its synchronisation object',
    breaks: ['SCHED-007'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *takeIn(
            client: GpuClient,
            draft: Draft,
            job: DrmSchedJob,
          ): KernelTask<number> {
            const request = { ...draft.request, inSync: 0 };
            return yield* super.takeIn(client, { ...draft, request }, job);
          }
        },
      })),
  }),
  fault({
    id: 'syncfile-026-card-keeps-the-number',
    mistake: 'a submission that fails keeps the number of its descriptor',
    breaks: ['SYNCFILE-026'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *undo(draft: Draft): KernelTask<void> {
            yield* super.undo({ ...draft, fd: -1 });
          }
        },
      })),
  }),
  fault({
    id: 'syncfile-026-card-keeps-the-file',
    mistake: 'a submission that fails keeps the file behind its descriptor',
    breaks: ['SYNCFILE-026'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *undo(draft: Draft): KernelTask<void> {
            yield* super.undo({ ...draft, syncFile: null });
          }
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-08',
    mistake:
      'the descriptor in the argument is overwritten before a wait that a signal can interrupt',
    breaks: ['EXEC-007'],
    install: (types) =>
      devices(types, ({ GpuSubmits }) => ({
        GpuSubmits: class extends GpuSubmits {
          protected override *lockAndPush(
            client: GpuClient,
            draft: Draft,
            argument: UserPointer,
          ): KernelTask<number> {
            argument.fields['fence_fd'] = -1;
            return yield* super.lockAndPush(client, draft, argument);
          }
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-05',
    mistake: 'the lock of a fence is part of what a client has, and goes with it',
    breaks: ['FENCE-024'],
    install: ({ DrmSchedJob }) => ({
      DrmSchedJob: class extends DrmSchedJob {
        override *arm(): KernelTask<void> {
          const entity = this.entity.get();
          yield* super.arm();
          if (entity === null) return;
          const lock = lockIn(entity);
          for (const part of [this.fence, this.fence.scheduled, this.fence.finished]) {
            Object.assign(part, { lock });
          }
        }
      },
    }),
  }),
];
