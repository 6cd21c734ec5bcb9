import type { Task } from '../../../impl/kernel/task.ts';
import type { World } from '../../../impl/kernel/world.ts';
import { RUN_STEPS_MAX } from '../drive.ts';
import type { Execution, Subject } from '../subject.ts';
import { Clocks } from './clocks.ts';
import { CONFLICT, type Dependency, DependencyTable } from '../steps/dependency.ts';
import { LastTouches, NEVER } from './last-touches.ts';
import { chosen, isNatures } from '../steps/choices.ts';
import { choiceOf, Path, slotOf } from '../steps/path.ts';
import { Races } from './races.ts';
import { performStep } from '../steps/perform.ts';
import { SleepSets } from '../steps/sleep-sets.ts';
import { Slots, SLOTS_MAX } from '../steps/slots.ts';
import { SourceSets } from './source-sets.ts';
import { StepTouches } from '../steps/step-touches.ts';
import { NONE, Variables } from '../steps/variables.ts';

export interface DporOptions<E extends Execution> {
  /** How many runs may be started, redundant ones included. */
  readonly runsMax: number;
  /**
   * The order of everything that a run tells is part of what it is: events of all objects,
   * beginnings and ends of calls. Default: only the order of what judges relate to each other.
   */
  readonly keepsLog?: boolean;
  /** Default: the one that is sound. Others are for tests of the tests. */
  readonly dependency?: Dependency;
  /** Looks at each run that came to its end; false ends the search. */
  readonly visit: (execution: E) => boolean;
}

/** What a search has done. */
export interface DporCounts {
  /** Runs that came to their end. */
  explored: number;
  /** Runs that were given up, since whatever could follow is explored elsewhere. */
  redundant: number;
  /** Choices that needed not be made. */
  pruned: number;
  /** Steps of all runs. */
  steps: number;
  /** Runs that had too many steps: what comes behind is not explored. */
  cut: number;
  /** Times at which nobody could begin a run that was asked for, and everybody was tried. */
  surprises: number;
  /** Nothing is left to explore, and nothing was cut. */
  isFinished: boolean;
}

/**
 * Explores one run, or few, of each class of equivalent ones, by running the subject again and
 * again: source sets with sleep sets (Abdulla, Aronis, Jonsson, Sagonas).
 */
export function exploreClasses<E extends Execution>(
  subject: Subject<E>,
  options: DporOptions<E>,
): DporCounts {
  const first = subject.start();
  return new Search(subject, options, first.world).explore(first);
}

type End = 'over' | 'cut' | 'asleep';

class Search<E extends Execution> {
  private readonly subject: Subject<E>;
  private readonly options: DporOptions<E>;
  private readonly variables = new Variables();
  private readonly slots = new Slots();
  private readonly path = new Path();
  private readonly step: StepTouches;
  private readonly last: LastTouches;
  private readonly sleep: SleepSets;
  private readonly sets: SourceSets;
  private readonly races: Races;
  /** By slot: the last event of the task. */
  private readonly latest: number[] = [];
  private readonly counts: DporCounts = {
    explored: 0,
    redundant: 0,
    pruned: 0,
    steps: 0,
    cut: 0,
    surprises: 0,
    isFinished: false,
  };

  constructor(subject: Subject<E>, options: DporOptions<E>, world: World) {
    const { path, variables } = this;
    this.subject = subject;
    this.options = options;
    const clocks = new Clocks(widthOf(world));
    this.step = new StepTouches(variables, options.keepsLog ?? false);
    const table = new DependencyTable(options.dependency ?? CONFLICT);
    this.last = new LastTouches(variables, clocks.width, table);
    this.sleep = new SleepSets(path, this.step, table, variables);
    this.sets = new SourceSets(path, clocks);
    this.races = new Races(path, clocks, this.last, this.sets, table);
  }

  explore(first: E): DporCounts {
    const { counts, options } = this;
    for (let execution = first; this.run(execution); execution = this.subject.start()) {
      counts.isFinished = !this.stepBack();
      if (counts.isFinished) break;
      if (counts.explored + counts.redundant >= options.runsMax) break;
    }
    counts.isFinished &&= counts.cut === 0;
    counts.surprises = this.sets.surprises;
    return counts;
  }

  /** One run: again what is known, then something new. False: the visitor has seen enough. */
  private run(execution: E): boolean {
    const { counts } = this;
    const { world } = execution;
    this.slots.begin(world);
    this.repeat(execution);
    world.footprint = this.step;
    const end = this.goOn(execution);
    world.footprint = null;
    counts.steps += world.steps;
    if (end === 'asleep') {
      counts.redundant += 1;
      return true;
    }
    if (end === 'cut') counts.cut += 1;
    counts.explored += 1;
    execution.end(end === 'cut');
    return this.options.visit(execution);
  }

  /** The events of the path, as they were. */
  private repeat(execution: E): void {
    const { path } = this;
    for (let event = 0; event < path.length; event += 1) {
      const count = execution.world.enumerate();
      if (count !== path.optionCount(event)) throw new Error('a run was not deterministic');
      execution.perform(path.option.at(event), count);
    }
  }

  private goOn(execution: E): End {
    const { world } = execution;
    const { path } = this;
    while (!world.crashed) {
      const count = world.enumerate();
      if (count === 0) break;
      if (world.steps >= RUN_STEPS_MAX) return 'cut';
      if (!path.isOpen) this.open(world, count);
      const option = path.nextOption(path.length, path.backtrack.at(path.length));
      if (option < 0) {
        this.endTasks(world, path.enabled.at(path.length));
        return 'asleep';
      }
      this.perform(execution, option, count);
    }
    this.endRun(world);
    return 'over';
  }

  /** A state that is new: what can be done there, and what is tried first. */
  private open(world: World, count: number): void {
    const { path, slots } = this;
    const state = path.length;
    slots.look(world);
    path.open();
    let natures = 0;
    for (let index = 0; index < count; index += 1) {
      const task = chosen(world, index);
      const slot = slots.of(task);
      path.addOption(choiceOf(slot, world.choiceAlternatives[index] ?? 0));
      if (isNatures(task)) natures |= 1 << slot;
    }
    if (state > 0) {
      this.sets.noteStopped(state - 1, path.enabled.at(state));
      this.sleep.pass();
    }
    if (slots.isShared) path.letRun.set(state, path.enabled.at(state) | slots.waiting(world));
    const first = path.nextOption(state, path.enabled.at(state));
    if (first < 0) return;
    path.backtrack.set(state, natures | (1 << slotOf(path.optionAt(state, first))));
  }

  private perform(execution: E, option: number, count: number): void {
    const { path, step, races } = this;
    const { world } = execution;
    const task = chosen(world, option);
    const cpu = task.cpu.index;
    const slot = this.slots.of(task);
    const natures = isNatures(task);
    const isLastResort = natures && !isOffered(world, option);
    const previous = this.latest[slot] ?? NEVER;
    const turn = this.variables.cpu(cpu);
    path.addEvent(option, cpu, previous, this.last.mark);
    this.latest[slot] = path.length - 1;
    performStep(execution, option, count, step, this.variables);
    this.sleep.recall(slot);
    path.addTouches(step.list);
    races.add(step, { turn, isLastResort });
    if (this.slots.isShared && !isLastResort) {
      races.reverseTurns(slot, previous, cpu, path.length - 1);
    }
  }

  /** Nothing can happen any more: who waits could have come before whoever is in its way. */
  private endRun(world: World): void {
    const { path } = this;
    if (path.length > 0) this.sets.noteStopped(path.length - 1, 0);
    this.endTasks(world, 0);
  }

  private endTasks(world: World, able: number): void {
    for (const task of world.tasks) this.endTask(task, able);
    for (const lane of world.lanes) this.endTask(lane, able);
  }

  /** A task that cannot go on, and waits for a lock or for its processor. */
  private endTask(task: Task, able: number): void {
    const access = task.pending;
    if (access === null || task.isIdle) return;
    const slot = this.slots.of(task);
    if ((able & (1 << slot)) !== 0) return;
    const isLock = access.kind === 'lock';
    const lock = isLock ? this.variables.of(access.place, access.field) : NONE;
    this.races.addWaiting(slot, this.latest[slot] ?? NEVER, task.cpu.index, lock);
  }

  /** Back to the last state with something left to explore; false when there is none. */
  private stepBack(): boolean {
    const { path, last } = this;
    if (path.isOpen) this.close();
    while (path.length > 0) {
      const event = path.length - 1;
      last.takeBack(path.mark.at(event));
      this.latest[path.slot.at(event)] = path.previous.at(event);
      path.removeEvent();
      if (path.nextOption(event, path.backtrack.at(event)) >= 0) return true;
      this.close();
    }
    return false;
  }

  private close(): void {
    const { path } = this;
    this.counts.pruned += path.optionCount(path.length) - path.taken.at(path.length);
    path.close();
  }
}

/** It could be done although others could go on. */
function isOffered(world: World, choice: number): boolean {
  return (world.choiceAlternatives[choice] ?? 0) > 0 || world.isRunnable(chosen(world, choice));
}

/** Lanes that are not of a processor: clock, worker, signals, and what stores of these wait in. */
const LANES_MAX = 8;

/** Room for every task, and for the lanes that may come up: interrupts and stores of processors. */
function widthOf(world: World): number {
  return Math.min(SLOTS_MAX, world.tasks.length + 2 * world.cpus.length + LANES_MAX);
}
