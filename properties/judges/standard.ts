import type { Schedules } from '../run/explore.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { BufferCallsJudge } from './buffer-calls.ts';
import { AttachmentsJudge } from './attachments.ts';
import { ChainsJudge } from './chains.ts';
import { E2eJudge } from './e2e/e2e-judge.ts';
import { EnabledRacesJudge } from './enabled-races.ts';
import { HardwareJudge } from './hardware.ts';
import { RefinementJudge } from './refinement.ts';
import { MappedPagesJudge } from './mapped-pages.ts';
import { JobOrderJudge } from './job-order.ts';
import { LockingJudge } from './locking.ts';
import { QuiescenceJudge } from './quiescence.ts';
import { RacesJudge } from './races.ts';
import { OwnershipJudge } from './ownership.ts';
import { TracePointsJudge } from './trace-points.ts';
import { ResultJudge } from './results.ts';
import { ViolationJudge } from './violations.ts';
import { WalksJudge } from './walks.ts';

/** The judges that watch every run. */
export const STANDARD_JUDGES: readonly JudgeFactory[] = [
  () => new ViolationJudge(),
  () => new RefinementJudge(),
  () => new WalksJudge(),
  () => new LockingJudge(),
  () => new BufferCallsJudge(),
  () => new OwnershipJudge(),
  () => new JobOrderJudge(),
  () => new ChainsJudge(),
  () => new AttachmentsJudge(),
  () => new MappedPagesJudge(),
  () => new ResultJudge(),
  () => new TracePointsJudge(),
  () => new HardwareJudge(),
  () => new E2eJudge(),
  () => new QuiescenceJudge(),
];

/**
 * Those that watch a run made for itself: a random one, or one that is made again to be shown. It
 * shows by clocks what a search of states sees enabled at once, so a finding of either stays.
 */
export const SINGLE_RUN_JUDGES: readonly JudgeFactory[] = [
  ...STANDARD_JUDGES,
  () => new RacesJudge(),
];

/** Those that watch a search: one that meets states sees, besides, what is possible at once. */
const STATE_JUDGES: readonly JudgeFactory[] = [...STANDARD_JUDGES, () => new EnabledRacesJudge()];

/** Who watches an exploration: its search, and the random runs that it makes or that come first. */
export interface ExplorationJudges {
  readonly judges: readonly JudgeFactory[];
  readonly sampledJudges: readonly JudgeFactory[];
}

export function judgesOf({ kind }: Schedules): ExplorationJudges {
  const judges = kind === 'stateful' ? STATE_JUDGES : STANDARD_JUDGES;
  return { judges, sampledJudges: SINGLE_RUN_JUDGES };
}
