import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { EventName, Tracepoint } from '../../../model/events.ts';
import { MockIssuer } from '../../programs/mock-issuer.ts';
import type { Sighting } from '../../run/log.ts';
import type { Run } from '../../run/run.ts';

/** What is wrong with a run, or null. */
export type Claim = (run: Run) => string | null;

/** The issuer of a fence that the program has made. */
export function issuerOf(run: Run, fence: string): MockIssuer {
  const { ops } = run.environment.fence(fence);
  if (ops instanceof MockIssuer) return ops;
  throw new Error(`${fence} has no mock issuer`);
}

/** How often the kernel complained with `WARN`. */
export function warnings(run: Run): number {
  return run.violations.filter((violation) => violation.kind === 'warn').length;
}

/** What the calls of a task returned, without those that return nothing. */
export function answers(run: Run, task: string): string {
  const told = run.resultsOf(task).filter((result) => result !== null);
  return told.join(' | ');
}

/** Holds when a task got exactly these answers. */
export function answered(run: Run, task: string, expected: string): string | null {
  const actual = answers(run, task);
  return actual === expected ? null : `${task} got (${actual}), expected (${expected})`;
}

/** Holds when two values are equal. */
export function same<T>(what: string, actual: T, expected: T): string | null {
  if (actual === expected) return null;
  return `${what}: ${String(actual)}, expected ${String(expected)}`;
}

/** The first complaint of several; null when there is none. */
export function firstOf(...complaints: readonly (string | null)[]): string | null {
  return complaints.find((complaint) => complaint !== null) ?? null;
}

/** Each program has a claim of its own. */
export function byProgram(claims: Readonly<Record<string, Claim>>): Claim {
  return (run) => {
    const claim = claims[run.program.name];
    if (claim === undefined) throw new Error(`no claim for program ${run.program.name}`);
    return claim(run);
  };
}

/** What was seen of one object, or of all, under one of these names. */
export function seen(
  run: Run,
  object: KernelObject | null,
  ...names: readonly (EventName | Tracepoint)[]
): readonly Sighting[] {
  return run.sightings.filter(
    (sighting) => (object === null || sighting.object === object) && names.includes(sighting.name),
  );
}

/** The position of the first sighting under a name; -1 when there is none. */
export function firstSeen(run: Run, object: KernelObject, name: EventName | Tracepoint): number {
  return run.sightings.findIndex(
    (sighting) => sighting.object === object && sighting.name === name,
  );
}
