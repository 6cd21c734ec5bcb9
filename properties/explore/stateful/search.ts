import { visitMachine } from '../../../impl/kernel/machine-state.ts';
import { RUN_STEPS_MAX } from '../drive.ts';
import type { Execution, Subject } from '../subject.ts';
import { Fingerprint } from './fingerprint.ts';
import { omissionOf, SeenSet } from './seen.ts';

export interface StatefulOptions<E> {
  /** The search ends, incomplete, when it has met so many states. */
  readonly statesMax: number;
  readonly runsMax?: number;
  readonly stepsMax?: number;
  /** Looks at each way in which a run can end; false ends the search. */
  readonly visit: (execution: E) => boolean;
}

export interface StatefulResult {
  /** States with a choice, and final ones: each was met once. */
  readonly states: number;
  /** Choices that were taken from them. */
  readonly edges: number;
  /** Of these states, the final ones. */
  readonly ends: number;
  /** Runs from the start: a task cannot be copied, so going back means running again. */
  readonly runs: number;
  /** Steps of all runs, repeated ones included. */
  readonly steps: number;
  /** Choices on the longest way. */
  readonly depth: number;
  readonly isComplete: boolean;
  /** How likely it is that a state was taken for another one and left out. */
  readonly omission: number;
}

/** Why a run was left. */
type Stop = 'end' | 'cut' | 'known';

/**
 * Depth-first search that goes on from each state only once, however it was reached. It runs the
 * subject again up to the last open choice; keys are made from there on only.
 */
class StatefulSearch<E extends Execution> {
  private readonly subject: Subject<E>;
  private readonly options: StatefulOptions<E>;
  private readonly key = new Fingerprint();
  private readonly seen = new SeenSet();
  /** The current path: by choice, how many there were, and which one is taken. */
  private readonly counts: number[] = [];
  private readonly choices: number[] = [];
  private edges = 0;
  private ends = 0;
  private runs = 0;
  private steps = 0;
  private depth = 0;

  constructor(subject: Subject<E>, options: StatefulOptions<E>) {
    this.subject = subject;
    this.options = options;
  }

  search(): StatefulResult {
    const { statesMax, runsMax = Number.POSITIVE_INFINITY, visit } = this.options;
    let isComplete = false;
    for (;;) {
      const execution = this.subject.start();
      const stop = this.follow(execution);
      this.runs += 1;
      this.steps += execution.world.steps;
      if (stop === 'end' || stop === 'cut') {
        execution.end(stop === 'cut');
        if (!visit(execution)) break;
      }
      isComplete = !this.advance();
      if (isComplete || this.seen.size >= statesMax || this.runs >= runsMax) break;
    }
    const { edges, ends, runs, steps, depth } = this;
    const states = this.seen.size;
    return { states, edges, ends, runs, steps, depth, isComplete, omission: omissionOf(states) };
  }

  /** Takes the choices of the path, and behind it always the first, up to a state that is known. */
  private follow(execution: E): Stop {
    const { world } = execution;
    const { counts, choices } = this;
    const { stepsMax = RUN_STEPS_MAX } = this.options;
    let at = 0;
    for (;;) {
      const count = world.crashed ? 0 : world.enumerate();
      if (count === 0) return this.isNew(execution) ? this.note('end') : 'known';
      if (world.steps >= stepsMax) return this.note('cut');
      let choice = 0;
      if (count > 1) {
        if (at === counts.length) {
          if (!this.isNew(execution)) return 'known';
          counts.push(count);
          choices.push(0);
          this.edges += 1;
          this.depth = Math.max(this.depth, counts.length);
        } else if (counts[at] !== count) {
          throw new Error('a run was not deterministic');
        }
        choice = choices[at] ?? 0;
        at += 1;
      }
      execution.perform(choice, count);
    }
  }

  private note(stop: Stop): Stop {
    this.ends += 1;
    return stop;
  }

  private isNew(execution: E): boolean {
    const { key } = this;
    key.reset();
    visitMachine(execution.world, key);
    execution.visitState(key);
    key.part();
    return this.seen.add(key.low, key.high);
  }

  /** Moves to the next open choice; false when there is none. */
  private advance(): boolean {
    const { counts, choices } = this;
    for (;;) {
      const last = counts.length - 1;
      if (last < 0) return false;
      const next = (choices[last] ?? 0) + 1;
      if (next < (counts[last] ?? 0)) {
        choices[last] = next;
        this.edges += 1;
        return true;
      }
      counts.pop();
      choices.pop();
    }
  }
}

/** Searches every state that a subject can reach, as far as its key tells states apart. */
export function searchStates<E extends Execution>(
  subject: Subject<E>,
  options: StatefulOptions<E>,
): StatefulResult {
  return new StatefulSearch(subject, options).search();
}
