import { Ints } from './ints.ts';

/** Alternatives of one access are fewer: a choice is one number. */
const ALTERNATIVES_MAX = 64;

/** A task, by its slot, and the outcome that nature chose for its access: one number. */
export function choiceOf(slot: number, alternative: number): number {
  if (alternative >= ALTERNATIVES_MAX) throw new Error('an access has too many outcomes');
  return slot * ALTERNATIVES_MAX + alternative;
}

export function slotOf(choice: number): number {
  return Math.trunc(choice / ALTERNATIVES_MAX);
}

/** What stands in a sleep list for a choice of this task that slept and does not any more. */
export function wokenIn(slot: number): number {
  return -1 - slot;
}

/** Whom an entry of the sleep list is about. */
export function sleeperOf(entry: number): number {
  return entry < 0 ? -1 - entry : slotOf(entry);
}

/** Where an entry of the sleep list has its parts. */
const SLEEPER = 3;

/**
 * The current run as a search sees it: a state for each choice, with what may be chosen there, and
 * an event for each step. State n is the one before event n. Everything is kept in lists that
 * shrink when the search steps back.
 */
export class Path {
  /** Events so far. There is one more state, while it is being looked at. */
  length = 0;

  /** By state. Sets of tasks are bits, one for each slot. */
  readonly enabled: Ints = new Ints();
  /** Tasks to explore from here. */
  readonly backtrack: Ints = new Ints();
  /** Tasks whose processor does not keep them from running. */
  readonly letRun: Ints = new Ints();
  /** How many choices were made here, one after another. */
  readonly taken: Ints = new Ints();
  private readonly optionsFrom = new Ints();
  private readonly options = new Ints();
  private readonly sleepersFrom = new Ints();
  private readonly sleepers = new Ints();
  private readonly touchesBase = new Ints();

  /** By event. */
  readonly option: Ints = new Ints();
  readonly slot: Ints = new Ints();
  readonly cpu: Ints = new Ints();
  /** The event before, of the same task. */
  readonly previous: Ints = new Ints();
  /** What there was to take back before the event. */
  readonly mark: Ints = new Ints();
  readonly touchesFrom: Ints = new Ints();
  readonly touches: Ints = new Ints();

  /** Begins the state behind the last event. */
  open(): void {
    this.enabled.push(0);
    this.backtrack.push(0);
    this.letRun.push(0);
    this.taken.push(0);
    this.optionsFrom.push(this.options.length);
    this.sleepersFrom.push(this.sleepers.length);
    this.touchesBase.push(this.touches.length);
  }

  /** The state behind the last event has been looked at. */
  get isOpen(): boolean {
    return this.enabled.length > this.length;
  }

  /** Forgets the state behind the last event. */
  close(): void {
    const state = this.length;
    this.options.truncate(this.optionsFrom.at(state));
    this.sleepers.truncate(this.sleepersFrom.at(state));
    this.touches.truncate(this.touchesBase.at(state));
    this.enabled.truncate(state);
    this.backtrack.truncate(state);
    this.letRun.truncate(state);
    this.taken.truncate(state);
    this.optionsFrom.truncate(state);
    this.sleepersFrom.truncate(state);
    this.touchesBase.truncate(state);
  }

  /** The event that makes the choice with the number `option`; its touches are added afterwards. */
  addEvent(option: number, cpu: number, previous: number, mark: number): void {
    const slot = slotOf(this.optionAt(this.length, option));
    this.taken.set(this.length, this.taken.at(this.length) + 1);
    this.option.push(option);
    this.slot.push(slot);
    this.cpu.push(cpu);
    this.previous.push(previous);
    this.mark.push(mark);
    this.touchesFrom.push(this.touches.length);
    this.length += 1;
  }

  /** What the last event has touched. */
  addTouches(list: Ints): void {
    for (let index = 0; index < list.length; index += 1) this.touches.push(list.at(index));
  }

  /** Takes the last event back. Its choice sleeps in the state before it from now on. */
  removeEvent(): void {
    const event = this.length - 1;
    const choice = this.optionAt(event, this.option.at(event));
    this.addSleeper(choice, this.touchesFrom.at(event), this.touches.length);
    this.option.truncate(event);
    this.slot.truncate(event);
    this.cpu.truncate(event);
    this.previous.truncate(event);
    this.mark.truncate(event);
    this.touchesFrom.truncate(event);
    this.length = event;
  }

  addOption(choice: number): void {
    this.options.push(choice);
    const state = this.length;
    this.enabled.set(state, this.enabled.at(state) | (1 << slotOf(choice)));
  }

  optionCount(state: number): number {
    return this.optionsEnd(state) - this.optionsFrom.at(state);
  }

  /** The choice that the world lists under this number. */
  optionAt(state: number, index: number): number {
    return this.options.at(this.optionsFrom.at(state) + index);
  }

  /** A choice that needs not be made here: whatever follows it is explored elsewhere. */
  addSleeper(choice: number, touchesFrom: number, touchesTo: number): void {
    this.sleepers.push(choice);
    this.sleepers.push(touchesFrom);
    this.sleepers.push(touchesTo);
  }

  sleeperCount(state: number): number {
    return (this.sleepersEnd(state) - this.sleepersFrom.at(state)) / SLEEPER;
  }

  sleeperChoice(state: number, index: number): number {
    return this.sleepers.at(this.sleepersFrom.at(state) + index * SLEEPER);
  }

  sleeperFrom(state: number, index: number): number {
    return this.sleepers.at(this.sleepersFrom.at(state) + index * SLEEPER + 1);
  }

  sleeperTo(state: number, index: number): number {
    return this.sleepers.at(this.sleepersFrom.at(state) + index * SLEEPER + 2);
  }

  isAsleep(state: number, choice: number): boolean {
    const end = this.sleepersEnd(state);
    for (let at = this.sleepersFrom.at(state); at < end; at += SLEEPER) {
      if (this.sleepers.at(at) === choice) return true;
    }
    return false;
  }

  /** The tasks, as bits, all of whose choices are asleep. */
  tasksAsleep(state: number): number {
    let asleep = 0;
    let awake = 0;
    const count = this.optionCount(state);
    for (let index = 0; index < count; index += 1) {
      const choice = this.optionAt(state, index);
      if (this.isAsleep(state, choice)) asleep |= 1 << slotOf(choice);
      else awake |= 1 << slotOf(choice);
    }
    return asleep & ~awake;
  }

  /** In the last state, only choices of these tasks sleep on. */
  keepSleepers(slots: number): void {
    const { sleepers } = this;
    let to = this.sleepersFrom.at(this.sleepersFrom.length - 1);
    for (let at = to; at < sleepers.length; at += SLEEPER) {
      const choice = sleepers.at(at);
      if (choice < 0 || (slots & (1 << slotOf(choice))) === 0) continue;
      for (let part = 0; part < SLEEPER; part += 1) {
        sleepers.set(to + part, sleepers.at(at + part));
      }
      to += SLEEPER;
    }
    sleepers.truncate(to);
  }

  /** Nothing that this task could do here is left to do. */
  isTaskAsleep(state: number, slot: number): boolean {
    const count = this.optionCount(state);
    for (let index = 0; index < count; index += 1) {
      const choice = this.optionAt(state, index);
      if (slotOf(choice) === slot && !this.isAsleep(state, choice)) return false;
    }
    return true;
  }

  /** The number of the first choice that is to be explored here, and is not asleep; or -1. */
  nextOption(state: number, among: number): number {
    const count = this.optionCount(state);
    for (let index = 0; index < count; index += 1) {
      const choice = this.optionAt(state, index);
      if ((among & (1 << slotOf(choice))) !== 0 && !this.isAsleep(state, choice)) return index;
    }
    return -1;
  }

  private optionsEnd(state: number): number {
    const next = state + 1;
    return next < this.optionsFrom.length ? this.optionsFrom.at(next) : this.options.length;
  }

  private sleepersEnd(state: number): number {
    const next = state + 1;
    return next < this.sleepersFrom.length ? this.sleepersFrom.at(next) : this.sleepers.length;
  }
}
