import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { Schedules } from '../run/explore.ts';
import type { Sighting } from '../run/log.ts';
import type { Run } from '../run/run.ts';

/** Where a race is between two calls, one preemption shows both orders of any two steps. */
export const ONE_PREEMPTION: readonly Schedules[] = [
  { kind: 'bounded', preemptions: 1, runsMax: 2000 },
];

/** A buffer `b` of the system heap, with nothing to wait for. */
export const IDLE = 'heap.addAll(); b = heap.buffer(4096)';

/** The same with fences in its slots, in this order. */
export function pending(usages: Readonly<Record<string, string>>): string {
  const adds = Object.entries(usages).map(
    ([name, usage]) => `${name} = fence.create(); dmabuf.add(b, ${name}, ${usage})`,
  );
  return [IDLE, ...adds].join('; ');
}

export function bufferOf(run: Run): DmaBuf {
  return run.environment.find('b.buffer', DmaBuf);
}

/** The step at which a fence signaled; Infinity if it did not. */
export function signaledAt(run: Run, name: string): number {
  const fence = run.environment.fence(name);
  const found = run.sightings.find(
    (sighting) => sighting.object === fence && sighting.name === 'signal' && sighting.result === 0,
  );
  return found?.step ?? Number.POSITIVE_INFINITY;
}

/** What happened to the callbacks of the two directions, in order. */
export function slotEvents(run: Run, name: 'add' | 'refuse' | 'run'): readonly Sighting[] {
  const { pollIn, pollOut } = bufferOf(run);
  return run.sightings.filter(
    ({ object, name: happened }) =>
      happened === name && (object === pollIn.callback || object === pollOut.callback),
  );
}

/** The cache maintenance that devices saw, by its trace points. */
export function maintenance(run: Run): readonly Sighting[] {
  return run.sightings.filter(({ name }) => name.startsWith('dma_sync_sg'));
}
