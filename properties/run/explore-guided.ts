import { Guide, type CoverageReport } from '../explore/guided/guide.ts';
import { type Guided, type GuidedRuns, guidedRuns } from '../explore/guided/guided-runs.ts';
import type { Choices } from '../explore/guided/mutate-schedule.ts';
import type { RunCoverage } from '../explore/guided/run-coverage.ts';
import type { Runner } from '../explore/guard.ts';
import type { Run } from './run.ts';

export interface GuidedExplored {
  readonly runs: number;
  readonly steps: number;
  readonly coverage: CoverageReport;
}

/**
 * Schedules that go on from those that reached something new, up to so many runs. `coverage` hears
 * of each of them.
 */
export function exploreGuided(
  run: Runner<Run>,
  coverage: RunCoverage,
  schedules: Guided,
  visit: (run: Run) => boolean,
): GuidedExplored {
  const guide = new Guide<Choices>(schedules);
  const counts = { runs: 0, steps: 0 };
  for (let number = 0; ; number += 1) {
    const job = guide.job(number);
    if (job === null) break;
    const batch: GuidedRuns = guidedRuns(run, coverage, job, visit);
    counts.runs += batch.runs;
    counts.steps += batch.steps;
    guide.merge(batch.kept);
    if (batch.isStopped) break;
  }
  return { ...counts, coverage: guide.report() };
}
