import type { StackTypes } from '../../impl/stack.ts';
import { drive, RUN_STEPS_MAX } from '../explore/drive.ts';
import type { Program } from '../programs/program.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { ProgramSubject } from '../run/program-subject.ts';
import type { Run } from '../run/run.ts';
import { isPreemption } from '../schedules/preemption.ts';
import { FIRST } from '../schedules/strategy.ts';
import type { Verdict } from '../shrink/candidate.ts';

/** What is run, in which world, and what counts as wrong in it. */
export interface Scene {
  readonly program: Program;
  readonly types: StackTypes;
  readonly judges: readonly JudgeFactory[];
  readonly verdict: Verdict;
  /** The fault that is seeded; null: none is. */
  readonly faultId: string | null;
}

/**
 * One number for each step: which of the choices was made, also where there was only one. So a
 * place in the list is a step of the run.
 */
export type Moves = readonly number[];

/** A fresh run that has not made its first step. */
export function started({ program, types, judges }: Scene): Run {
  return new ProgramSubject(program, { types, judges }).start();
}

/** Makes one step; false when nothing can happen any more. */
export function step(run: Run, choice: (count: number) => number): boolean {
  const { world } = run;
  if (world.crashed || world.steps >= RUN_STEPS_MAX) return false;
  const count = world.enumerate();
  if (count === 0) return false;
  run.perform(choice(count), count);
  return true;
}

/** Makes the steps of a run that was made before: the same choices give the same run. */
export function walk(run: Run, moves: Moves): void {
  for (const move of moves) {
    const isMade = step(run, (count) => {
      if (move < count) return move;
      throw new Error(`choice ${move} of ${count}: a run was not deterministic`);
    });
    if (!isMade) throw new Error('a run ended early: it was not deterministic');
  }
}

/** Lets nothing special happen until the run is over, and hears the judges. */
export function finish(run: Run): void {
  run.end(drive(run, FIRST));
}

/** The choices of a whole run as moves: those of the list, and then nothing special. */
export function movesOf(scene: Scene, choices: readonly number[]): Moves {
  const run = started(scene);
  const moves: number[] = [];
  let next = 0;
  for (;;) {
    let made = 0;
    const isMade = step(run, (count) => {
      if (count > 1) {
        made = choices[next] ?? 0;
        next += 1;
      }
      return made;
    });
    if (!isMade) return moves;
    moves.push(made);
  }
}

/** How often a path leaves a task that could have gone on. */
export function preemptionsOf(scene: Scene, moves: Moves): number {
  const run = started(scene);
  let preemptions = 0;
  for (const move of moves) {
    step(run, () => {
      if (isPreemption(run.world, move)) preemptions += 1;
      return move;
    });
  }
  return preemptions;
}
