import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { Gfp } from '../../../impl/kernel/gfp.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { INTACT_DEVICE, withDevice } from '../../test-device/device-types.ts';
import type { TestDevice as Device } from '../../test-device/device.ts';
import type { Job } from '../../test-device/job.ts';
import { type Fault, fault } from '../fault.ts';

const { Paging, Recovery, TestDevice } = INTACT_DEVICE;

/** Does something first, in a signalling section, whenever a device recovers. */
function recoveringWith(first: (device: Device) => KernelTask<void>): () => Partial<StackTypes> {
  return () =>
    withDevice({
      Recovery: class extends Recovery {
        protected override *recover(job: Job): KernelTask<void> {
          const { fences } = this.device.stack;
          const cookie = fences.beginSignalling();
          yield* first(this.device);
          yield* super.recover(job);
          fences.endSignalling(cookie);
        }
      },
    });
}

function allocating(gfp: Gfp): (device: Device) => KernelTask<void> {
  return function* ({ world }): KernelTask<void> {
    yield* world.memory.reserve(gfp);
  };
}

function* lockingSubmissions({ submitLock }: Device): KernelTask<void> {
  yield* submitLock.acquire();
  submitLock.release();
}

function* lockingReservation({ stack }: Device): KernelTask<void> {
  const resv = new stack.types.DmaResv(stack);
  yield* resv.acquire();
  yield* resv.release();
  yield* resv.fini();
}

function* lockingMemory({ stack }: Device): KernelTask<void> {
  const { mmapLock } = stack.resvLockdep.locks;
  mmapLock.enter(mmapLock.shared);
  mmapLock.leave(mmapLock.shared);
}

/** Mistakes about locks and memory on the way to a signal, and about where one may wait. */
export const LOCK_FAULTS: readonly Fault[] = [
  fault({
    id: 'contract-008-recovery-locks',
    mistake: 'recovery takes the lock under which submissions wait',
    breaks: ['CONTRACT-007', 'CONTRACT-008'],
    install: recoveringWith(lockingSubmissions),
  }),
  fault({
    id: 'contract-008-completion-locks',
    mistake: 'submissions wait for the ring under a lock that recovery needs',
    breaks: ['CONTRACT-008'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *throttle(): KernelTask<void> {
            this.stack.resvLockdep.locks.fileMappings.enter();
            yield* super.throttle();
            this.stack.resvLockdep.locks.fileMappings.leave();
          }
        },
        Recovery: class extends Recovery {
          protected override *recover(job: Job): KernelTask<void> {
            const { fences, resvLockdep } = this.device.stack;
            const cookie = fences.beginSignalling();
            resvLockdep.locks.fileMappings.enter();
            resvLockdep.locks.fileMappings.leave();
            yield* super.recover(job);
            fences.endSignalling(cookie);
          }
        },
      }),
  }),
  fault({
    id: 'contract-009-reservation',
    mistake: "recovery takes a reservation's lock",
    breaks: ['CONTRACT-009'],
    install: recoveringWith(lockingReservation),
  }),
  fault({
    id: 'contract-009-mmap',
    mistake: 'recovery looks at memory of a process',
    breaks: ['CONTRACT-009'],
    install: recoveringWith(lockingMemory),
  }),
  fault({
    id: 'contract-010-recovery-allocates',
    mistake: 'recovery allocates as everybody does',
    breaks: ['CONTRACT-010'],
    install: recoveringWith(allocating('GFP_KERNEL')),
  }),
  fault({
    id: 'contract-010-completion-allocates',
    mistake: 'an interrupt allocates as everybody does',
    breaks: ['CONTRACT-010'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *done(job: Job): KernelTask<void> {
            yield* this.world.memory.reserve('GFP_KERNEL');
            yield* super.done(job);
          }
        },
      }),
  }),
  fault({
    id: 'contract-011-without-filesystems',
    mistake: 'recovery allocates without filesystems',
    breaks: ['CONTRACT-011'],
    install: recoveringWith(allocating('GFP_NOFS')),
  }),
  fault({
    id: 'contract-011-without-io',
    mistake: 'recovery allocates without input and output',
    breaks: ['CONTRACT-011'],
    install: recoveringWith(allocating('GFP_NOIO')),
  }),
  fault({
    id: 'contract-012-needs-note',
    mistake: 'a job without a note does not complete',
    breaks: ['CONTRACT-012'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *completeLocked(job: Job, error: number): KernelTask<void> {
            if (yield* this.world.memory.reserve('GFP_ATOMIC')) {
              yield* super.completeLocked(job, error);
            } else if (job.hang !== null) {
              this.world.clock.cancel(job.hang);
            }
          }
        },
      }),
  }),
  fault({
    id: 'contract-012-note-reclaims',
    mistake: 'a note of recovery is worth to reclaim memory',
    breaks: ['CONTRACT-012'],
    install: recoveringWith(allocating('GFP_KERNEL')),
  }),
  fault({
    id: 'contract-013-job-later',
    mistake: 'the memory for a job is asked for when its fence is visible',
    breaks: ['CONTRACT-013'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *queue(job: Job): KernelTask<void> {
            yield* this.world.memory.reserve('GFP_KERNEL');
            yield* super.queue(job);
          }
        },
      }),
  }),
  fault({
    id: 'contract-013-slot-later',
    mistake: 'room in the reservation is made in the signalling section',
    breaks: ['CONTRACT-013'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *publish(job: Job, resv: DmaResv | null): KernelTask<void> {
            if (resv !== null) yield* resv.reserveFences(16);
            yield* super.publish(job, resv);
          }
        },
      }),
  }),
  fault({
    id: 'contract-014-camera-waits',
    mistake: 'a driver of no GPU waits when memory is taken from it',
    breaks: ['CONTRACT-014'],
    install: () =>
      withDevice({
        Paging: class extends Paging {
          override *takeBack(): KernelTask<boolean> {
            const isIdle = this.device.jobs.length === 0;
            yield* this.waitForFences();
            return this.device.options.kind === 'gpu' || isIdle;
          }
        },
      }),
  }),
  fault({
    id: 'contract-015-nobody-looks',
    mistake: 'nobody looks where a wait is made',
    breaks: ['CONTRACT-015'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeout: number): KernelTask<number> {
          if (timeout < 0) return -EINVAL;
          yield* this.enableSwSignaling();
          return yield* this.defaultWait(interruptible, timeout);
        }
      },
    }),
  }),
  fault({
    id: 'contract-015-only-sleepers',
    mistake: 'a wait that has nothing to wait for is not looked at',
    breaks: ['CONTRACT-015'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeout: number): KernelTask<number> {
          if (yield* this.isSignaled()) return Math.max(timeout, 1);
          return yield* super.waitTimeout(interruptible, timeout);
        }
      },
    }),
  }),
  fault({
    id: 'contract-016-status',
    mistake: 'a status is read with interrupts on',
    breaks: ['CONTRACT-016'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatus(): KernelTask<number> {
          yield* this.lock.acquire();
          const status = yield* this.getStatusLocked();
          this.lock.release();
          return status;
        }
      },
    }),
  }),
  fault({
    id: 'contract-016-callbacks',
    mistake: 'a callback is removed with interrupts on',
    breaks: ['CONTRACT-016'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *removeCallback(callback: FenceCallback): KernelTask<boolean> {
          yield* this.lock.acquire();
          const isLinked = !callback.linkedOn.isNull();
          if (isLinked) {
            this.unlink(callback);
            this.world.emit(callback, 'remove');
          } else {
            this.world.emit(callback, 'miss');
          }
          this.world.emit(this, 'removeCallback', isLinked ? 1 : 0);
          this.lock.release();
          return isLinked;
        }
      },
    }),
  }),
  fault({
    id: 'contract-017-unlocked',
    mistake: 'callbacks run without the lock, so that they may sleep',
    breaks: ['CONTRACT-017'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *runCallback(node: FenceCallback): KernelTask<void> {
          this.lock.releaseIrqrestore(true);
          yield* super.runCallback(node);
          yield* this.lock.acquireIrqsave();
        }
      },
    }),
  }),
  fault({
    id: 'contract-018-signals-outside',
    mistake: 'completion is no signalling section',
    breaks: ['CONTRACT-018'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *signalLocked(fence: DmaFence, error: number): KernelTask<void> {
            if (error !== 0) yield* fence.setError(error);
            yield* fence.signalLocked();
          }
        },
      }),
  }),
  fault({
    id: 'contract-018-begins-late',
    mistake: 'the section begins when the job goes to the hardware',
    breaks: ['CONTRACT-018', 'CONTRACT-019'],
    install: () => publishing('queue'),
  }),
  fault({
    id: 'contract-019-begins-at-unlock',
    mistake: 'the section begins when the reservation is unlocked',
    breaks: ['CONTRACT-019'],
    install: () => publishing('unlock'),
  }),
  fault({
    id: 'contract-020-annotated',
    mistake: 'who comes by opens a section around all that it does',
    breaks: ['CONTRACT-020'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *collect(): KernelTask<number> {
            const cookie = this.stack.fences.beginSignalling();
            const count = yield* super.collect();
            this.stack.fences.endSignalling(cookie);
            return count;
          }
        },
      }),
  }),
];

/** A fence goes into its reservation before a section begins: at the unlock, or later. */
function publishing(from: 'unlock' | 'queue'): Partial<StackTypes> {
  return withDevice({
    TestDevice: class extends TestDevice {
      protected override *publish(job: Job, resv: DmaResv | null): KernelTask<void> {
        const { fences } = this.stack;
        if (resv === null || job.fence === null) {
          yield* super.publish(job, resv);
          return;
        }
        fences.endSignalling();
        yield* resv.addFence(job.fence, DMA_RESV_USAGE_WRITE);
        if (from === 'unlock') fences.beginSignalling();
        yield* resv.release();
        if (from === 'queue') fences.beginSignalling();
        yield* this.queue(job);
      }
    },
  });
}
