import { wwContextMachine } from '../../machines/ww-context.ts';
import { wwMutexMachine } from '../../machines/ww-mutex.ts';
import type { WwWord } from '../../machines/ww-queue.ts';
import type { EventOf } from '../../events.ts';
import type { Lifecycle } from '../../lifecycle.ts';
import { eventName } from '../../unfold.ts';
import type { SystemMachine } from '../machine.ts';
import { range } from '../network.ts';
import { objectOf } from './parts.ts';
import { type Row, Rows } from './ww-rows.ts';

export type Algorithm = 'waitDie' | 'woundWait';

/** Subsets of the tasks that are older than one. */
export function olderSets(task: number): readonly (readonly number[])[] {
  return range(task).reduce<readonly (readonly number[])[]>(
    (sets, older) => [...sets, ...sets.map((set) => [...set, older])],
    [[]],
  );
}

/** The stamp of a task's context: the lower the number, the older it is. */
const stampOf = (task: number): number => task + 1;

/**
 * A mutex: what a task does to it while it holds the wait lock is one event. Everything that
 * happens to the mutex comes from its machine.
 */
export function wwMutexPart(algorithm: Algorithm, tasks: number): SystemMachine<WwWord> {
  const callers = range(tasks).map((task) => ({ task, stamp: stampOf(task) }));
  const part = new MutexPart(wwMutexMachine({ callers }), algorithm, tasks);
  return part.rows.machine(part.rows.event(`init.${algorithm}`), part.all);
}

class MutexPart {
  readonly rows: Rows<WwWord>;
  readonly all = new Map<string, Row>();
  private readonly algorithm: Algorithm;
  private readonly tasks: number;
  private readonly isBusy: Row;

  constructor(lifecycle: Lifecycle, algorithm: Algorithm, tasks: number) {
    this.rows = new Rows(objectOf<WwWord>(lifecycle));
    this.algorithm = algorithm;
    this.tasks = tasks;
    this.isBusy = this.rows.where(({ context }) => context.isFlagged);
    this.all.set('nobody', this.isFirst(-1));
    for (const t of range(tasks)) this.addFor(t);
  }

  private isFirst(task: number): Row {
    return this.rows.where(({ context }) => (context.waiters[0]?.task ?? -1) === task);
  }

  private plain(type: EventOf<'wwMutex'>, task: number): Row {
    return this.rows.event(eventName({ type, task }));
  }

  private stamped(type: EventOf<'wwMutex'>, task: number): Row {
    return this.rows.event(eventName({ type, task, detail: stampOf(task) }));
  }

  private addFor(t: number): void {
    const { rows, isBusy } = this;
    const { inTurn } = rows;
    const set = (name: string, row: Row): void => void this.all.set(`${name}(${t})`, row);
    const take = this.stamped('take', t);
    const isQueued = rows.where(({ context }) => isQueuedIn(context, t));
    set('take', inTurn(rows.whereNot(isQueued), take));
    set('miss', rows.whereNot(take));
    set('publish', this.stamped('publish', t));
    set('quiet', rows.whereNot(isBusy));
    set('busy', isBusy);
    set('first', this.isFirst(t));
    const release = this.plain('release', t);
    set('retract', this.plain('retract', t));
    set('release', inTurn(rows.whereNot(isBusy), release));
    set('releaseSlow', inTurn(isBusy, release));
    set('handOn', this.plain('handOn', t));
    set('handOff', rows.event(eventName({ type: 'handOff', detail: t })));
    set('handToNobody', inTurn(this.isFirst(-1), release));
    this.addEntries(t, set);
    this.addWakeUps(t, set);
    this.addChecks(t, set);
  }

  /** The call has its way, or fails: then the last waiter clears the flags, too. */
  private fails(t: number): Row {
    const { rows } = this;
    return rows.inTurn(this.stamped('lock.deadlock', t), this.unflags(t));
  }

  private unflags(t: number): Row {
    return this.rows.ifPossible(this.plain('unflag', t));
  }

  /** Whether the call fails is the machine's business in wait-die, and the context's otherwise. */
  private survives(t: number): Row {
    const { rows } = this;
    return this.algorithm === 'waitDie' ? rows.whereNot(this.fails(t)) : rows.where(() => true);
  }

  private addEntries(t: number, set: (name: string, row: Row) => void): void {
    const { rows } = this;
    const { inTurn } = rows;
    const misses = rows.whereNot(this.stamped('take', t));
    const isQueued = rows.where(({ context }) => isQueuedIn(context, t));
    const queue = this.stamped('queue', t);
    const survives = this.survives(t);
    set('early', inTurn(rows.whereNot(isQueued), misses, this.fails(t)));
    set('insertEmpty', inTurn(misses, queue));
    for (const holder of this.holders(t)) {
      const is = this.isHolder(t, holder);
      set(`insert|${holder}`, inTurn(is, misses, survives, queue, survives));
      set(`insertDie|${holder}`, inTurn(is, misses, survives, queue, this.fails(t)));
    }
  }

  /** In wound-wait it matters which younger one is published as the holder; -1: none. */
  holders(t: number): readonly number[] {
    return this.algorithm === 'waitDie' ? [-1] : [-1, ...range(this.tasks).slice(t + 1)];
  }

  private isHolder(t: number, holder: number): Row {
    return this.rows.where(({ value, context }) => {
      const isYounger = isPublished(value) && context.owner > t;
      return this.algorithm === 'waitDie' || (isYounger ? context.owner : -1) === holder;
    });
  }

  private addWakeUps(t: number, set: (name: string, row: Row) => void): void {
    const { rows } = this;
    const { inTurn } = rows;
    const take = this.stamped('take', t);
    const pickUp = this.plain('pickUp', t);
    const asks = inTurn(this.isFirst(t), this.plain('askHandOff', t));
    const misses = inTurn(rows.whereNot(take), rows.whereNot(pickUp));
    set('win', take);
    set('pickUp', pickUp);
    set('ask', inTurn(misses, asks));
    set('lose', inTurn(misses, rows.whereNot(asks)));
    set('lateDie', inTurn(misses, this.fails(t)));
    set('lateSleep', inTurn(misses, this.survives(t)));
    set('lateSleepEmpty', misses);
  }

  /** What is done when somebody takes it while others wait. */
  private addChecks(t: number, set: (name: string, row: Row) => void): void {
    const { rows, algorithm } = this;
    const { inTurn } = rows;
    const take = this.stamped('take', t);
    const publish = this.stamped('publish', t);
    const leave = inTurn(this.plain('leave', t), this.unflags(t), publish);
    const isQueued = rows.where(({ context }) => isQueuedIn(context, t));
    const enters = inTurn(rows.whereNot(isQueued), take, publish);
    for (const first of [-1, ...range(this.tasks)]) {
      if (algorithm === 'woundWait' || first === t) continue;
      set(`check|${first}`, this.isFirst(first));
      set(`slow|${first}`, inTurn(this.isFirst(first), enters));
    }
    const sets = algorithm === 'waitDie' ? [[]] : olderSets(t);
    for (const older of sets) {
      const waiting = rows.where(({ context }) => {
        const those = range(t).filter((task) => isQueuedIn(context, task));
        return algorithm === 'waitDie' || those.join() === older.join();
      });
      const name = older.join();
      if (algorithm === 'woundWait') {
        set(`check|${name}`, waiting);
        set(`slow|${name}`, inTurn(waiting, enters));
      }
      set(`settle|${name}`, inTurn(waiting, leave));
      set(`lateTake|${name}`, inTurn(waiting, take, leave));
      set(`latePickUp|${name}`, inTurn(waiting, this.plain('pickUp', t), leave));
    }
  }
}

function isQueuedIn({ waiters }: WwWord, task: number): boolean {
  return waiters.some((entry) => entry.task === task);
}

function isPublished(value: unknown): boolean {
  return JSON.stringify(value).includes('"word":{"held":"published"}');
}

/** A context that has begun. */
export function wwContextPart(algorithm: Algorithm, mutexes: number): SystemMachine {
  const rows = new Rows(objectOf<unknown>(wwContextMachine({ acquiredMax: mutexes })));
  const isWounded = rows.where(({ value }) => JSON.stringify(value).includes('"wounded"'));
  const all = new Map(
    ['acquire', 'drop', 'wound', 'clear', 'kill'].map((name): [string, Row] => [
      name,
      rows.event(name),
    ]),
  );
  all.set('wound acquire', rows.inTurn(rows.event('wound'), rows.event('acquire')));
  all.set('isWounded', isWounded);
  all.set('isWhole', rows.whereNot(isWounded));
  return rows.machine(rows.event(`init.${algorithm}`), all);
}
