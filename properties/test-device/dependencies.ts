import type { TestDevice } from './device.ts';
import type { Edge } from './happens-before.ts';
import type { Job } from './job.ts';

/** What user space decides about. */
export const USER_SPACE = 'user space';

/**
 * What cannot happen before what, at this moment: fences after their jobs, jobs after those that
 * keep their unit, faults after the memory that they need, memory after the fences of what uses it.
 * `userWaits`: fences that user space waits for before it does what it is asked for.
 */
export function dependenciesOf(device: TestDevice, userWaits: readonly string[]): readonly Edge[] {
  const edges: Edge[] = userWaits.map((fence) => [USER_SPACE, fence]);
  for (const job of device.jobs) if (job.fence !== null) edges.push([job.fence.label, job.name]);
  for (const { fence } of device.orphans) edges.push([fence.label, USER_SPACE]);
  edges.push(...unitEdges(device));
  for (const job of [...device.jobs, ...device.work]) edges.push(...faultEdges(device, job));
  return edges;
}

/** Who waits for a unit waits for the one that runs there, unless that can be put aside. */
function unitEdges(device: TestDevice): readonly Edge[] {
  return device.hardware.waiting.flatMap((job) =>
    device.unitsFor(job).flatMap(({ running }): readonly Edge[] => {
      return running === null ? [] : [[job.name, running.name]];
    }),
  );
}

function faultEdges(device: TestDevice, job: Job): readonly Edge[] {
  if (!job.hasFault) return [];
  const fault = `fault of ${job.name}`;
  const edges: Edge[] = [[job.name, fault]];
  const moved = job.copy?.fence ?? null;
  if (moved !== null) edges.push([fault, moved.label]);
  if (!device.options.isFull || !device.paging.open.includes(job)) return edges;
  edges.push([fault, 'memory']);
  for (const { fence } of device.jobs) if (fence !== null) edges.push(['memory', fence.label]);
  return edges;
}
