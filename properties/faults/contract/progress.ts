import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { AnyWaited } from '../../../impl/dma-buf/fence-wait-any.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import type { DeviceContext } from '../../test-device/device-context.ts';
import { INTACT_DEVICE, withDevice } from '../../test-device/device-types.ts';
import type { Job } from '../../test-device/job.ts';
import { HANG_JIFFIES } from '../../test-device/options.ts';
import { type Fault, fault } from '../fault.ts';

const { Recovery, TestDevice } = INTACT_DEVICE;

/** Mistakes about progress: of drivers in hangs and recovery, and of those who wait. */
export const PROGRESS_FAULTS: readonly Fault[] = [
  fault({
    id: 'contract-001-polled-only',
    mistake: 'what is done without telling ends only when somebody asks',
    breaks: ['CONTRACT-001'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override isOverdue(job: Job): boolean {
            return super.isOverdue(job) && !job.isDone;
          }
        },
      }),
  }),
  fault({
    id: 'contract-001-next-tells',
    mistake: 'a job completes with the next one that comes',
    breaks: ['CONTRACT-001'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          private late: Job | null = null;
          override *done(job: Job): KernelTask<void> {
            if (job.hang !== null) this.world.clock.cancel(job.hang);
            this.hardware.drop(job);
            const { late } = this;
            this.late = job;
            if (late !== null) yield* super.done(late);
          }
        },
      }),
  }),
  fault({
    id: 'contract-002-no-time-out',
    mistake: 'nobody looks whether a job ends',
    breaks: ['CONTRACT-002'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override watch(): void {}
        },
      }),
  }),
  fault({
    id: 'contract-002-no-error',
    mistake: 'the fence of a job that is given up says nothing about that',
    breaks: ['CONTRACT-002'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *signalLocked(fence: DmaFence): KernelTask<void> {
            yield* super.signalLocked(fence, 0);
          }
        },
      }),
  }),
  fault({
    id: 'contract-002-again-and-again',
    mistake: 'a job that hangs gets as much time once more',
    breaks: ['CONTRACT-002'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          private readonly warned = new Set<Job>();
          protected override isOverdue(job: Job): boolean {
            if (!super.isOverdue(job)) return false;
            if (this.warned.has(job)) return true;
            this.warned.add(job);
            this.device.watch(job);
            return false;
          }
        },
      }),
  }),
  fault({
    id: 'contract-003-only-first',
    mistake: 'a device that is given up completes the job that hangs, and forgets the others',
    breaks: ['CONTRACT-003'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override *giveUp(): KernelTask<readonly Job[]> {
            if (this.device.isWedged) return [];
            const kept = this.device.jobs.splice(1);
            for (const { hang } of kept) if (hang !== null) this.device.world.clock.cancel(hang);
            const ended = yield* super.giveUp();
            this.device.jobs.push(...kept);
            return ended;
          }
        },
      }),
  }),
  fault({
    id: 'contract-003-still-open',
    mistake: 'a device that is given up takes jobs',
    breaks: ['CONTRACT-003'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *isRefused(): KernelTask<boolean> {
            return false;
          }
        },
      }),
  }),
  fault({
    id: 'contract-003-needs-reset',
    mistake: 'where a reset fails, nothing is done',
    breaks: ['CONTRACT-003'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override isOverdue(job: Job): boolean {
            return super.isOverdue(job) && this.device.options.resets;
          }
        },
      }),
  }),
  fault({
    id: 'contract-004-all-contexts',
    mistake: 'a reset ends the jobs of all contexts',
    breaks: ['CONTRACT-004'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override *end(
            _jobs: readonly Job[],
            errorOf: (job: Job) => number,
          ): KernelTask<readonly Job[]> {
            return yield* super.end([...this.device.jobs], errorOf);
          }
        },
      }),
  }),
  fault({
    id: 'contract-004-not-banned',
    mistake: 'a context that hung goes on submitting',
    breaks: ['CONTRACT-004'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *prepare(context: DeviceContext): KernelTask<number> {
            context.isBanned = false;
            return yield* super.prepare(context);
          }
        },
      }),
  }),
  fault({
    id: 'contract-004-wrong-context',
    mistake: 'the context that came last is held to be the guilty one',
    breaks: ['CONTRACT-004'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override guilty(job: Job): Job {
            return this.device.jobs.at(-1) ?? job;
          }
        },
      }),
  }),
  fault({
    id: 'contract-005-wait-completes',
    mistake: 'a wait that ran out of time completes the fence with an error',
    breaks: ['CONTRACT-005'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeout: number): KernelTask<number> {
          const left = yield* super.waitTimeout(interruptible, timeout);
          if (left !== 0) return left;
          yield* this.setError(-ETIME);
          yield* this.signal();
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'contract-005-any-completes',
    mistake: 'a wait for any of several that ran out of time completes the first',
    breaks: ['CONTRACT-005'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *waitAnyTimeout(
          fences: readonly DmaFence[] | null,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<AnyWaited> {
          const answer = yield* super.waitAnyTimeout(fences, interruptible, timeout);
          if (answer.left === 0) yield* this.stack.fences.signal(fences?.[0] ?? null);
          return answer;
        }
      },
    }),
  }),
  fault({
    id: 'contract-005-reservation-completes',
    mistake: 'a wait for a reservation that ran out of time completes its fences',
    breaks: ['CONTRACT-005'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeout: number,
        ): KernelTask<number> {
          const left = yield* super.waitTimeout(usage, interruptible, timeout);
          if (left !== 0) return left;
          const fences = yield* this.stack.resvQueries.getFences(this, usage);
          if (typeof fences === 'number') return left;
          for (const fence of fences) {
            yield* fence.signal();
            yield* fence.put();
          }
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'contract-006-newest-first',
    mistake: 'recovery ends the newest job first',
    breaks: ['CONTRACT-006'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          protected override *end(
            jobs: readonly Job[],
            errorOf: (job: Job) => number,
          ): KernelTask<readonly Job[]> {
            return yield* super.end(jobs.toReversed(), errorOf);
          }
        },
      }),
  }),
  fault({
    id: 'contract-006-guilty-first',
    mistake: 'a job that hangs is given more time, and those behind it are ended',
    breaks: ['CONTRACT-006'],
    install: () =>
      withDevice({
        Recovery: class extends Recovery {
          private isSecond = false;
          protected override *end(
            jobs: readonly Job[],
            errorOf: (job: Job) => number,
          ): KernelTask<readonly Job[]> {
            if (this.isSecond || jobs.length < 2) return yield* super.end(jobs, errorOf);
            this.isSecond = true;
            return yield* super.end(jobs.slice(1), errorOf);
          }
        },
      }),
  }),
  fault({
    id: 'contract-006-hardware-any-order',
    mistake: 'two units take jobs of one context',
    breaks: ['CONTRACT-006'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          private isOdd = false;
          override *done(job: Job): KernelTask<void> {
            // The first of two is slower on its unit.
            this.isOdd = !this.isOdd;
            if (!this.isOdd || this.jobs.length < 2) {
              yield* super.done(job);
              return;
            }
            const { clock } = this.world;
            this.hardware.drop(job);
            job.isDone = false;
            const run = (): KernelTask<void> => super.done(job);
            clock.arm({ label: 'slow unit', expires: clock.now + HANG_JIFFIES / 2, run });
            this.hardware.kick();
          }
        },
      }),
  }),
];
