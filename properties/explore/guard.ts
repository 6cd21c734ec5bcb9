import type { Access } from '../../impl/kernel/access.ts';
import { visitMachine } from '../../impl/kernel/machine-state.ts';
import type { Observer, WorldEvent } from '../../impl/kernel/observer.ts';
import type { Task } from '../../impl/kernel/task.ts';
import { ReplayStrategy } from '../schedules/replay.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { drive, runUnder } from './drive.ts';
import { Fingerprint } from './stateful/fingerprint.ts';
import type { Execution, Subject } from './subject.ts';

/** One in so many runs is made twice; that costs about one percent. Unit: runs. */
export const GUARD_EVERY = 1024;

/** Makes one run; engines know no more of a subject than this. */
export type Runner<E extends Execution> = (strategy: Strategy) => E;

/** The same choices gave two different runs: nothing that was found or not found counts. */
export class NondeterminismError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NondeterminismError';
  }
}

/** Counts runs, over many subjects, and says which are made twice: the first one, and every n-th. */
export class Guard {
  private readonly every: number;
  private runs: number;

  /**
   * `every` 0: no run is made twice. `runs`: so many were made already, for those who share the
   * work: when each of many guards began with its first run, most of the work would be theirs.
   */
  constructor(every: number = GUARD_EVERY, runs = 0) {
    this.every = every;
    this.runs = runs;
  }

  isDue(): boolean {
    if (this.every === 0) return false;
    const isDue = this.runs % this.every === 0;
    this.runs += 1;
    return isDue;
  }

  /** Runs of `subject`; those that are due are made twice, of `tracked`, whose worlds tell more. */
  runner<E extends Execution>(subject: Subject<E>, tracked: Subject<E>): Runner<E> {
    return (strategy) => (this.isDue() ? runTwice(tracked, strategy) : runUnder(subject, strategy));
  }
}

/** So many who share the work take turns: one of them makes its first run twice. */
const TURNS = 8;

/** A guard for one of many who share the work: others make a later run twice, or none. */
export function guardInTurn(index: number): Guard {
  return new Guard(GUARD_EVERY, (index % TURNS) * (GUARD_EVERY / TURNS));
}

/** What one step was, and a hash of the events that it committed and of the state behind it. */
interface StepRecord {
  /** Null for what is no step: the set-up, and the end. */
  readonly task: Task | null;
  readonly access: Access | null;
  readonly alternative: number;
  readonly low: number;
  readonly high: number;
}

/** Notes every step of a run. */
class StepLog implements Observer {
  readonly steps: StepRecord[] = [];
  private readonly execution: Execution;
  private readonly key: Fingerprint;

  /** `key` numbers texts, so that runs to be compared share one. */
  constructor(execution: Execution, key: Fingerprint) {
    this.execution = execution;
    this.key = key;
    key.reset();
    execution.world.observe(this);
    this.note(null, null, 0);
  }

  event({ object, name, result, detail, subject }: WorldEvent): void {
    const { key } = this;
    for (const value of [object, name, result, detail, subject]) key.add(value);
  }

  stepped(task: Task, access: Access, alternative: number): void {
    this.note(task, access, alternative);
  }

  end(isCut: boolean): void {
    this.execution.end(isCut);
    this.note(null, null, 0);
  }

  private note(task: Task | null, access: Access | null, alternative: number): void {
    const { execution, key } = this;
    key.part();
    key.add(access?.label ?? null);
    visitMachine(execution.world, key);
    execution.visitState(key);
    key.part();
    this.steps.push({ task, access, alternative, low: key.low, high: key.high });
    key.reset();
  }
}

/** Makes a run twice with the same choices, and throws when the second one differs. */
function runTwice<E extends Execution>(subject: Subject<E>, strategy: Strategy): E {
  const key = new Fingerprint();
  const first = subject.start();
  const expected = new StepLog(first, key);
  const isCut = drive(first, strategy);
  const choices = [...first.choices];
  expected.end(isCut);
  const second = subject.start();
  const actual = new StepLog(second, key);
  actual.end(drive(second, new ReplayStrategy(choices)));
  compare(expected.steps, actual.steps);
  return first;
}

/** Both begin with the set-up, so that the steps count from 1. */
function compare(expected: readonly StepRecord[], actual: readonly StepRecord[]): void {
  for (const [step, first] of expected.entries()) {
    const second = actual[step];
    if (second !== undefined && isSame(first, second)) continue;
    const where = textOf(first, step);
    const [next, other] = [
      textOf(expected[step + 1], step + 1),
      textOf(actual[step + 1], step + 1),
    ];
    let what = `${where} gave another result or left another state the second time`;
    if (where !== textOf(second, step))
      what = `${where} was ${textOf(second, step)} the second time`;
    else if (next !== other) what += `: behind it came ${other}, not ${next}`;
    throw new NondeterminismError(`a run is not deterministic: with the same choices, ${what}`);
  }
}

function isSame(first: StepRecord, second: StepRecord): boolean {
  if (first.low !== second.low || first.high !== second.high) return false;
  return first.task?.name === second.task?.name && first.alternative === second.alternative;
}

function textOf(record: StepRecord | undefined, step: number): string {
  const { task = null, access = null, alternative = 0 } = record ?? {};
  if (task === null || access === null) return step === 0 ? 'the set-up' : 'the end';
  const other = alternative === 0 ? '' : `, alternative ${alternative}`;
  return `step ${step} (${task.name}: ${access.label}${other})`;
}
