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

/** The judges of a search of states: in a state one sees what is possible at once. */
export const STATE_JUDGES: readonly JudgeFactory[] = [
  ...STANDARD_JUDGES,
  () => new EnabledRacesJudge(),
];
