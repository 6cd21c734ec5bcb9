import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import type { RuleId } from '../../../model/rules/catalogue.ts';
import type { Trace } from '../../../traces/trace.ts';
import { explainOn, type Failure } from '../../check/explain-failure.ts';
import { judgesOf } from '../../judges/standard.ts';
import { describeSchedules, explore } from '../../run/explore.ts';
import type { Finding } from '../../run/finding.ts';
import type { Run } from '../../run/run.ts';
import type { Verdict } from '../../shrink/candidate.ts';
import { DRIVER } from '../../../traces/trace.ts';
import type { Trial } from './trial.ts';

/** What runs, against what, and how far. */
export interface Battery {
  readonly trials: readonly Trial[];
  /** The world with the driver under check. */
  readonly types: StackTypes;
  /** Stands in every trace: what the world has that others have not. */
  readonly driver: string;
  /** Named where a judge knows no rule of its own. */
  readonly duties: RuleId;
  readonly failuresMax: number;
}

/** Something that is wrong with the driver. */
export interface DriverFailure {
  readonly rules: readonly RuleId[];
  readonly message: string;
  /** The smallest program and schedule that were found to show it. */
  readonly trace: Trace;
}

/** What a battery has come to. */
export interface BatteryResult {
  readonly failures: readonly DriverFailure[];
  readonly programs: number;
  readonly runs: number;
  readonly steps: number;
}

/** One finding about a rule is enough; where only duties are named, one of each judge. */
function kindOf({ judge, rules }: Finding, duties: RuleId): string {
  const [rule = duties] = rules;
  return rule === duties ? `${judge} ${rule}` : rule;
}

/** What is left at the end of a run is mostly a consequence of what went wrong before. */
const ENDS: ReadonlySet<string> = new Set(['leak', 'deadlock', 'livelock']);

function causes(findings: readonly Finding[]): readonly Finding[] {
  const before = findings.filter(({ judge }) => !ENDS.has(judge));
  if (before.length === 0) return findings;
  // A machine says that something is forbidden, other judges why.
  return before.toSorted((a, b) => Number(isFormal(a)) - Number(isFormal(b)));
}

function isFormal({ judge }: Finding): boolean {
  return judge === 'refinement';
}

/** Runs every trial. The search goes on behind a failure: a driver may have several mistakes. */
export function runBattery(battery: Battery): BatteryResult {
  return new BatteryRun(battery).result();
}

class BatteryRun {
  private readonly battery: Battery;
  private readonly found = new Map<string, { readonly trial: Trial; readonly failure: Failure }>();
  private runs = 0;
  private steps = 0;
  private programs = 0;

  constructor(battery: Battery) {
    this.battery = battery;
  }

  result(): BatteryResult {
    for (const trial of this.battery.trials) {
      if (this.found.size >= this.battery.failuresMax) break;
      this.programs += 1;
      this.run(trial);
    }
    const { runs, steps, programs } = this;
    return { failures: this.explained(), runs, steps, programs };
  }

  private run(trial: Trial): void {
    const { types } = this.battery;
    for (const schedules of trial.schedules) {
      const explored = explore(trial.program, schedules, {
        types,
        ...judgesOf(schedules),
        sampling: 0,
        visit: (run) => this.visit(trial, run, describeSchedules(schedules)),
      });
      if (explored.isExhaustive) return;
    }
  }

  private visit(trial: Trial, run: Run, bounds: string): boolean {
    this.runs += 1;
    this.steps += run.world.steps;
    let isNew = false;
    for (const finding of causes(this.verdictOn(trial)(run))) {
      const kind = kindOf(finding, this.battery.duties);
      if (this.found.has(kind)) continue;
      isNew = true;
      const failure = { program: run.program, choices: run.choices, finding, bounds };
      this.found.set(kind, { trial, failure });
    }
    // Behind a new failure this trial shows it again and again; another one may show another.
    return !isNew;
  }

  private verdictOn({ claim, program }: Trial): Verdict {
    const { duties } = this.battery;
    return (run) => {
      const findings = run.findings.map((finding) =>
        finding.rules.length === 0 ? { ...finding, rules: [duties] } : finding,
      );
      const isWhole = run.program.tasks.length === program.tasks.length;
      const message = run.isOver && isWhole ? (claim?.(run) ?? null) : null;
      const step = run.world.steps;
      if (message === null) return findings;
      return [{ rules: [duties], judge: 'property', message, step, expected: null }, ...findings];
    };
  }

  private explained(): readonly DriverFailure[] {
    const { types, driver } = this.battery;
    return [...this.found.values()].map(({ trial, failure }) => {
      const verdict = this.verdictOn(trial);
      const trace = explainOn(
        { types, baseline: INTACT, verdict, faultId: `${DRIVER}${driver}` },
        failure,
      );
      const { rules, message } = trace.verdict;
      // A trace says its rules as words; these came from findings.
      return { rules: rules as readonly RuleId[], message, trace };
    });
  }
}
