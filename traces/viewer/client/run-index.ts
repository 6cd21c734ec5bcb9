import { type Column, NONE, type View, type ViewLook } from '../view.ts';

/** A field that got another value in some step. */
export interface Change {
  readonly object: number;
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** Where an object is at some step: rows of its history. */
export interface Standing {
  readonly model: ViewLook | null;
  readonly implementation: ViewLook | null;
  /** The same before the step; what differs was changed by it. */
  readonly modelBefore: ViewLook | null;
  readonly implementationBefore: ViewLook | null;
  /** What it was told in the step, and how both stood then. */
  readonly events: readonly Told[];
  /**
   * Model and implementation can be held against each other: the last thing that is known is an
   * event. Between two events the implementation is on its way, and the model still where it was.
   */
  readonly isComparable: boolean;
}

/** An event of an object, and how model and implementation stood right behind it. */
export interface Told {
  readonly event: string;
  readonly model: ViewLook | null;
  readonly implementation: ViewLook | null;
}

/** The first index from which on a rising column is above `value`. */
export function above(column: Column, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Answers questions about a view without walking through all of it. Steps count from 1. */
export class RunIndex {
  readonly view: View;
  readonly stepCount: number;
  /** By lane, its steps in order. */
  readonly stepsOfLane: readonly Column[];

  constructor(view: View) {
    this.view = view;
    this.stepCount = view.steps.lane.length;
    const steps = view.lanes.map((): number[] => []);
    for (const [row, lane] of view.steps.lane.entries()) steps[lane]?.push(row + 1);
    this.stepsOfLane = steps;
  }

  /** The word with this number; empty for `NONE`. */
  word(number: number | undefined): string {
    return number === undefined || number === NONE ? '' : (this.view.strings[number] ?? '');
  }

  laneOf(step: number): number {
    return this.view.steps.lane[step - 1] ?? NONE;
  }

  laneName(lane: number): string {
    return this.view.lanes[lane]?.name ?? '';
  }

  access(step: number): string {
    return this.word(this.view.steps.access[step - 1]);
  }

  note(step: number): string {
    return this.word(this.view.steps.note[step - 1]);
  }

  /** What the step changed. */
  changes(step: number): readonly Change[] {
    const { changes } = this.view;
    const found: Change[] = [];
    for (let row = above(changes.step, step - 1); changes.step[row] === step; row += 1) {
      found.push({
        object: changes.object[row] ?? NONE,
        field: this.word(changes.field[row]),
        from: this.word(changes.from[row]),
        to: this.word(changes.to[row]),
      });
    }
    return found;
  }

  /** `f.lock free → B`, and so on, in one line. */
  changeText(step: number): string {
    return this.changes(step)
      .map(({ field, from, to }) => `${field} ${from} → ${to}`)
      .join('; ');
  }

  complaints(step: number): readonly string[] {
    const { step: steps, text } = this.view.complaints;
    return text.filter((_, row) => steps[row] === step).map((number) => this.word(number));
  }

  /** The call that the step belongs to, with its result where it returns in this step. */
  callText(step: number): string {
    const { calls, steps } = this.view;
    const row = steps.call[step - 1] ?? NONE;
    if (row === NONE) return '';
    const text = this.word(calls.text[row]);
    if (calls.end[row] !== step) return text;
    const result = this.word(calls.result[row]);
    return result === '' || result === 'null' ? `${text} returns` : `${text} returns ${result}`;
  }

  /** `impl/dma-buf/dma-fence.ts:120`, where it is known. */
  place(step: number): string {
    const row = this.view.steps.call[step - 1] ?? NONE;
    return row === NONE ? '' : this.word(this.view.calls.place[row]);
  }

  /** Who cannot go on after the step, and why. */
  waitsAt(step: number): readonly string[] {
    const { lane, why, from, to } = this.view.waits;
    const found: string[] = [];
    for (const [row, begin] of from.entries()) {
      if (begin > step) break;
      const end = to[row] ?? NONE;
      if (end !== NONE && end <= step) continue;
      found.push(`${this.laneName(lane[row] ?? NONE)} waits: ${this.word(why[row])}`);
    }
    return found;
  }

  /** Locks that are held after the step. */
  locksAt(step: number): readonly string[] {
    const { lane, name, from, to } = this.view.locks;
    const found: string[] = [];
    for (const [row, begin] of from.entries()) {
      if (begin > step) break;
      const end = to[row] ?? NONE;
      if (end !== NONE && end <= step) continue;
      found.push(`${this.word(name[row])} by ${this.laneName(lane[row] ?? NONE)}`);
    }
    return found;
  }

  standing(object: number, step: number): Standing {
    const { objects } = this.view;
    const history = objects[object]?.history;
    const empty = { model: null, implementation: null };
    if (history === undefined) {
      const before = { modelBefore: null, implementationBefore: null };
      return { ...empty, ...before, events: [], isComparable: false };
    }
    const end = above(history.step, step);
    const begin = above(history.step, step - 1);
    const events: Told[] = [];
    for (let row = begin; row < end; row += 1) {
      const event = this.word(history.event[row]);
      const model = this.look(history.model[row]);
      const implementation = this.look(history.implementation[row]);
      if (event !== '') events.push({ event, model, implementation });
    }
    return {
      model: this.look(history.model[end - 1]),
      implementation: this.look(history.implementation[end - 1]),
      modelBefore: this.look(history.model[begin - 1]),
      implementationBefore: this.look(history.implementation[begin - 1]),
      events,
      isComparable: (history.event[end - 1] ?? NONE) !== NONE,
    };
  }

  private look(number: number | undefined): ViewLook | null {
    return number === undefined ? null : (this.view.looks[number] ?? null);
  }

  /** Whether the step says something about the object. */
  concerns(step: number, object: number): boolean {
    const history = this.view.objects[object]?.history;
    if (history === undefined) return false;
    const row = above(history.step, step) - 1;
    if (row >= 0 && history.step[row] === step) return true;
    const name = this.view.objects[object]?.name ?? '';
    return (
      this.changes(step).some((change) => change.object === object) ||
      this.access(step)
        .split(' ')
        .some((word) => word === name || word.startsWith(`${name}.`))
    );
  }

  /** The steps that are left when lanes are hidden and only one object is looked at. */
  visible(hidden: ReadonlySet<number>, object: number | null): Column {
    const steps: number[] = [];
    for (let step = 1; step <= this.stepCount; step += 1) {
      if (hidden.has(this.laneOf(step))) continue;
      if (object !== null && !this.concerns(step, object)) continue;
      steps.push(step);
    }
    return steps;
  }

  /** Steps whose words hold the text, whatever its case. */
  search(text: string, among: Column): Column {
    const wanted = text.trim().toLowerCase();
    if (wanted === '') return [];
    // Words are fewer than steps: each is looked into once.
    const has = this.view.strings.map((word) => word.toLowerCase().includes(wanted));
    const lanes = this.view.lanes.map(({ name }) => name.toLowerCase().includes(wanted));
    const { steps, changes, calls } = this.view;
    const changed = new Set<number>();
    for (const [row, step] of changes.step.entries()) {
      const columns = [changes.field[row], changes.from[row], changes.to[row]];
      if (columns.some((number) => number !== undefined && has[number] === true)) changed.add(step);
    }
    return among.filter((step) => {
      const row = step - 1;
      const call = calls.text[steps.call[row] ?? NONE] ?? NONE;
      return (
        has[steps.access[row] ?? NONE] === true ||
        has[steps.note[row] ?? NONE] === true ||
        has[call] === true ||
        lanes[steps.lane[row] ?? NONE] === true ||
        changed.has(step)
      );
    });
  }
}
