import { runUnder } from '../../properties/explore/drive.ts';
import type { Subject } from '../../properties/explore/subject.ts';
import { PctStrategy } from '../../properties/schedules/pct.ts';
import { RandomStrategy } from '../../properties/schedules/random.ts';
import type { Strategy } from '../../properties/schedules/strategy.ts';
import { ScheduleTree } from '../../properties/schedules/tree.ts';
import type { BareExecution } from './bare-execution.ts';

/** How a search came to its first failing run. */
export interface Found {
  readonly runs: number;
  readonly milliseconds: number;
  readonly choices: readonly number[];
}

/** A way to look for failing runs, from a seed. */
export interface Search {
  readonly name: string;
  find(subject: Subject<BareExecution>, seed: number): Found;
}

/** A bug that takes more runs than this is not found. */
const RUNS_MAX = 100_000;

/** Runs until one fails; `next` gives each run its strategy, or null at the end. */
function search(subject: Subject<BareExecution>, next: (nth: number) => Strategy | null): Found {
  const start = performance.now();
  for (let runs = 1; runs <= RUNS_MAX; runs += 1) {
    const strategy = next(runs - 1);
    if (strategy === null) break;
    const { failure, choices } = runUnder(subject, strategy);
    if (failure !== null) return { runs, milliseconds: performance.now() - start, choices };
  }
  throw new Error('the bug was not found');
}

function pct(depth: number): Search {
  return {
    name: `pct, depth ${depth}`,
    find: (subject, seed) =>
      search(subject, (nth) => new PctStrategy(seed * RUNS_MAX + nth, depth, PCT_LENGTH)),
  };
}

/** About how many choices a run of these workloads has. */
const PCT_LENGTH = 12;

/** Every schedule with no preemption, then with one, and so on. */
function bounded(subject: Subject<BareExecution>): Found {
  let bound = 0;
  let tree = new ScheduleTree(bound);
  return search(subject, (nth) => {
    if (nth > 0 && !tree.advance()) {
      if (!tree.pruned) return null;
      bound += 1;
      tree = new ScheduleTree(bound);
    }
    tree.begin();
    return tree;
  });
}

export const SEARCHES: readonly Search[] = [
  {
    name: 'random',
    find: (subject, seed) => search(subject, (nth) => new RandomStrategy(seed * RUNS_MAX + nth)),
  },
  pct(2),
  pct(3),
  { name: 'bounded', find: bounded },
];
