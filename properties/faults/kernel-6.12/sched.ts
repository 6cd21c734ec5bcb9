import { type Fault, fault } from '../fault.ts';

/** What 6.12 does about the GPU scheduler. */
export const SCHED_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-SCHED-01',
    mistake: 'a job whose time-out was none is on no list any more, and never freed',
    breaks: ['SCHED-024'],
    install: (types) => ({
      DrmGpuScheduler: class extends types.DrmGpuScheduler {
        protected override get losesSpurious(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'KERN-SCHED-02',
    mistake: 'a job that is pushed to a stopped entity stays in its queue',
    breaks: ['SCHED-031'],
    install: (types) => ({
      DrmSchedKill: class extends types.DrmSchedKill {
        protected override get leavesLateJobs(): boolean {
          return true;
        }
      },
    }),
  }),
];
