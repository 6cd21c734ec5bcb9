import { visitMachine } from '../../../impl/kernel/machine-state.ts';
import { RUN_STEPS_MAX } from '../drive.ts';
import { CONFLICT, type Dependency, DependencyTable } from '../steps/dependency.ts';
import { chosen } from '../steps/choices.ts';
import { choiceOf, Path } from '../steps/path.ts';
import { performStep } from '../steps/perform.ts';
import { SleepSets } from '../steps/sleep-sets.ts';
import { Slots } from '../steps/slots.ts';
import { StepTouches } from '../steps/step-touches.ts';
import { Variables } from '../steps/variables.ts';
import type { Execution, Subject } from '../subject.ts';
import { Fingerprint } from './fingerprint.ts';
import { ALL_DUE, omissionOf, SeenSet } from './seen.ts';

export interface StatefulOptions<E> {
  /** The search ends, incomplete, when it has met so many states. */
  readonly statesMax: number;
  readonly runsMax?: number;
  readonly stepsMax?: number;
  /** See `DporOptions.keepsLog`. */
  readonly keepsLog?: boolean;
  /** Default: the one that is sound. Others are for tests of the tests. */
  readonly dependency?: Dependency;
  /** Looks at each way in which a run can end; false ends the search. */
  readonly visit: (execution: E) => boolean;
}

export interface StatefulResult {
  /** States with a choice, and final ones. */
  readonly states: number;
  /** Choices that were taken from them; others commute with what comes before or behind them. */
  readonly edges: number;
  /** Of these states, the final ones. */
  readonly ends: number;
  /** Runs from the start: a task cannot be copied, so going back means running again. */
  readonly runs: number;
  /** Steps of all runs, repeated ones included. */
  readonly steps: number;
  /** Choices on the longest way. */
  readonly depth: number;
  /** Neither the visitor nor a bound has ended it, and no run was cut. */
  readonly isComplete: boolean;
  /** How likely it is that a state was taken for another one and left out. */
  readonly omission: number;
}

/** Why a run was left. */
type Stop = 'end' | 'cut' | 'known' | 'asleep';

/**
 * Depth-first search that goes on from each state only once, however it was reached, and takes
 * steps that commute in one order only. It runs the subject again up to the last open choice; keys
 * are made from there on only.
 */
class StatefulSearch<E extends Execution> {
  private readonly subject: Subject<E>;
  private readonly options: StatefulOptions<E>;
  private readonly key = new Fingerprint();
  private readonly seen = new SeenSet();
  private readonly path = new Path();
  private readonly slots = new Slots();
  private readonly variables = new Variables();
  private readonly step: StepTouches;
  private readonly sleep: SleepSets;
  /** Choices on the current path, among several, and on the longest one. */
  private choices = 0;
  private depth = 0;
  private edges = 0;
  private ends = 0;
  private runs = 0;
  private steps = 0;
  /** A run had too many steps. */
  private isCut = false;

  constructor(subject: Subject<E>, options: StatefulOptions<E>) {
    this.subject = subject;
    this.options = options;
    this.step = new StepTouches(this.variables, options.keepsLog ?? false);
    const table = new DependencyTable(options.dependency ?? CONFLICT);
    this.sleep = new SleepSets(this.path, this.step, table, this.variables);
  }

  search(): StatefulResult {
    const { statesMax, runsMax = Number.POSITIVE_INFINITY, visit } = this.options;
    let isDone = false;
    for (;;) {
      const execution = this.subject.start();
      const stop = this.run(execution);
      this.runs += 1;
      this.steps += execution.world.steps;
      if (stop === 'end' || stop === 'cut') {
        this.ends += 1;
        if (stop === 'cut') this.isCut = true;
        execution.end(stop === 'cut');
        if (!visit(execution)) break;
      }
      isDone = !this.stepBack();
      if (isDone || this.seen.size >= statesMax || this.runs >= runsMax) break;
    }
    const { edges, ends, runs, steps, depth } = this;
    const states = this.seen.size;
    // What follows a run that was cut is not known.
    const isComplete = isDone && !this.isCut;
    return { states, edges, ends, runs, steps, depth, isComplete, omission: omissionOf(states) };
  }

  /** Again the steps of the path, and then new ones, up to a state that is known. */
  private run(execution: E): Stop {
    const { world } = execution;
    const { path } = this;
    this.slots.begin(world);
    for (let event = 0; event < path.length; event += 1) {
      const count = world.enumerate();
      if (count !== path.optionCount(event)) throw new Error('a run was not deterministic');
      execution.perform(path.option.at(event), count);
    }
    world.footprint = this.step;
    const stop = this.goOn(execution);
    world.footprint = null;
    return stop;
  }

  private goOn(execution: E): Stop {
    const { world } = execution;
    const { path } = this;
    const { stepsMax = RUN_STEPS_MAX } = this.options;
    for (;;) {
      const count = world.crashed ? 0 : world.enumerate();
      if (count === 0) return this.meet(execution, 0) === ALL_DUE ? 'end' : 'known';
      if (world.steps >= stepsMax) return 'cut';
      if (!path.isOpen && !this.open(execution, count)) return 'known';
      const option = path.nextOption(path.length, path.backtrack.at(path.length));
      if (option < 0) return 'asleep';
      this.perform(execution, option, count);
    }
  }

  /** The state behind the last event: false when it is known, and nothing is due there. */
  private open(execution: E, count: number): boolean {
    const { path, slots } = this;
    const { world } = execution;
    const state = path.length;
    slots.look(world);
    path.open();
    for (let index = 0; index < count; index += 1) {
      const slot = slots.of(chosen(world, index));
      path.addOption(choiceOf(slot, world.choiceAlternatives[index] ?? 0));
    }
    if (state > 0) this.sleep.pass();
    const asleep = path.tasksAsleep(state);
    // What is known of a state are tasks, so none of them sleeps with half of its choices.
    path.keepSleepers(asleep);
    path.backtrack.set(state, path.enabled.at(state));
    if (count === 1) return true;
    this.choices += 1;
    const due = this.meet(execution, asleep);
    if (due === 0) return false;
    this.depth = Math.max(this.depth, this.choices);
    if (due === ALL_DUE) return true;
    path.backtrack.set(state, due);
    path.keepSleepers(asleep & ~due);
    return true;
  }

  private perform(execution: E, option: number, count: number): void {
    const { path, step, variables } = this;
    if (count > 1) this.edges += 1;
    path.addEvent(option, chosen(execution.world, option).cpu.index, 0, 0);
    performStep(execution, option, count, step, variables);
    path.addTouches(step.list);
  }

  private meet(execution: E, asleep: number): number {
    const { key } = this;
    key.reset();
    visitMachine(execution.world, key);
    execution.visitState(key);
    key.part();
    return this.seen.meet(key.low, key.high, asleep);
  }

  /** Back to the last state with a choice that is open; false when there is none. */
  private stepBack(): boolean {
    const { path } = this;
    if (path.isOpen) this.close();
    while (path.length > 0) {
      const event = path.length - 1;
      path.removeEvent();
      if (path.nextOption(event, path.backtrack.at(event)) >= 0) return true;
      this.close();
    }
    return false;
  }

  private close(): void {
    const { path } = this;
    if (path.optionCount(path.length) > 1) this.choices -= 1;
    path.close();
  }
}

/** Searches every state that a subject can reach, as far as its key tells states apart. */
export function searchStates<E extends Execution>(
  subject: Subject<E>,
  options: StatefulOptions<E>,
): StatefulResult {
  return new StatefulSearch(subject, options).search();
}
