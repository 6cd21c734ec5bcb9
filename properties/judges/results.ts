import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { EINVAL, errnoName } from '../../impl/kernel/errno.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import { LANE_BASE, type Task } from '../../impl/kernel/task.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { EventName } from '../../model/events.ts';
import type { Result } from '../programs/operation.ts';
import type { Finding } from '../run/finding.ts';
import type { CallRecord } from '../run/history.ts';
import type { CallMoment, Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';
import { explained } from './linearize.ts';
import { visitFindings } from './noted.ts';

/** Which event commits a call, and on which of its arguments. */
interface Commit {
  readonly argument: string;
  readonly events: readonly EventName[];
  /** Readers change nothing: they may take effect at any moment of the call. */
  readonly isReader: boolean;
}

/** What the call with this number, counted from 1, has committed. */
interface Answered {
  readonly call: number;
  readonly event: WorldEvent;
}

/** Tasks count their calls from 1. */
function numberOfCall({ position }: CallRecord): number {
  return position + 1;
}

const writer = (...events: EventName[]): Commit => ({ argument: 'fence', events, isReader: false });
const reader = (event: EventName): Commit => ({
  argument: 'fence',
  events: [event],
  isReader: true,
});
const NOTHING: readonly Answered[] = [];
const WAITS = ['wait.done', 'wait.timedOut', 'wait.interrupted'] as const;

const COMMITS: Readonly<Record<string, Commit>> = {
  'fence.signal': writer('signal'),
  'fence.signalTimestamp': writer('signal'),
  'fence.addCallback': writer('addCallback'),
  'fence.removeCallback': writer('removeCallback'),
  'fence.isSignaled': reader('poll'),
  'fence.getStatus': reader('status'),
  'fence.waitTimeout': writer(...WAITS),
  'fence.wait': writer(...WAITS),
  'resv.reserve': { argument: 'resv', events: ['reserve', 'reserve.failed'], isReader: false },
  // Its walk says itself what it saw, and is judged over the whole call when it does.
  'resv.test': { argument: 'resv', events: ['test'], isReader: false },
  'resv.wait': { argument: 'resv', events: WAITS, isReader: false },
};

/**
 * Holds what calls return against what their objects committed. The machine has judged each
 * commit; here the caller must get the very same answer. A reader whose answer was never
 * committed is explained when the machine would give it at some moment of the call.
 */
export class ResultJudge implements Judge {
  readonly name = 'results';
  /** Those of fences. */
  private readonly events: WorldEvent[] = [];
  /** What calls have committed that are not judged yet, by the number of the task. */
  private readonly answers: Answered[][] = [];
  /** Calls that have returned, and whose stores have not landed. */
  private readonly waiting = new Set<CallRecord>();
  private readonly findings: Finding[] = [];

  event(event: WorldEvent): void {
    // Readers ask fences, and nothing else; lanes of the machine make no calls.
    if (event.object instanceof DmaFence) this.events.push(event);
    const { index, call } = event.task;
    if (event.result === null || index >= LANE_BASE) return;
    (this.answers[index] ??= []).push({ call, event });
  }

  /** What its object has done before a reader's call explains nothing. */
  called(moment: CallMoment, { call }: CallRecord, run: Run): void {
    const commit = COMMITS[call.op];
    if (commit === undefined || !commit.isReader || moment !== 'begun') return;
    const object = run.environment.value(String(call.args[commit.argument]));
    if (object instanceof KernelObject) run.world.looked(object, EVENTS_FIELD);
  }

  private answersOf({ index }: Task): readonly Answered[] {
    return this.answers[index] ?? NOTHING;
  }

  returned(record: CallRecord, run: Run): void {
    const task = run.world.current;
    const buffer = run.world.ownBuffer;
    const isReader = COMMITS[record.call.op]?.isReader === true;
    if (buffer === null || isReader) {
      this.judgeReturn(run, task, record);
      return;
    }
    // What it has stored may not be committed yet.
    this.waiting.add(record);
    buffer.after(['returned', record.position], () => this.judgeReturn(run, task, record));
  }

  private judgeReturn(run: Run, task: Task, record: CallRecord): void {
    const commit = COMMITS[record.call.op];
    const finding = commit === undefined ? null : this.judge(run, task, record, commit);
    if (finding !== null) this.findings.push(finding);
    const answers = this.answers[task.index];
    while (answers?.at(-1)?.call === numberOfCall(record)) answers.pop();
    this.waiting.delete(record);
  }

  /** For each call under way: what it has committed, and what a reader could say by now. */
  visitState(key: StateKey, run: Run): void {
    for (const record of [...run.underWay, ...this.waiting]) {
      const commit = COMMITS[record.call.op];
      if (commit === undefined) continue;
      const task = run.world.tasks.find(({ name }) => name === record.task);
      key.part();
      key.add(record.task);
      if (task !== undefined) {
        for (const { call, event } of this.answersOf(task)) {
          if (call !== numberOfCall(record)) continue;
          key.add(event.object);
          key.add(event.name);
          key.add(event.result);
        }
      }
      const [event] = commit.events;
      const object = run.environment.value(String(record.call.args[commit.argument]));
      if (!commit.isReader || event === undefined || !(object instanceof KernelObject)) continue;
      const { begin, end } = record;
      if (begin === 0) continue;
      key.add('may say');
      for (const answer of explained({ events: this.events, object, event, begin, end })) {
        key.add(answer);
      }
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }

  private judge(run: Run, task: Task, record: CallRecord, commit: Commit): Finding | null {
    const object = run.environment.value(String(record.call.args[commit.argument]));
    if (!(object instanceof KernelObject) || hasOwnWait(object, record)) return null;
    const number = numberOfCall(record);
    const last = this.answersOf(task).findLast(
      ({ call, event: { object: other, name } }) =>
        call === number && other === object && commit.events.includes(name),
    )?.event;
    const returned = numberOf(record.result);
    if (returned === null) return null;
    // What complains about its arguments commits nothing; the complaint itself is judged.
    if (last === undefined && returned === -EINVAL && hasWarned(run, task, record)) return null;
    if (last?.result !== undefined && isSame(record, last.result, returned)) return null;
    const [event] = commit.events;
    if (commit.isReader && event !== undefined) {
      const { begin, end } = record;
      const { events } = this;
      run.world.looked(object, EVENTS_FIELD);
      if (explained({ events, object, event, begin, end }).has(returned)) return null;
    }
    const committed = last === undefined ? 'nothing' : errnoName(last.result ?? 0);
    const message = `${record.task}: ${record.call.op} returns ${errnoName(returned)}`;
    return {
      rules: [],
      judge: this.name,
      message,
      step: record.end,
      expected: `${committed}, which ${object.label} committed`,
    };
  }
}

function numberOf(result: Result): number | null {
  if (typeof result === 'boolean') return result ? 1 : 0;
  return typeof result === 'number' ? result : null;
}

/** The kernel warned during the call; before its first access it is still in the step before. */
function hasWarned(run: Run, task: Task, { begin, end }: CallRecord): boolean {
  const first = begin === 0 ? (end ?? 0) : begin - 1;
  return run.violations.some(
    (violation) =>
      violation.kind === 'warn' &&
      violation.task === task &&
      violation.step >= first &&
      violation.step <= (end ?? first),
  );
}

/** `wait` says 0 where `waitTimeout` says how much time is left. */
function isSame(record: CallRecord, committed: number | null, returned: number): boolean {
  if (record.call.op === 'fence.wait') return Math.min(committed ?? 0, 0) === returned;
  return committed === returned;
}

/** An issuer's own wait commits nothing. */
function hasOwnWait(object: KernelObject, { call }: CallRecord): boolean {
  const isWait = call.op === 'fence.wait' || call.op === 'fence.waitTimeout';
  return isWait && object instanceof DmaFence && object.ops.wait !== undefined;
}
