import type { StackTypes } from '../../impl/stack.ts';
import { INTACT } from '../../impl/stack.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Guard } from '../explore/guard.ts';
import type { MistakeReach } from '../faults/mistake-reach.ts';
import { judgesOf } from '../judges/standard.ts';
import { ProgramError } from '../programs/operation.ts';
import { hasOneRun, type Program } from '../programs/program.ts';
import { describeSchedules, type Explored, explore, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import type { JudgeName, Property, Witness } from './property.ts';
import { higher, type Level, levelOf, type ProgramReach } from './reach.ts';
import { whyStuck } from './stuck.ts';

export interface PropertyOptions {
  readonly types?: StackTypes;
  readonly seed: number;
  /** Stop at a finding that names the property's rule, or soon after any other. */
  readonly stopsAtFinding?: boolean;
  /** A first look: few schedules of each program; sets of outcomes only where these are all. */
  readonly isQuick?: boolean;
  /** So many schedules of each program are a first look; default: `QUICK.runsMax`. */
  readonly lookRunsMax?: number;
  /** Whose classes `types` are: a first look leaves programs that do not come to a mistake. */
  readonly reach?: MistakeReach;
  /** Makes some runs twice; see `ExploreOptions.guard`. */
  readonly guard?: Guard;
  /** See `ExploreOptions.sampling`. */
  readonly sampling?: number;
}

/** A finding with what is needed to show it again. */
export interface Broken {
  readonly finding: Finding;
  readonly program: Program;
  /** The choices of the run; null when it takes several runs to see it (sets of outcomes). */
  readonly choices: readonly number[] | null;
  /** What was searched, in words. */
  readonly bounds: string;
}

export interface PropertyResult {
  readonly property: Property;
  readonly broken: readonly Broken[];
  readonly witnesses: Readonly<Record<string, number>>;
  /** All of them, also those that were sampled before a search. */
  readonly runs: number;
  readonly steps: number;
  /** The runs that were sampled before a search. */
  readonly sampled: number;
  /** Of each program whose search no finding has ended. */
  readonly reach: readonly ProgramReach[];
  /** Programs of which no level of schedules is complete, and what was run of them. */
  readonly partial: readonly string[];
}

/** At most so many findings are kept of one property: more say nothing new. */
const BROKEN_MAX = 5;
/** Other judges may speak before the property's own rule is named: so many runs more. */
const RUNS_AFTER_FINDING = 300;
/** Runs that do not end are long. */
const STEPS_AFTER_FINDING = 100_000;

function defaultSchedules(program: Program, seed: number): readonly Schedules[] {
  if (program.tasks.length < 2 && program.world.failuresMax === 0) {
    return [{ kind: 'all', runsMax: 500 }];
  }
  return [
    { kind: 'bounded', preemptions: 2, runsMax: 5000 },
    { kind: 'random', runs: 200, seed },
  ];
}

/** Where no level is complete otherwise, this one is at least. */
const WITHOUT_PREEMPTION: Schedules = { kind: 'bounded', preemptions: 0, runsMax: 2000 };

/** Enough to see what most mistakes do. */
const QUICK = { kind: 'bounded', preemptions: 1, runsMax: 60 } as const;

/** Where the property itself preempts nobody, its first look does not either. */
function firstLook([first]: readonly Schedules[], runsMax: number): readonly Schedules[] {
  const isInTurn = first?.kind === 'bounded' && first.preemptions === 0;
  return [{ ...QUICK, runsMax, ...(isInTurn ? { preemptions: 0 } : {}) }];
}

/** A first look leaves a program none of whose first runs came to the mistake. */
const QUICK_UNREACHED_MAX = 2;

/** Runs every program of a property under its schedules, with all judges on. */
export function runProperty(property: Property, options: PropertyOptions): PropertyResult {
  const state = new PropertyRun(property, options);
  for (const program of property.programs) {
    if (state.isDone) break;
    state.runProgram(program);
  }
  return state.result();
}

class PropertyRun {
  private readonly property: Property;
  private readonly options: PropertyOptions;
  private readonly broken: Broken[] = [];
  private readonly seen = new Set<string>();
  private namesOwnRule = false;
  private runsAtFinding = 0;
  private stepsAtFinding = 0;
  private readonly witnesses: Record<string, number> = {};
  private runs = 0;
  private steps = 0;
  private sampled = 0;
  private readonly reach: ProgramReach[] = [];
  private readonly partial: string[] = [];
  /** The schedules of the current program that were run, or are. */
  private bounds = '';
  /** Runs of the current program that did not come to the mistake; no number once one did. */
  private unreached = 0;

  constructor(property: Property, options: PropertyOptions) {
    this.property = property;
    this.options = options;
    for (const name of Object.keys(property.witness)) this.witnesses[name] = 0;
  }

  get isDone(): boolean {
    const { length } = this.broken;
    if (length === 0 || length >= BROKEN_MAX) return length > 0;
    if (this.options.stopsAtFinding !== true) return false;
    if (this.namesOwnRule || this.runs >= this.runsAtFinding + RUNS_AFTER_FINDING) return true;
    return this.steps >= this.stepsAtFinding + STEPS_AFTER_FINDING;
  }

  runProgram(program: Program): void {
    const isQuick = this.options.isQuick === true;
    const full = this.property.schedules ?? defaultSchedules(program, this.options.seed);
    const { lookRunsMax = QUICK.runsMax } = this.options;
    const schedules = isQuick ? firstLook(full, lookRunsMax) : [...full, WITHOUT_PREEMPTION];
    const outcomes = new Set<string>();
    let complete: Level = null;
    let hasSeenAll = false;
    const searched: string[] = [];
    this.unreached = 0;
    for (const kind of schedules) {
      if (this.isDone) return;
      if (kind === WITHOUT_PREEMPTION && complete !== null) break;
      searched.push(describeSchedules(kind));
      this.bounds = searched.join(', then ');
      const explored = this.search(program, kind, outcomes);
      if (explored === null) return;
      complete = higher(complete, levelOf(explored));
      hasSeenAll ||= explored.isExhaustive;
      if (explored.isComplete) break;
    }
    this.noteReach(program, complete);
    if ((isQuick && !hasSeenAll) || hasOneRun(program)) return;
    const message = this.property.outcomes?.(outcomes, program) ?? null;
    if (message !== null && !this.isDone) {
      const { bounds } = this;
      this.broken.push({ finding: this.claim(message), program, choices: null, bounds });
    }
  }

  /** Null when some run cannot go on: what an earlier call had to make is not there. */
  private search(program: Program, kind: Schedules, outcomes: Set<string>): Explored | null {
    try {
      return explore(program, kind, {
        types: this.options.types ?? INTACT,
        ...judgesOf(kind),
        ...(this.options.guard === undefined ? {} : { guard: this.options.guard }),
        ...(this.options.sampling === undefined ? {} : { sampling: this.options.sampling }),
        visit: (run, isSampled) => this.visit(run, isSampled, outcomes),
      });
    } catch (error) {
      const finding = this.claim(`${program.name}: ${whyStuck(error)}`);
      this.namesOwnRule = true;
      this.broken.push({ finding, program, choices: null, bounds: this.bounds });
      return null;
    }
  }

  /** A search that a finding has ended says nothing about what it left out. */
  private noteReach({ name }: Program, complete: Level): void {
    if (this.isDone) return;
    const { bounds } = this;
    this.reach.push({ program: name, complete, bounds });
    if (complete === null) this.partial.push(`${name}: ${bounds}`);
  }

  private visit(run: Run, isSampled: boolean, outcomes: Set<string>): boolean {
    outcomes.add(run.outcome);
    for (const [name, witness] of Object.entries(this.property.witness)) {
      if (isReached(witness, run)) this.witnesses[name] = (this.witnesses[name] ?? 0) + 1;
    }
    this.runs += 1;
    this.steps += run.world.steps;
    if (isSampled) this.sampled += 1;
    for (const finding of judgeRun(this.property, run)) this.keep(finding, run);
    return !this.isDone && !this.isUnreached();
  }

  private isUnreached(): boolean {
    const { reach } = this.options;
    if (reach === undefined) return false;
    if (reach.takeReached()) this.unreached = -Infinity;
    this.unreached += 1;
    return this.unreached >= QUICK_UNREACHED_MAX;
  }

  /** One finding of each judge about each set of rules: more of them say nothing new. */
  private keep(finding: Finding, run: Run): void {
    const key = `${finding.judge} ${finding.rules.join(' ')}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (this.broken.length === 0) {
      this.runsAtFinding = this.runs;
      this.stepsAtFinding = this.steps;
    }
    if (finding.rules.includes(this.property.rules[0])) this.namesOwnRule = true;
    const { bounds } = this;
    this.broken.push({ finding, program: run.program, choices: run.choices, bounds });
  }

  private claim(message: string): Finding {
    return claimBroken(this.property, message, null);
  }

  result(): PropertyResult {
    const { property, broken, witnesses, runs, steps, sampled, reach, partial } = this;
    return { property, broken, witnesses, runs, steps, sampled, reach, partial };
  }
}

/** A run that crashed early may lack what the witness looks at. */
function isReached(witness: Witness, run: Run): boolean {
  try {
    return witness.when(run);
  } catch (error) {
    if (error instanceof ProgramError || error instanceof TypeError) return false;
    throw error;
  }
}

/** What is wrong with one run, in the eyes of a property: its own claim, then the judges'. */
export function judgeRun(property: Property, run: Run): readonly Finding[] {
  const message = claimOf(property, run);
  const judged = judgedIn(property, run);
  if (message === null) return judged;
  return [claimBroken(property, message, run.world.steps), ...judged];
}

/** What the judges found that the property does not allow, named after its rule if it forbids it. */
export function judgedIn(property: Property, run: Run): readonly Finding[] {
  const findings: Finding[] = [];
  for (const finding of run.findings) {
    const judge = finding.judge as JudgeName; // Judges outside the list are never allowed.
    if (property.allows?.includes(judge) === true) continue;
    const isForbidden = property.forbids?.includes(judge) === true;
    findings.push(isForbidden ? named(finding, property.rules) : finding);
  }
  return findings;
}

/** What the property itself says about one run; null when it has nothing to say against it. */
function claimOf(property: Property, run: Run): string | null {
  try {
    if (property.outcomes !== undefined && hasOneRun(run.program)) {
      const message = property.outcomes(new Set([run.outcome]), run.program);
      if (message !== null) return message;
    }
    if (endsWrong(property, run)) return `${run.program.name}: no rule allows ${run.outcome}`;
    const mayBlock = property.allows?.includes('deadlock') === true;
    const isJudged = run.isOver || (run.blocked.length > 0 && mayBlock);
    return isJudged ? (property.holds?.(run) ?? null) : null;
  } catch (error) {
    // A program with fewer calls may lack what the claim asks for; the property's own may not.
    const isWhole = property.programs.includes(run.program);
    if (error instanceof ProgramError && !isWhole) return null;
    if (!(error instanceof ProgramError || error instanceof TypeError)) throw error;
    return `${run.program.name}: what the claim is about is missing: ${error.message}`;
  }
}

/** Outcomes are those of whole programs: with a call less, each is another one. */
function endsWrong({ programs, mayEnd }: Property, run: Run): boolean {
  const { program } = run;
  if (mayEnd === undefined || mayEnd(run.outcome, program)) return false;
  const whole = programs.find(({ name }) => name === program.name);
  return whole !== undefined && callCounts(whole) === callCounts(program);
}

function callCounts({ setup, tasks, teardown }: Program): string {
  return [setup, ...tasks.map(({ calls }) => calls), teardown]
    .map(({ length }) => length)
    .join(' ');
}

function claimBroken(property: Property, message: string, step: number | null): Finding {
  return { rules: property.rules, judge: 'property', message, step, expected: null };
}

function named(finding: Finding, rules: readonly RuleId[]): Finding {
  return { ...finding, rules: [...new Set([...rules, ...finding.rules])] };
}
