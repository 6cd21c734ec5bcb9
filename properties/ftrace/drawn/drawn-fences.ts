import type { EventName } from '../../../model/events.ts';
import { FORBIDDEN, type Table } from '../../../model/tabulate.ts';
import { logTables } from '../observers.ts';
import { type DrawnLine, type LogWriter, TASKS } from './log-writer.ts';

/** Fences that are there at a time. */
const FENCES_MAX = 48;
/** How often an event is drawn for one line. */
const TRIES_MAX = 400;
const CONTEXTS = 6;

export interface DrawnFence {
  readonly name: string;
  readonly context: number;
  readonly seqno: number;
  readonly hasOp: boolean;
  state: number;
  isDone: boolean;
  /** Its last reference was dropped. */
  isGone: boolean;
  /** Jobs that wait for it, each with a reference. */
  jobs: number;
  readonly waits: Map<number, number>;
}

/** What the lines are called that a walk of the machine leaves. */
const LINES: Readonly<Partial<Record<EventName, string>>> = {
  init: 'dma_fence_init',
  stamp: 'dma_fence_signaled',
  'put.last': 'dma_fence_destroy',
};
const OP: readonly EventName[] = ['enableSignaling.armed', 'enableSignaling.refused'];
/** Ends of a wait, for the waiter and for its fence. */
const ENDS: readonly (readonly [EventName, EventName])[] = [
  ['end.done', 'wait.done'],
  ['end.timedOut', 'wait.timedOut'],
  ['end.interrupted', 'wait.interrupted'],
];

/** Fences of a driver without any order, each on a walk of its own through the machine. */
export class DrawnFences {
  private readonly writer: LogWriter;
  private readonly tables = logTables();
  private readonly fences: DrawnFence[] = [];
  private readonly seqnos: number[] = Array.from({ length: CONTEXTS }, () => 0);

  constructor(writer: LogWriter) {
    this.writer = writer;
  }

  /** A fence that is there, or null: something may depend on it. */
  some(): DrawnFence | null {
    const alive = this.fences.filter(({ isGone }) => !isGone);
    return alive[this.writer.random.below(Math.max(1, alive.length))] ?? null;
  }

  /** The next line of one of them, or null when nobody had anything to say. */
  next(): DrawnLine | null {
    const { random } = this.writer;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const isFull = this.fences.length >= FENCES_MAX;
      const fence = isFull || random.below(8) > 0 ? this.fences[random.below(FENCES_MAX)] : null;
      if (fence === undefined) continue;
      const line = fence === null ? this.born() : this.walk(fence);
      if (line !== null) return line;
    }
    return null;
  }

  private born(): DrawnLine {
    const { random } = this.writer;
    const at = random.below(CONTEXTS);
    const seqno = (this.seqnos[at] ?? 0) + 1;
    this.seqnos[at] = seqno;
    const context = 40 + at;
    const driver = at % 2 === 0 ? 'nouveau' : 'some driver';
    const name = `driver=${driver} timeline=ring ${at}=x context=${context} seqno=${seqno}`;
    const fence: DrawnFence = {
      name,
      context,
      seqno,
      hasOp: at > 1,
      state: this.after(this.tables.fence, 0, 'init') ?? 0,
      isDone: false,
      isGone: false,
      jobs: 0,
      waits: new Map(),
    };
    this.fences.push(fence);
    return this.writer.line('dma_fence_init', name);
  }

  private walk(fence: DrawnFence): DrawnLine | null {
    const { random } = this.writer;
    if (random.below(6) === 0) return this.wait(fence);
    const { fence: table } = this.tables;
    const event = random.below(table.events.length);
    const type = table.events[event]?.type;
    const after = table.next[fence.state * table.events.length + event] ?? FORBIDDEN;
    if (type === undefined || after === FORBIDDEN) return null;
    // Whoever waits has a reference.
    if (type === 'put.last' && fence.waits.size + fence.jobs > 0) return null;
    // Most fences are signaled before they go.
    if (type === 'put.last' && !fence.isDone && random.below(8) > 0) return null;
    if (OP.includes(type) && !fence.hasOp) return null;
    const isAsked = fence.hasOp && isEnabled(table, after) && !isEnabled(table, fence.state);
    fence.state = after;
    if (type === 'stamp') fence.isDone = true;
    if (type === 'put.last') fence.isGone = true;
    if (type === 'free') this.fences.splice(this.fences.indexOf(fence), 1);
    const line = isAsked ? 'dma_fence_enable_signal' : LINES[type];
    return line === undefined ? null : this.writer.line(line, fence.name);
  }

  private wait(fence: DrawnFence): DrawnLine | null {
    const { random } = this.writer;
    const { fence: table, wait } = this.tables;
    const task = random.below(TASKS.length);
    const state = fence.waits.get(task);
    if (state === undefined) {
      const begun = this.after(wait, 0, 'begin');
      if (begun === null || this.after(table, fence.state, 'poll') === null) return null;
      fence.waits.set(task, begun);
      return this.writer.line('dma_fence_wait_start', fence.name, task);
    }
    const [end, ended] = ENDS[random.below(ENDS.length)] ?? [];
    if (end === undefined || ended === undefined) return null;
    const after = this.after(wait, state, end);
    const fenceAfter = this.after(table, fence.state, ended);
    if (after === null || fenceAfter === null) {
      // It goes on to sleep, or wakes up.
      const event = random.below(wait.events.length);
      const next = wait.next[state * wait.events.length + event] ?? FORBIDDEN;
      const isEnd = wait.events[event]?.type.startsWith('end.') === true;
      if (next !== FORBIDDEN && !isEnd) fence.waits.set(task, next);
      return null;
    }
    fence.waits.delete(task);
    fence.state = fenceAfter;
    return this.writer.line('dma_fence_wait_end', fence.name, task);
  }

  private after(table: Table, state: number, type: EventName): number | null {
    const event = table.events.findIndex((one) => one.type === type);
    const next = table.next[state * table.events.length + event] ?? FORBIDDEN;
    return event < 0 || next === FORBIDDEN ? null : next;
  }
}

function isEnabled(table: Table, state: number): boolean {
  return table.names[state]?.includes('"arming":"enabled"') === true;
}
