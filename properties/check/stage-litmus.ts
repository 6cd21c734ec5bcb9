import { LITMUS } from '../litmus/index.ts';
import { judgeLitmus } from '../litmus/judge-litmus.ts';
import type { Litmus, Tested } from '../litmus/litmus.ts';
import { EVERY_STATE, isReproduced, runLitmus } from '../litmus/run-litmus.ts';
import { judgesOf } from '../judges/standard.ts';
import { describeSchedules, explore, type Schedules } from '../run/explore.ts';
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
  const done = new LitmusCheck(options, EVERY_STATE);
  for (const litmus of asked) done.check(litmus);
  const { runs, steps, sampled, reproduced, findings } = done;
  return { runs, steps, sampled, reproduced, total: asked.length, findings, weak: [], partial: [] };
}

/** Explores litmus programs one after the other, and adds up what they show. */
export class LitmusCheck {
  runs = 0;
  steps = 0;
  /** Of the runs, those that came before a search. */
  sampled = 0;
  /** Programs that ended in exactly the ways that are listed. */
  reproduced = 0;
  readonly findings: Met[] = [];
  private readonly options: CheckOptions;
  private readonly schedules: Schedules;

  constructor(options: CheckOptions, schedules: Schedules) {
    this.options = options;
    this.schedules = schedules;
  }

  check(tested: Tested): void {
    const { fault, progress } = this.options;
    progress(tested.id);
    const result = runLitmus(tested, {
      types: typesWith(fault),
      schedules: this.schedules,
      stopsAtSurprise: fault !== null,
    });
    this.runs += result.runs + result.sampled.runs;
    this.steps += result.steps + result.sampled.steps;
    this.sampled += result.sampled.runs;
    if (isReproduced(result)) {
      this.reproduced += 1;
      return;
    }
    const failure = this.firstSurprise(tested);
    const finding = failure?.finding ?? missingOutcome(tested, result);
    this.findings.push({ finding, source: tested.id, failure });
  }

  /** The first run that is not as it should be, with its choices. */
  private firstSurprise(tested: Tested): Failure | null {
    let failure: Failure | null = null;
    const bounds = `${describeSchedules(this.schedules)}, of ${tested.id}`;
    explore(tested.program, this.schedules, {
      types: typesWith(this.options.fault),
      ...judgesOf(this.schedules),
      view: tested.observe,
      visit: (run) => {
        const [finding] = judgeLitmus(tested, run);
        if (finding !== undefined) {
          failure = { program: tested.program, choices: run.choices, finding, bounds };
        }
        return finding === undefined;
      },
    });
    return failure;
  }
}

function missingOutcome(
  litmus: Tested,
  { missing, complete }: { missing: readonly string[]; complete: boolean },
): Finding {
  const lost = litmus.outcomes.filter(({ text }) => missing.includes(text));
  const message = complete
    ? `outcomes that the rules allow are never seen: ${missing.join(' | ')}`
    : 'there is more than was explored';
  const rules = [...new Set(lost.flatMap((outcome) => outcome.rules))];
  return { rules, judge: 'litmus', message, step: null, expected: null };
}

/** What is checked of litmus programs: all, or those that a pattern names or whose rules it names. */
export function isAsked({ id, outcomes }: Litmus, pattern: string | null): boolean {
  if (pattern === null || id.includes(pattern)) return true;
  return outcomes.some(({ rules }) => rules.some((rule) => rule.includes(pattern)));
}
