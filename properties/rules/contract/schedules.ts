import type { Schedules } from '../../run/explore.ts';

/** One task and a device: jobs come and go by the clock, and whoever runs is not preempted. */
export const BY_THE_CLOCK: readonly Schedules[] = [
  { kind: 'bounded', preemptions: 0, runsMax: 100 },
];

/** Several tasks, each of which may be preempted. */
export const RACING: readonly Schedules[] = [{ kind: 'bounded', preemptions: 1, runsMax: 200 }];
