import { LITMUS } from '../index.ts';
import type { Litmus } from '../litmus.ts';
import { EVERY_STATE, isReproduced, type LitmusResult, runLitmus } from '../run-litmus.ts';
import { silencing } from './silence.ts';

/** A litmus program, how many runs it has, and which points they pass. */
interface Reach {
  readonly tested: Litmus;
  readonly runs: number;
  readonly points: ReadonlySet<number>;
}

/** What happened when one point was silent. */
export interface Mutant {
  readonly point: number;
  /** Litmus programs that pass the point. */
  readonly reachedBy: number;
  /** The program that noticed, and what it noticed; null when none did. */
  readonly noticedBy: { readonly id: string; readonly how: string } | null;
}

/** Runs every litmus program as it is; they must all be reproduced. @public called in the copy */
export function measureReach(): Reach[] {
  silencing.point = -1;
  return LITMUS.map((tested) => {
    silencing.reached.clear();
    const result = runLitmus(tested, { schedules: EVERY_STATE });
    if (!isReproduced(result)) throw new Error(`${tested.id} is not reproduced to begin with`);
    return { tested, runs: result.runs, points: new Set(silencing.reached) };
  }).toSorted((a, b) => a.runs - b.runs);
}

/**
 * Silences one point and runs the programs that pass it, small ones first, until one notices.
 *
 * @public called in the copy
 */
export function tryPoint(point: number, reach: readonly Reach[]): Mutant {
  const candidates = reach.filter(({ points }) => points.has(point));
  silencing.point = point;
  for (const { tested } of candidates) {
    const how = difference(runLitmus(tested, { schedules: EVERY_STATE, stopsAtSurprise: true }));
    if (how === null) continue;
    silencing.point = -1;
    return { point, reachedBy: candidates.length, noticedBy: { id: tested.id, how } };
  }
  silencing.point = -1;
  return { point, reachedBy: candidates.length, noticedBy: null };
}

function difference(result: LitmusResult): string | null {
  const { unexpected, findings, missing, complete } = result;
  const [surprise] = unexpected;
  if (surprise !== undefined) return `unexpected: ${surprise}`;
  const [finding] = findings;
  if (finding !== undefined) return `${finding.judge}: ${finding.message}`;
  const [lost] = missing;
  return complete && lost !== undefined ? `never: ${lost}` : null;
}
