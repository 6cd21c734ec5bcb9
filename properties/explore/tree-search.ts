import type { Strategy } from '../schedules/strategy.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import type { Runner } from './guard.ts';
import type { Execution } from './subject.ts';

/** What a search of a tree of schedules covered. */
export interface TreeSearched {
  readonly runs: number;
  readonly steps: number;
  /** Neither the visitor nor the number of runs has ended it. */
  readonly isComplete: boolean;
}

/** Schedules to be run one after the other. */
export interface Schedulable extends Strategy {
  begin(): void;
  advance(): boolean;
}

/** Runs every schedule of a tree, one at least and at most `runsMax`. */
export function searchTree<E extends Execution>(
  run: Runner<E>,
  tree: Schedulable,
  runsMax: number,
  visit: (execution: E) => boolean,
): TreeSearched {
  let runs = 0;
  let steps = 0;
  for (;;) {
    tree.begin();
    const execution = run(tree);
    runs += 1;
    steps += execution.world.steps;
    if (!visit(execution)) return { runs, steps, isComplete: false };
    if (!tree.advance()) return { runs, steps, isComplete: true };
    if (runs >= runsMax) return { runs, steps, isComplete: false };
  }
}

/** The same, but those that a lower bound of preemptions has shown already do not count. */
export function searchNew<E extends Execution>(
  run: Runner<E>,
  tree: ScheduleTree,
  runsMax: number,
  visit: (execution: E) => boolean,
): TreeSearched {
  let runs = 0;
  let steps = 0;
  const isComplete = searchTree(run, tree, Number.POSITIVE_INFINITY, (execution) => {
    if (!tree.isNew) return true;
    if (runs >= runsMax) return false;
    runs += 1;
    steps += execution.world.steps;
    return visit(execution);
  }).isComplete;
  return { runs, steps, isComplete };
}

/** A tree is cut into at least so many parts, if it has them, however many will search them. */
export const TREE_PARTS = 64;

/** The parts of a tree, by what their schedules begin with, in the order of the search. */
export interface TreeParts {
  readonly prefixes: readonly (readonly number[])[];
  /** The bound of preemptions left something out between them. */
  readonly pruned: boolean;
}

/**
 * Cuts the tree of all schedules with at most `preemptionsMax` preemptions into parts that have no
 * schedule in common. It depends on nothing but the subject and the bound.
 */
export function splitTree<E extends Execution>(
  run: Runner<E>,
  preemptionsMax: number,
  partsMin: number = TREE_PARTS,
): TreeParts {
  let prefixes: readonly (readonly number[])[] = [[]];
  let pruned = false;
  for (let isLonger = true; isLonger && prefixes.length < partsMin;) {
    isLonger = false;
    const next: (readonly number[])[] = [];
    for (const prefix of prefixes) {
      const tree = new ScheduleTree(preemptionsMax, prefix);
      tree.begin();
      run(tree);
      const parts = tree.parts();
      if (parts === null) {
        next.push(prefix);
        continue;
      }
      isLonger = true;
      next.push(...parts);
      pruned ||= tree.pruned;
    }
    prefixes = next;
  }
  return { prefixes, pruned };
}
