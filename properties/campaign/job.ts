import { isRuleId } from '../../model/rules/catalogue.ts';
import type { Trace } from '../../traces/trace.ts';
import { failureOf, type DrawnFailure, stuckDrawn } from '../check/draw-batch.ts';
import { explain, typesWith, verdictFor } from '../check/found.ts';
import { fuzzBatch, type FuzzInput } from '../check/fuzz-batch.ts';
import { type Guard, guardInTurn } from '../explore/guard.ts';
import { CoverageMap } from '../explore/guided/coverage-map.ts';
import { Guide } from '../explore/guided/guide.ts';
import { RunCoverage } from '../explore/guided/run-coverage.ts';
import { sample } from '../explore/sample.ts';
import type { Fault } from '../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import type { Program, ProgramWorld } from '../programs/program.ts';
import { exploreGuided } from '../run/explore-guided.ts';
import { guardedRuns } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import {
  type Chance,
  type Configuration,
  configurationOf,
  describeConfiguration,
} from './configuration.ts';
import { signatureOf } from './signature.ts';
import { drawPrograms, writtenProgram } from './sources.ts';

/** A job is its number in a campaign, which is its seed. */
export interface CampaignJob {
  readonly seed: number;
  readonly number: number;
}

/** Something that a job has found, made as small as it gets. */
export interface JobFinding {
  readonly signature: string;
  readonly finding: Finding;
  /** Null when the run cannot go on, so that nothing can be replayed. */
  readonly trace: Trace | null;
}

/** What a job came to: a function of the job and of the code, whoever does it. */
export interface JobDone {
  readonly runs: number;
  readonly steps: number;
  /** The transitions of machines that it reached, in order. */
  readonly pairs: readonly string[];
  /** One for each signature. */
  readonly findings: readonly JobFinding[];
}

/** A job ends behind the run that reaches this, so that none holds others up. Unit: steps. */
const STEPS_MAX = 20_000;
/** Making failures small is slow, and more than this say little. */
const FAILURES_MAX = 3;
/** So much of the usual effort for each of them: among many jobs the smallest one is kept anyway. */
const PATIENCE = 0.06;

/** Does one job of a campaign. */
export function campaignJob({ seed, number }: CampaignJob, fault: Fault | null): JobDone {
  const configuration = configurationOf(seed, number);
  try {
    const work = new Work(fault, guardInTurn(number));
    work.perform(configuration);
    return work.done(describeConfiguration(configuration));
  } catch (cause) {
    const what = describeConfiguration(configuration);
    throw new Error(`job ${number} of campaign ${seed} (${what}) cannot be done`, { cause });
  }
}

class Work {
  private readonly fault: Fault | null;
  private readonly guard: Guard;
  private readonly counts = { runs: 0, steps: 0 };
  private readonly map = new CoverageMap();
  /** The first failure of each judge about each set of rules. */
  private readonly failures = new Map<string, DrawnFailure>();

  constructor(fault: Fault | null, guard: Guard) {
    this.fault = fault;
    this.guard = guard;
  }

  private get isSpent(): boolean {
    return this.counts.steps >= STEPS_MAX || this.failures.size >= FAILURES_MAX;
  }

  perform(configuration: Configuration): void {
    switch (configuration.kind) {
      case 'mutated':
        this.mutate(configuration);
        break;
      case 'drawn':
        for (const [index, program] of drawPrograms(configuration.draw).entries()) {
          if (this.isSpent) break;
          const { schedules } = configuration;
          const seed = schedules.seed + index * schedules.runs;
          this.explore(machine(program, configuration), { ...schedules, seed });
        }
        break;
      case 'written': {
        const program = writtenProgram(configuration.source, configuration.index);
        this.explore(machine(program, configuration), configuration.schedules);
        break;
      }
      default:
        configuration satisfies never;
    }
  }

  done(bounds: string): JobDone {
    const { counts, map, fault } = this;
    const findings = new Map<string, JobFinding>();
    for (const met of [...this.failures.values()].slice(0, FAILURES_MAX)) {
      const failure = failureOf(met, bounds);
      const trace = failure === null ? null : explain(failure, fault, PATIENCE);
      const finding = trace === null ? met.finding : shown(trace);
      const program = trace === null ? met.program : trace.program;
      const signature = signatureOf(finding, program);
      if (!findings.has(signature)) findings.set(signature, { signature, finding, trace });
    }
    return { ...counts, pairs: [...map.pairs].toSorted(), findings: [...findings.values()] };
  }

  private mutate({ seed, runs }: { readonly seed: number; readonly runs: number }): void {
    const guide = new Guide<FuzzInput>({ seed, runs });
    for (let number = 0; !this.isSpent; number += 1) {
      const job = guide.job(number);
      if (job === null) break;
      const batch = fuzzBatch({ ...job, isGuarded: this.guard.isDue() }, this.fault);
      this.counts.runs += batch.runs;
      this.counts.steps += batch.steps;
      for (const { reached } of batch.kept) this.map.add(reached);
      for (const [key, failure] of batch.failures) this.keep(key, failure);
      guide.merge(batch.kept);
    }
  }

  private explore(program: Program, schedules: Chance): void {
    const machines = new RunCoverage('kinds');
    const { guard } = this;
    const types = typesWith(this.fault);
    const run = guardedRuns(program, { types, judges: SINGLE_RUN_JUDGES, guard, machines });
    const verdict = verdictFor(program, 'property');
    const visit = (made: Run): boolean => {
      this.counts.runs += 1;
      this.counts.steps += made.world.steps;
      this.map.add(machines.reached);
      const choices = [...made.choices];
      for (const finding of verdict(made)) {
        this.keep(`${finding.judge} ${finding.rules.join(' ')}`, { program, choices, finding });
      }
      return !this.isSpent;
    };
    try {
      if (schedules.kind === 'coverage') exploreGuided(run, machines, schedules, visit);
      else sample(run, schedules, visit);
    } catch (error) {
      const stuck = stuckDrawn(program, error);
      this.keep(stuck.finding.message, stuck);
    }
  }

  private keep(key: string, failure: DrawnFailure): void {
    if (!this.failures.has(key)) this.failures.set(key, failure);
  }
}

/** What the trace shows, which is what was found, in a smaller program. */
function shown({ verdict }: Trace): Finding {
  const { judge, message, step, expected } = verdict;
  return { rules: verdict.rules.filter(isRuleId), judge, message, step, expected };
}

/** The program on the machine of the configuration. */
function machine(
  program: Program,
  {
    time,
    memory,
  }: { readonly time: ProgramWorld['time'] | null; readonly memory: ProgramWorld['memory'] | null },
): Program {
  const world = {
    ...program.world,
    ...(time === null ? {} : { time }),
    ...(memory === null || memory === undefined ? {} : { memory }),
  };
  return { ...program, world };
}
