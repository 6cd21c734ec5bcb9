import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import type { RuleId } from '../../../model/rules/catalogue.ts';
import type { Trace } from '../../../traces/trace.ts';
import { explainOn, type Failure, type Stage, writeDown } from '../../check/explain-failure.ts';
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
  /** The world with one that is right. Default: that of the reference drivers. */
  readonly baseline?: StackTypes;
  /** Stands in every trace: what the world has that others have not. */
  readonly driver: string;
  /** Named where a judge knows no rule of its own. */
  readonly duties: RuleId;
  /** What is wrong with a run, besides claims. Default: what the judges found. */
  readonly read?: (run: Run) => readonly Finding[];
  readonly failuresMax: number;
  readonly shrinks: boolean;
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

function findingsOf({ findings }: Run): readonly Finding[] {
  return findings;
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

/** What counts as wrong in a run of a trial, or of a smaller program that came from it. */
function verdictOf(
  { duties, read = findingsOf }: Battery,
  { claim, program }: Pick<Trial, 'claim' | 'program'>,
): Verdict {
  return (run) => {
    const findings = read(run).map((finding) =>
      finding.rules.length === 0 ? { ...finding, rules: [duties] } : finding,
    );
    const isWhole = run.program.tasks.length === program.tasks.length;
    const message = run.isOver && isWhole ? (claim?.(run) ?? null) : null;
    const step = run.world.steps;
    if (message === null) return findings;
    return [{ rules: [duties], judge: 'property', message, step, expected: null }, ...findings];
  };
}

/** Where a failure of the driver is shown, and what it is held against. */
export function stageFor(battery: Battery, trial: Pick<Trial, 'claim' | 'program'>): Stage {
  const { types, driver, baseline = INTACT } = battery;
  const verdict = verdictOf(battery, trial);
  return { types, baseline, verdict, faultId: `${DRIVER}${driver}` };
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
    for (const finding of causes(verdictOf(this.battery, trial)(run))) {
      const kind = kindOf(finding, this.battery.duties);
      if (this.found.has(kind)) continue;
      isNew = true;
      const failure = { program: run.program, choices: run.choices, finding, bounds };
      this.found.set(kind, { trial, failure });
    }
    // Behind a new failure this trial shows it again and again; another one may show another.
    return !isNew;
  }

  private explained(): readonly DriverFailure[] {
    return [...this.found.values()].map(({ trial, failure }) => {
      const stage = stageFor(this.battery, trial);
      const trace = this.battery.shrinks ? explainOn(stage, failure) : writeDown(stage, failure);
      const { rules, message } = trace.verdict;
      // A trace says its rules as words; these came from findings.
      return { rules: rules as readonly RuleId[], message, trace };
    });
  }
}
