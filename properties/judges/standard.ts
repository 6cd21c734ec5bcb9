import type { Schedules } from '../run/explore.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { EnabledRacesJudge } from './enabled-races.ts';
import { RefinementJudge } from './refinement.ts';
import { LockingJudge } from './locking.ts';
import { QuiescenceJudge } from './quiescence.ts';
import { OwnershipJudge } from './ownership.ts';
import { TracePointsJudge } from './trace-points.ts';
import { ResultJudge } from './results.ts';
import { ViolationJudge } from './violations.ts';

/** The judges that watch every run. */
export const STANDARD_JUDGES: readonly JudgeFactory[] = [
  () => new ViolationJudge(),
  () => new RefinementJudge(),
  () => new LockingJudge(),
  () => new OwnershipJudge(),
  () => new ResultJudge(),
  () => new TracePointsJudge(),
  () => new QuiescenceJudge(),
];

/** Those that watch a search: one that meets states sees, besides, what is possible at once. */
export function judgesOf({ kind }: Schedules): readonly JudgeFactory[] {
  return kind === 'stateful'
    ? [...STANDARD_JUDGES, () => new EnabledRacesJudge()]
    : STANDARD_JUDGES;
}
