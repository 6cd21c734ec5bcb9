import type { EventName } from '../../model/events.ts';
import type { CallRecord } from '../run/history.ts';
import type { Sighting } from '../run/log.ts';
import type { Run } from '../run/run.ts';

/** The events of this name that the object with this label took, in order. */
export function sighted(run: Run, label: string, name: EventName): Sighting[] {
  return run.sightings.filter(
    (sighting) =>
      sighting.kind === 'event' && sighting.name === name && sighting.object.label === label,
  );
}

/** The only call of `op` that a task made; undefined when it did not get there. */
export function callOf(run: Run, task: string, op: string): CallRecord | undefined {
  return run.calls.find((record) => record.task === task && record.call.op === op);
}

/** The first call had returned when the second began. */
export function precedes(first: CallRecord, second: CallRecord): boolean {
  return first.end !== null && first.end < second.begin;
}

/** Both calls were made, and neither had returned when the other began. */
export function overlap(first: CallRecord | undefined, second: CallRecord | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  return !precedes(first, second) && !precedes(second, first);
}
