import { RandomNumbers } from '../../properties/schedules/random-numbers.ts';
import { printRuns } from './sampling.ts';

/** What a task waits for; undefined when it can go on. */
type Condition = (() => boolean) | undefined;

/** A task: it yields before each step. */
export type PlainTask = Generator<Condition, void, void>;

/** One run: tasks, and a question at its end. */
export interface PlainRun {
  readonly tasks: readonly PlainTask[];
  /** Throws when something went wrong. */
  check(): void;
}

const RUNS_PER_BATCH = 1000;

/** A scheduler of a dozen lines: what running again and again costs without any engine. */
function runOnce(run: PlainRun, numbers: RandomNumbers): number {
  const { tasks } = run;
  const waiting = tasks.map((task) => task.next());
  const ready: number[] = [];
  for (let steps = 0; ; steps += 1) {
    ready.length = 0;
    for (const [index, { done, value }] of waiting.entries()) {
      if (done !== true && (value === undefined || value())) ready.push(index);
    }
    if (ready.length === 0) {
      run.check();
      return steps;
    }
    const index = ready[ready.length > 1 ? numbers.below(ready.length) : 0] ?? 0;
    const next = tasks[index]?.next();
    if (next !== undefined) waiting[index] = next;
  }
}

/** Random runs without any engine. */
export function printRate(start: () => PlainRun): Promise<void> {
  return printRuns((runs, seed) => {
    let steps = 0;
    for (let nth = 0; nth < runs; nth += 1) {
      steps += runOnce(start(), new RandomNumbers(seed + nth));
    }
    return steps;
  }, RUNS_PER_BATCH);
}
