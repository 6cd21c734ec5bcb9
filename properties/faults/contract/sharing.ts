import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DeviceContext } from '../../test-device/device-context.ts';
import { INTACT_DEVICE, withDevice } from '../../test-device/device-types.ts';
import type { Submitted } from '../../test-device/device.ts';
import { type FenceRequest, ORIGINS } from '../../test-device/fence-origins.ts';
import type { Unit } from '../../test-device/hardware.ts';
import type { Job } from '../../test-device/job.ts';
import type { Work } from '../../test-device/options.ts';
import {
  Flushes,
  Preempts,
  Reserves,
  ReservesInFlight,
  type Shared,
} from '../../test-device/remedies.ts';
import { type Fault, fault } from '../fault.ts';

const { FenceOrigins, Recovery, TestDevice, remedies } = INTACT_DEVICE;

/** Mistakes about page faults, about what stands behind fences, and about the end of a driver. */
export const SHARING_FAULTS: readonly Fault[] = [
  ...ORIGINS.map((origin) =>
    fault({
      id: `contract-027-${origin}`,
      mistake: `user space gets a fence of the kind "${origin}"`,
      breaks: origin === 'user' ? ['CONTRACT-027', 'CONTRACT-029'] : ['CONTRACT-027'],
      install: () =>
        withDevice({
          FenceOrigins: class extends FenceOrigins {
            protected override accepts(request: FenceRequest): boolean {
              return request.origin === origin;
            }
          },
        }),
    }),
  ),
  fault({
    id: 'contract-028-time-out-is-enough',
    mistake: 'user space gets any fence that has a time-out',
    breaks: ['CONTRACT-028'],
    install: () =>
      withDevice({
        FenceOrigins: class extends FenceOrigins {
          protected override accepts({ hasTimeout }: FenceRequest): boolean {
            return hasTimeout;
          }
        },
      }),
  }),
  fault({
    id: 'contract-030-end-of-batch',
    mistake: 'work that may run for ever has a fence at its end',
    breaks: ['CONTRACT-030'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *submit(
            context: DeviceContext,
            work: Work,
            resv: DmaResv | null,
          ): KernelTask<Submitted> {
            yield* this.submitLock.acquire();
            const submitted = yield* this.submitLocked(context, work, resv);
            this.submitLock.release();
            return submitted;
          }
        },
      }),
  }),
  fault({
    id: 'contract-030-takes-part',
    mistake: 'work that may run for ever is given up when it takes long',
    breaks: ['CONTRACT-030'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *submitWork(
            context: DeviceContext,
            work: Work,
          ): KernelTask<Submitted> {
            const submitted = yield* super.submitWork(context, work);
            const job = this.work.at(-1);
            if (job !== undefined) this.watch(job);
            return submitted;
          }
        },
        Recovery: class extends Recovery {
          protected override isOverdue(job: Job): boolean {
            return super.isOverdue(job) || this.device.work.includes(job);
          }
        },
      }),
  }),
  fault({
    id: 'contract-031-faults-with-fence',
    mistake: 'work that may need memory half way gets a fence',
    breaks: ['CONTRACT-031'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override *submit(
            context: DeviceContext,
            work: Work,
            resv: DmaResv | null,
          ): KernelTask<Submitted> {
            if (work !== 'faulting') return yield* super.submit(context, work, resv);
            yield* this.submitLock.acquire();
            const submitted = yield* this.submitLocked(context, work, resv);
            this.submitLock.release();
            return submitted;
          }
        },
      }),
  }),
  fault({
    id: 'contract-031-hint-waits',
    mistake: 'a job with a fence waits until memory was moved for it',
    breaks: ['CONTRACT-031'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override *submitLocked(
            context: DeviceContext,
            work: Work,
            resv: DmaResv | null,
          ): KernelTask<Submitted> {
            const waits = work === 'hinting' ? 'faulting' : work;
            return yield* super.submitLocked(context, waits, resv);
          }
        },
      }),
  }),
  fault({
    id: 'contract-032-no-preemption-in-fault',
    mistake: 'work is not preempted while it has a fault open',
    breaks: ['CONTRACT-007', 'CONTRACT-032'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          preempts: class extends Preempts {
            protected override mayPreempt(running: Job): boolean {
              return super.mayPreempt(running) && !running.hasFault;
            }
          },
        },
      }),
  }),
  fault({
    id: 'contract-032-reserve-shared',
    mistake: 'work that faults takes the unit that is reserved, when that is idle',
    breaks: ['CONTRACT-032'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          reserves: class extends Reserves {
            override unitsFor(job: Job, units: readonly Unit[]): readonly Unit[] {
              return job.fence === null ? units : super.unitsFor(job, units);
            }
          },
        },
      }),
  }),
  fault({
    id: 'contract-032-reserves-too-late',
    mistake: 'a fence becomes visible before a unit is reserved for it',
    breaks: ['CONTRACT-032'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          reservesInFlight: class extends ReservesInFlight {
            override mayPublish(): boolean {
              return true;
            }
          },
        },
      }),
  }),
  fault({
    id: 'contract-032-flushes-fences-only',
    mistake: 'work that faults stays on a device that is flushed for a fence',
    breaks: ['CONTRACT-032'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          flushes: class extends Flushes {
            override publishing(): void {}
          },
        },
      }),
  }),
  fault({
    id: 'contract-033-publishes-at-once',
    mistake: 'a fence becomes visible while work is on the device, which goes a moment later',
    breaks: ['CONTRACT-033'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          flushes: class extends Flushes {
            override publishing(): void {}
            override place(job: Job, units: readonly Unit[], shared: Shared): Unit | null {
              if (job.fence !== null) super.publishing(shared);
              return super.place(job, units, shared);
            }
          },
        },
        TestDevice: class extends TestDevice {
          override *queue(job: Job): KernelTask<void> {
            // The list says that it is there; the hardware is told a moment later.
            this.jobs.push(job);
            yield* this.isRefused();
            this.jobs.splice(this.jobs.indexOf(job), 1);
            yield* super.queue(job);
          }
        },
      }),
  }),
  fault({
    id: 'contract-033-queues-at-once',
    mistake: 'work that faults goes to the device while fences are pending',
    breaks: ['CONTRACT-033'],
    install: () =>
      withDevice({
        remedies: {
          ...remedies,
          flushes: class extends Flushes {
            override mayQueueWork(): boolean {
              return true;
            }
            override place(job: Job, units: readonly Unit[]): Unit | null {
              return this.unitsFor(job, units).find(({ running }) => running === null) ?? null;
            }
            override get units(): readonly string[] {
              return ['unit', 'other'];
            }
          },
        },
      }),
  }),
  fault({
    id: 'contract-034-shared-unit',
    mistake: 'memory is moved on the unit that has the fault',
    breaks: ['CONTRACT-034'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          override unitsFor(job: Job): readonly Unit[] {
            const shared = this.hardware.units.filter(({ name }) => name !== 'copy');
            return job.context === this.paging.copies ? shared : super.unitsFor(job);
          }
        },
      }),
  }),
  fault({
    id: 'contract-035-only-pending',
    mistake: 'a driver goes when none of its fences is pending',
    breaks: ['CONTRACT-035'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override isInUse(): boolean {
            return this.jobs.length > 0;
          }
        },
      }),
  }),
  fault({
    id: 'contract-035-never-looks',
    mistake: 'a driver goes whenever it is asked to',
    breaks: ['CONTRACT-035'],
    install: () =>
      withDevice({
        TestDevice: class extends TestDevice {
          protected override isInUse(): boolean {
            return false;
          }
        },
      }),
  }),
];
