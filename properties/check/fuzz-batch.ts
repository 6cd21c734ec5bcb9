import { guardOf, type GuidedJob, type Kept, pickParent } from '../explore/guided/guide.ts';
import { CoverageMap } from '../explore/guided/coverage-map.ts';
import { type Choices, freshSchedule, mutatedSchedule } from '../explore/guided/mutate-schedule.ts';
import { RunCoverage } from '../explore/guided/run-coverage.ts';
import type { Fault } from '../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import { buildFromGenes } from '../programs/drawn/arbitrary.ts';
import { freshGenes, type Genes, mutatedGenes } from '../programs/drawn/genes.ts';
import { guardedRuns } from '../run/explore.ts';
import type { Run } from '../run/run.ts';
import { ContinuedStrategy } from '../schedules/continued.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { type DrawnFailure, stuckDrawn } from './draw-batch.ts';
import { typesWith } from './found.ts';

/** A program and the choices of one run of it. */
export interface FuzzInput {
  readonly genes: Genes;
  readonly choices: Choices;
}

export type FuzzJob = GuidedJob<FuzzInput>;

/** What one batch of programs, with a run of each, came to. */
export interface FuzzBatch {
  readonly runs: number;
  readonly steps: number;
  readonly kept: readonly Kept<FuzzInput>[];
  /** The first failure of each judge about each set of rules. */
  readonly failures: readonly (readonly [string, DrawnFailure])[];
}

/** One batch of programs, each of them drawn, or like one that reached something new. */
export function fuzzBatch(job: FuzzJob, fault: Fault | null): FuzzBatch {
  const { seed, runs, parents } = job;
  const types = typesWith(fault);
  const map = new CoverageMap();
  const machines = new RunCoverage('kinds');
  const guard = guardOf(job);
  const kept: Kept<FuzzInput>[] = [];
  const failures = new Map<string, DrawnFailure>();
  let steps = 0;
  for (let index = 0; index < runs; index += 1) {
    const { genes, strategy } = nextInput(new RandomNumbers(seed + index), parents);
    const program = buildFromGenes(genes);
    const options = { types, judges: SINGLE_RUN_JUDGES, notes: false, guard, machines };
    let run: Run;
    try {
      run = guardedRuns(program, options)(strategy);
    } catch (error) {
      const stuck = stuckDrawn(program, error);
      if (!failures.has(stuck.finding.message)) failures.set(stuck.finding.message, stuck);
      continue;
    }
    steps += run.world.steps;
    const choices = [...run.choices];
    const reached = map.news(machines.reached);
    if (reached !== null) kept.push({ input: { genes, choices }, reached });
    for (const finding of run.findings) {
      const key = `${finding.judge} ${finding.rules.join(' ')}`;
      if (!failures.has(key)) failures.set(key, { program, choices, finding });
    }
  }
  return { runs, steps, kept, failures: [...failures] };
}

interface NextInput {
  readonly genes: Genes;
  readonly strategy: Strategy;
}

/**
 * Of those with a parent half get another schedule of the same program. The other half get another
 * program, which begins with the choices of the old one.
 */
function nextInput(numbers: RandomNumbers, parents: readonly FuzzInput[]): NextInput {
  const parent = pickParent(numbers, parents);
  if (parent === null) return { genes: freshGenes(numbers), strategy: freshSchedule(numbers) };
  const { one, other } = parent;
  if (numbers.below(2) === 0) {
    return { genes: one.genes, strategy: mutatedSchedule(numbers, one.choices, other.choices) };
  }
  const genes = mutatedGenes(numbers, one.genes, other.genes);
  return { genes, strategy: new ContinuedStrategy(one.choices, freshSchedule(numbers)) };
}
