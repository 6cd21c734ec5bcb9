import { CoverageMap } from '../explore/guided/coverage-map.ts';
import type { Guided } from '../explore/guided/guided-runs.ts';
import { RunCoverage } from '../explore/guided/run-coverage.ts';
import { sample, type Sampling } from '../explore/sample.ts';
import type { Program } from '../programs/program.ts';
import { exploreGuided } from './explore-guided.ts';
import { type ExploreOptions, guardedRuns } from './explore.ts';

/** What so many runs have reached. */
export interface CurvePoint {
  readonly runs: number;
  readonly pairs: number;
  readonly states: number;
}

/**
 * How many pairs and abstract states a way to draw schedules has reached after so many runs: the
 * same measure for each of them, guided or not.
 */
export function coverageCurve(
  program: Program,
  schedules: Guided | Sampling,
  marks: readonly number[],
  options: Pick<ExploreOptions, 'types' | 'judges'>,
): readonly CurvePoint[] {
  const map = new CoverageMap();
  const machines = new RunCoverage('objects');
  const points: CurvePoint[] = [];
  let runs = 0;
  const note = (): boolean => {
    map.add(machines.reached);
    runs += 1;
    if (marks.includes(runs)) points.push({ runs, pairs: map.pairs.size, states: map.states.size });
    return true;
  };
  const run = guardedRuns(program, { ...options, notes: false, machines });
  if (schedules.kind === 'coverage') exploreGuided(run, machines, schedules, note);
  else sample(run, schedules, note);
  return points;
}
