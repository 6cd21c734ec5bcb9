import { LITMUS } from '../litmus/index.ts';
import { judgeLitmus } from '../litmus/judge-litmus.ts';
import type { Litmus } from '../litmus/litmus.ts';
import { EVERY_STATE, isReproduced, LITMUS_RUNS_MAX, runLitmus } from '../litmus/run-litmus.ts';
import { STATE_JUDGES } from '../judges/standard.ts';
import { explore } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { type Failure, typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { Met, StageResult } from './report.ts';

export interface LitmusStage extends StageResult {
  readonly total: number;
  readonly reproduced: number;
}

/** Searches every state of every litmus program; with a fault, until the first surprise. */
export function checkLitmus(options: CheckOptions): LitmusStage {
  const asked = LITMUS.filter((litmus) => isAsked(litmus, options.pattern));
  const findings: Met[] = [];
  const counts = { runs: 0, steps: 0, reproduced: 0 };
  for (const litmus of asked) {
    options.progress(litmus.id);
    const types = typesWith(options.fault);
    const result = runLitmus(litmus, {
      types,
      schedules: EVERY_STATE,
      stopsAtSurprise: options.fault !== null,
    });
    counts.runs += result.runs;
    counts.steps += result.steps;
    if (isReproduced(result)) {
      counts.reproduced += 1;
      continue;
    }
    const failure = firstSurprise(litmus, options);
    if (failure !== null) {
      findings.push({ finding: failure.finding, source: litmus.id, failure });
    } else {
      findings.push({ finding: missingOutcome(litmus, result), source: litmus.id, failure });
    }
  }
  return { ...counts, total: asked.length, findings, weak: [], partial: [] };
}

/** The first run that is not as it should be, with its choices. */
function firstSurprise(litmus: Litmus, options: CheckOptions): Failure | null {
  let failure: Failure | null = null;
  const bounds = `every state of ${litmus.id}`;
  explore(litmus.program, EVERY_STATE, {
    types: typesWith(options.fault),
    judges: STATE_JUDGES,
    view: litmus.observe,
    visit: (run) => {
      const [finding] = judgeLitmus(litmus, run);
      if (finding !== undefined) {
        failure = { program: litmus.program, choices: run.choices, finding, bounds };
      }
      return finding === undefined;
    },
  });
  return failure;
}

function missingOutcome(
  litmus: Litmus,
  { missing, complete }: { missing: readonly string[]; complete: boolean },
): Finding {
  const lost = litmus.outcomes.filter(({ text }) => missing.includes(text));
  const message = complete
    ? `outcomes that the rules allow are never seen: ${missing.join(' | ')}`
    : `more than ${LITMUS_RUNS_MAX} states`;
  const rules = [...new Set(lost.flatMap((outcome) => outcome.rules))];
  return { rules, judge: 'litmus', message, step: null, expected: null };
}

function isAsked({ id, outcomes }: Litmus, pattern: string | null): boolean {
  if (pattern === null || id.includes(pattern)) return true;
  return outcomes.some(({ rules }) => rules.some((rule) => rule.includes(pattern)));
}
