import type { JudgeName } from '../check/property.ts';
import { ProgramError } from '../programs/operation.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import type { Allowed, Expectation, Forbidden, Play } from './scenario.ts';

/** The judge in whose name it is reported that a scenario did not end as it must. */
export const SCENARIO_JUDGE = 'scenario';

/** What these judges find breaks a promise to the user of the whole stack, in every scenario. */
const ALWAYS: Forbidden = {
  deadlock: ['E2E-012'],
  livelock: ['E2E-012'],
  leak: ['E2E-013'],
};

/** What is wrong with one run of a play: how it ended, then what the judges hold against it. */
export function judgePlay(play: Play, run: Run): readonly Finding[] {
  const isFree = run.program.world.time === 'free';
  const late = isFree ? play.allowsInFreeTime : [];
  const allowed: ReadonlySet<string> = new Set(play.allows);
  const judged = run.findings
    .filter((finding) => !allowed.has(finding.judge) && !late.some((one) => covers(one, finding)))
    .map((finding) => named(finding, play));
  const mayBlock = allowed.has('deadlock') && run.blocked.length > 0;
  if (!run.isOver && !mayBlock) return judged;
  const ended = play.expectations.flatMap((one): Finding[] => {
    if (isFree && one.isTimed === true) return [];
    const message = messageOf(one, play, run);
    if (message === null) return [];
    const { rules } = one;
    return [{ rules, judge: SCENARIO_JUDGE, message, step: run.world.steps, expected: null }];
  });
  return [...ended, ...judged];
}

function covers({ judge, says }: Allowed, finding: Finding): boolean {
  return finding.judge === judge && finding.message.includes(says);
}

function named(finding: Finding, { forbids }: Play): Finding {
  const judge = finding.judge as JudgeName; // Judges outside the list have no rules here.
  const rules = [...finding.rules, ...(forbids[judge] ?? []), ...(ALWAYS[judge] ?? [])];
  return { ...finding, rules: [...new Set(rules)] };
}

function messageOf({ holds }: Expectation, play: Play, run: Run): string | null {
  try {
    return holds(run);
  } catch (error) {
    // A smaller program may lack what is looked at in the end; the play's own may not.
    if (!(error instanceof ProgramError || error instanceof TypeError)) throw error;
    return run.program === play.program ? `what is looked at is missing: ${error.message}` : null;
  }
}
