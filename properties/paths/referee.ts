import type { World } from '../../impl/kernel/world.ts';
import type { AbstractState } from '../../model/events.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';
import { monitorTable } from '../../model/lifecycles.ts';
import type { ModelPath, PathStep } from '../../model/paths.ts';
import type { Returned } from '../../model/returns.ts';
import type { Table } from '../../model/tabulate.ts';
import { eventName } from '../../model/unfold.ts';
import type { Finding } from '../run/finding.ts';

/** What an object showed together with an event. */
export interface Shown {
  readonly event: ModelEvent;
  /** What the call returned; null when the event answers no call. */
  readonly result: number | null;
  readonly view: AbstractState | null;
}

/** A table, and what its paths expect of each of its transitions. */
export class Ground {
  readonly table: Table;
  readonly paths: readonly ModelPath[];
  private readonly numbers = new Map<string, number>();
  private readonly steps = new Map<number, PathStep>();

  constructor(table: Table, paths: readonly ModelPath[]) {
    this.table = table;
    this.paths = paths;
    for (const [number, event] of table.events.entries()) this.numbers.set(keyOf(event), number);
    for (const path of paths) {
      const cells = this.cells(path);
      for (const [at, step] of path.steps.entries()) this.steps.set(cells[at] ?? 0, step);
    }
  }

  /** What is expected of a transition; null where no path goes. */
  step(cell: number): PathStep | null {
    return this.steps.get(cell) ?? null;
  }

  /** The transitions of a path. */
  cells({ steps }: ModelPath): readonly number[] {
    let state = this.table.initial;
    return steps.map(({ event, state: after }) => {
      const cell = this.cell(state, this.number(event));
      state = after;
      return cell;
    });
  }

  /** The number of an event, or -1 when it is beyond the scope of the table. */
  number(event: ModelEvent): number {
    return this.numbers.get(keyOf(event)) ?? -1;
  }

  /** The transition that an event is in a state. */
  cell(state: number, event: number): number {
    return state * this.table.events.length + event;
  }

  /** A transition in words: the event, and where it comes. */
  cellName(cell: number): string {
    const { events, names } = this.table;
    const event = events[cell % events.length];
    const state = names[Math.floor(cell / events.length)];
    return `${event === undefined ? '?' : eventName(event)} in ${state ?? '?'}`;
  }
}

function keyOf({ type, detail, fence, task }: ModelEvent): string {
  return `${type} ${detail ?? ''} ${fence ?? ''} ${task ?? ''}`;
}

/** Follows one object through the table, and says where the two part. */
export class Referee {
  readonly ground: Ground;
  state: number;
  /** The transitions that were taken, in order. */
  readonly cells: number[] = [];
  readonly shown: Shown[] = [];
  finding: Finding | null = null;
  /** The object did what the bounded table has no room for. */
  isOut = false;

  constructor(ground: Ground) {
    this.ground = ground;
    this.state = ground.table.initial;
  }

  /** The object took an event. */
  take(seen: Shown, world: World): void {
    if (this.isOut || this.finding !== null) return;
    this.shown.push(seen);
    const { ground } = this;
    const event = ground.number(seen.event);
    const cell = ground.cell(this.state, event);
    const step = event < 0 ? null : ground.step(cell);
    if (step === null) {
      this.isOut = true;
      this.finding = this.forbidden(world);
      return;
    }
    this.cells.push(cell);
    const difference = differenceOf(step, seen);
    if (difference !== null) {
      const message = `${ground.table.kind}: ${eventName(seen.event)} ${difference.actual}`;
      this.finding = finding(step.rules, message, difference.expected, world);
    }
    this.state = step.state;
  }

  /** A call came to its end: what it returns is what its event has told. */
  returned(cell: number, result: number, world: World): void {
    const step = this.ground.step(cell);
    if (this.finding !== null || step === null || step.returns === null) return;
    if (agrees(step.returns, result)) return;
    const { kind } = this.ground.table;
    const message = `${kind}: ${eventName(step.event)} is told as it should be, and ${result} is returned`;
    this.finding = finding(step.rules, message, `result ${step.returns}`, world);
  }

  /** Asks the machine without bounds whether the last event is wrong, or only too much. */
  private forbidden(world: World): Finding | null {
    const { kind } = this.ground.table;
    const table = monitorTable(kind, world.build);
    let state = table.initial;
    for (const { event } of this.shown) {
      const number = table.eventOf(event);
      const step = table.next(state, number);
      if (step === null) {
        const message = `${kind}: ${eventName(event)} is forbidden here`;
        const expected = `no such event in ${table.stateName(state)}`;
        return finding(table.forbids(number), message, expected, world);
      }
      state = step.state;
    }
    return null;
  }
}

function finding(
  rules: Finding['rules'],
  message: string,
  expected: string,
  { steps }: World,
): Finding {
  return { rules, judge: 'paths', message, step: steps, expected };
}

/** The first thing in which an object differs from what a path expects; null when it does not. */
function differenceOf(
  { returns, view }: PathStep,
  { result, view: shown }: Shown,
): { readonly expected: string; readonly actual: string } | null {
  if (returns !== null && result !== null && !agrees(returns, result)) {
    return { expected: `result ${returns}`, actual: `returns ${result}` };
  }
  if (shown === null) return null;
  if (view.state !== shown.state) {
    return { expected: `state ${view.state}`, actual: `leaves it ${shown.state}` };
  }
  for (const [field, wanted] of Object.entries(view.context)) {
    const actual = shown.context[field];
    if (wanted === actual) continue;
    return { expected: `${field} ${wanted}`, actual: `leaves ${field} at ${String(actual)}` };
  }
  return null;
}

function agrees(expected: Returned, result: number): boolean {
  if (expected === 'any') return true;
  return expected === 'positive' ? result > 0 : expected === result;
}
