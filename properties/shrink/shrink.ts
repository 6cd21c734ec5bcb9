import {
  fewerChoices,
  type Fewest,
  fewestPreemptions,
  PREEMPTIONS_MAX,
} from '../explore/shrink-schedule.ts';
import type { Call, Program, TaskProgram } from '../programs/program.ts';
import {
  type Candidate,
  isTelling,
  replayCandidate,
  type ShrinkContext,
  tryCandidate,
} from './candidate.ts';

/** Runs for each number of preemptions, in the search for a smaller schedule. */
const RUNS_PER_BOUND = 1500;
/** The same for each program with fewer calls: there are many of them. */
const RUNS_PER_CALL = 100;
/** A round that finds nothing smaller ends the search earlier. */
const ROUNDS_MAX = 20;

/** Makes a failing run small: fewer calls first, then fewer preemptions, then fewer choices. */
export function shrink(found: Candidate, context: ShrinkContext): Candidate {
  const simplest = simplerSchedule(found, context);
  let best = simplest.failure;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const smaller = fewerCalls(best, simplest.preemptions, context);
    if (smaller === null) break;
    best = smaller;
  }
  const simple = simplerSchedule(onStage(best, context), context).failure;
  return fewerChoices(simple, (strategy) => tryCandidate(simple.program, strategy, context));
}

/** A failure in the set-up happens where nobody sees it: a task shows it step by step. */
function onStage(from: Candidate, context: ShrinkContext): Candidate {
  const { setup, tasks } = from.program;
  if (tasks.length > 0 || setup.length === 0) return from;
  const task: TaskProgram = { name: 'A', context: 'process', cpu: 0, calls: setup };
  const shown = replayCandidate({ ...from.program, setup: [], tasks: [task] }, [], context);
  return shown !== null && isTelling(shown, context) ? shown : from;
}

/**
 * The first smaller program that still fails in the same way, with no more preemptions: what has
 * fewer calls and takes more of them is harder to read, and most of the work to find.
 */
function fewerCalls(
  from: Candidate,
  preemptionsMax: number,
  context: ShrinkContext,
): Candidate | null {
  const effort = { runsMax: RUNS_PER_CALL, preemptionsMax };
  for (const program of smallerPrograms(from.program)) {
    const found =
      replayCandidate(program, from.choices, context) ??
      search(program, context, effort)?.failure ??
      null;
    if (found !== null && isTelling(found, context)) return found;
  }
  return null;
}

/** The failure with the fewest preemptions, found by iterating the bound. */
function simplerSchedule(from: Candidate, context: ShrinkContext): Fewest<Candidate> {
  const effort = { runsMax: RUNS_PER_BOUND, preemptionsMax: PREEMPTIONS_MAX };
  const found = search(from.program, context, effort);
  return found ?? { failure: from, preemptions: PREEMPTIONS_MAX };
}

interface Effort {
  /** For each number of preemptions. */
  readonly runsMax: number;
  readonly preemptionsMax: number;
}

function search(
  program: Program,
  context: ShrinkContext,
  { runsMax, preemptionsMax }: Effort,
): Fewest<Candidate> | null {
  const effort = { runsMax: Math.ceil(runsMax * (context.patience ?? 1)), preemptionsMax };
  return fewestPreemptions((strategy) => tryCandidate(program, strategy, context), effort);
}

/** Every program with one task or one call less. */
function* smallerPrograms(program: Program): Generator<Program> {
  for (const task of program.tasks) {
    yield { ...program, tasks: program.tasks.filter((other) => other !== task) };
  }
  for (const task of program.tasks) {
    for (const calls of without(task.calls)) yield withTask(program, task, calls);
  }
  for (const setup of without(program.setup)) yield { ...program, setup };
  for (const teardown of without(program.teardown)) yield { ...program, teardown };
  const { world } = program;
  if (world.memory !== undefined && world.memory !== 'sc') {
    yield { ...program, world: { ...world, memory: 'sc' } };
  }
  if (world.failuresMax > 0) {
    yield { ...program, world: { ...world, failuresMax: world.failuresMax - 1 } };
  }
  if (world.interruptionsMax > 0) {
    yield { ...program, world: { ...world, interruptionsMax: world.interruptionsMax - 1 } };
  }
}

function withTask(program: Program, task: TaskProgram, calls: readonly Call[]): Program {
  const tasks = program.tasks.map((other) => (other === task ? { ...task, calls } : other));
  return { ...program, tasks };
}

/** The list without one half, then without one element. */
function* without(calls: readonly Call[]): Generator<readonly Call[]> {
  const half = calls.length >> 1;
  if (half > 1) {
    yield calls.slice(half);
    yield calls.slice(0, half);
  }
  for (let index = calls.length - 1; index >= 0; index -= 1) yield calls.toSpliced(index, 1);
}
