import type { Trace, TraceCall, TraceChange, TraceStep } from '../trace.ts';
import { byStep } from './by-step.ts';
import { counted } from './text.ts';

/** A column of the table: a task of the program, or an interrupt, a timer, a worker. */
export interface Lane {
  readonly name: string;
  readonly context: TraceStep['context'];
}

/** One line of the table, before anybody has thought of its width. */
export type Row =
  | {
      readonly kind: 'step';
      readonly number: number;
      readonly lane: number;
      readonly text: string;
      readonly changes: readonly TraceChange[];
      /** What the model says, in brackets. */
      readonly note: string | null;
      /** Model and implementation part here. */
      readonly isParting: boolean;
    }
  /** A call begins or returns, or somebody else goes on. */
  | { readonly kind: 'begin' | 'return' | 'switch'; readonly lane: number; readonly text: string }
  /** A complaint of the kernel, or a word about what is not shown. */
  | { readonly kind: 'violation' | 'fold'; readonly text: string };

export interface Table {
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row[];
}

/** A run of steps without effect that is longer than this is folded. Unit: steps. */
const QUIET_MAX = 10;
/** How much of a folded run stays, at each end. Unit: steps. */
const QUIET_SHOWN = 2;
/** A step that changes more does not show all of it. Unit: fields. */
const CHANGES_MAX = 12;
/** A longer table loses its middle. Unit: rows. */
const ROWS_MAX = 400;
/** What stays around the parting step when the middle is lost, and at each end. Unit: rows. */
const ROWS_AROUND = 60;

/** The steps of a trace as rows, folded where nothing is to be seen. */
export function tableOf(trace: Trace): Table {
  const lanes = lanesOf(trace);
  return { lanes, rows: cutMiddle(foldQuiet(rowsOf(trace, lanes), lanes)) };
}

/** The tasks of the program in its order, then what else ran, in the order of appearance. */
export function lanesOf({ program, steps }: Trace): Lane[] {
  const lanes = new Map<string, Lane>();
  const active = new Set(steps.map(({ task }) => task));
  for (const { name, context } of program.tasks) {
    if (active.has(name)) lanes.set(name, { name, context });
  }
  for (const { task, context } of steps) {
    if (!lanes.has(task)) lanes.set(task, { name: task, context });
  }
  return [...lanes.values()];
}

function rowsOf(trace: Trace, lanes: readonly Lane[]): Row[] {
  const laneOf = new Map(lanes.map(({ name }, index) => [name, index]));
  const begins = byStep(trace.calls, ({ begin }) => begin);
  const ends = byStep(trace.calls, ({ end }) => end);
  const complaints = byStep(trace.violations, ({ step }) => step);
  const switches = new Switches(trace);
  const rows: Row[] = [];
  const complain = (number: number): void => {
    for (const { kind, message } of complaints.get(number) ?? []) {
      rows.push({ kind: 'violation', text: `${kind}: ${message}` });
    }
  };
  complain(0);
  for (const [index, step] of trace.steps.entries()) {
    const number = index + 1;
    const lane = laneOf.get(step.task) ?? 0;
    const before = trace.steps[index - 1];
    const handover = switches.before(number);
    if (before !== undefined && handover !== null) {
      rows.push({ kind: 'switch', lane: laneOf.get(before.task) ?? 0, text: handover });
    }
    for (const call of begins.get(number) ?? []) {
      if (call.task === step.task) rows.push({ kind: 'begin', lane, text: call.text });
    }
    rows.push({
      kind: 'step',
      number,
      lane,
      text: step.alternative === 0 ? step.access : `${step.access} (outcome ${step.alternative})`,
      changes: step.changes.slice(0, CHANGES_MAX),
      note: noteOf(step),
      isParting: trace.verdict.step === number,
    });
    complain(number);
    for (const call of ends.get(number) ?? []) {
      // The calls of the set-up and of the end have no steps, and so no lane.
      if (call.task !== step.task) continue;
      if (call.begin === 0) rows.push({ kind: 'begin', lane, text: call.text });
      rows.push({ kind: 'return', lane, text: returnText(call.result) });
    }
  }
  return rows;
}

function noteOf({ model, changes }: TraceStep): string | null {
  const rest = changes.length - CHANGES_MAX;
  const notes = model === undefined ? [] : [model];
  if (rest > 0) notes.push(`and ${counted(rest, 'more change')}`);
  return notes.length === 0 ? null : notes.join('; ');
}

function returnText(result: string | null): string {
  return result === null || result === 'null' ? 'returns' : `returns ${result}`;
}

/** Says how the processor, or the attention, went from one task to another. */
class Switches {
  private readonly trace: Trace;
  private readonly chosen: ReadonlySet<number>;
  private readonly lastStep = new Map<string, number>();
  private readonly ends: ReadonlyMap<string, number | null>;
  private readonly cpus: ReadonlyMap<string, number>;

  constructor(trace: Trace) {
    this.trace = trace;
    this.chosen = new Set(trace.choices.map(({ step }) => step));
    this.ends = new Map(trace.calls.map((call) => [this.key(call), call.end]));
    this.cpus = new Map(trace.program.tasks.map(({ name, cpu }) => [name, cpu]));
    for (const [index, { task }] of trace.steps.entries()) this.lastStep.set(task, index + 1);
  }

  before(number: number): string | null {
    const from = this.trace.steps[number - 2];
    const to = this.trace.steps[number - 1];
    if (from === undefined || to === undefined || from.task === to.task) return null;
    const isOver = (this.lastStep.get(from.task) ?? 0) < number;
    if (isOver && this.hasReturned(from, number - 1)) return null;
    const cpu = this.cpus.get(to.task);
    const isInterrupt = to.context !== 'process' && cpu !== undefined;
    if (isInterrupt && cpu === this.cpus.get(from.task)) return `interrupted by ${to.task}`;
    // When there was nothing to choose, the task that ran before could not go on.
    return this.chosen.has(number) ? `preempted by ${to.task}` : `waits; ${to.task} goes on`;
  }

  private hasReturned({ task, call }: TraceStep, number: number): boolean {
    if (this.trace.blocked.some((entry) => entry.task === task)) return false;
    if (call === null) return true;
    const end = this.ends.get(this.key({ task, call }));
    return end !== undefined && end !== null && end <= number;
  }

  private key({ task, call }: Pick<TraceCall, 'task' | 'call'>): string {
    return `${call} ${task}`;
  }
}

function isQuiet(row: Row | undefined, lane: number): boolean {
  if (row?.kind !== 'step') return false;
  return row.lane === lane && row.changes.length === 0 && row.note === null && !row.isParting;
}

function foldQuiet(rows: readonly Row[], lanes: readonly Lane[]): Row[] {
  const folded: Row[] = [];
  for (let at = 0; at < rows.length;) {
    const first = rows[at];
    if (first === undefined) break;
    let end = at;
    while (first.kind === 'step' && isQuiet(rows[end], first.lane)) end += 1;
    if (first.kind !== 'step' || end - at <= QUIET_MAX) {
      end = Math.max(end, at + 1);
      folded.push(...rows.slice(at, end));
    } else {
      const count = end - at - 2 * QUIET_SHOWN;
      const name = lanes[first.lane]?.name ?? '';
      folded.push(...rows.slice(at, at + QUIET_SHOWN));
      folded.push({
        kind: 'fold',
        text: `… ${count} steps of ${name}, nothing shared changed …`,
      });
      folded.push(...rows.slice(end - QUIET_SHOWN, end));
    }
    at = end;
  }
  return folded;
}

function cutMiddle(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= ROWS_MAX) return rows;
  const parting = rows.findIndex((row) => row.kind === 'step' && row.isParting);
  const centres = [0, rows.length - 1, ...(parting < 0 ? [] : [parting])];
  const kept: Row[] = [];
  let cut = 0;
  for (const [index, row] of rows.entries()) {
    const isKept =
      (row.kind === 'violation' && kept.length < ROWS_MAX) ||
      centres.some((centre) => Math.abs(centre - index) <= ROWS_AROUND);
    if (!isKept) cut += 1;
    if (isKept && cut > 0) {
      kept.push({ kind: 'fold', text: `… ${cut} lines left out; the trace file has all steps …` });
      cut = 0;
    }
    if (isKept) kept.push(row);
  }
  return kept;
}
