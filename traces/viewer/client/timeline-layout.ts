import { type Column, NONE, type View } from '../view.ts';

/** A piece of time in a lane. `to` is the last step of it. */
export interface Span {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Nothing ended it. */
  readonly isOpen: boolean;
  /** Number of the row inside its group, from the top. */
  readonly row: number;
}

export interface LaneLayout {
  readonly lane: number;
  readonly top: number;
  readonly height: number;
  /** Slices inside each other: the call, then what was locked in it. */
  readonly calls: readonly Span[];
  readonly locks: readonly Span[];
  readonly waits: readonly Span[];
  /** Where its steps are drawn, below the slices. */
  readonly stepsTop: number;
}

/** Unit: pixels, as for all numbers of a layout that are no steps. */
export const CALL_HEIGHT = 17;
export const LOCK_HEIGHT = 13;
export const STEP_HEIGHT = 17;
const GAP = 9;
/** Deeper nested locks share the last row. Unit: rows. */
const LOCK_ROWS_MAX = 4;

/** Where lanes stand that are not hidden. */
export function layOutLanes(
  view: View,
  hidden: ReadonlySet<number>,
  stepCount: number,
): readonly LaneLayout[] {
  const calls = byLane(
    view,
    view.calls,
    view.calls.text,
    view.calls.begin,
    view.calls.end,
    stepCount,
  );
  const locks = byLane(
    view,
    view.locks,
    view.locks.name,
    view.locks.from,
    view.locks.to,
    stepCount,
  );
  const waits = byLane(view, view.waits, view.waits.why, view.waits.from, view.waits.to, stepCount);
  let top = GAP;
  const layouts: LaneLayout[] = [];
  for (const lane of view.lanes.keys()) {
    if (hidden.has(lane)) continue;
    const rows = (locks[lane] ?? []).reduce((most, { row }) => Math.max(most, row + 1), 0);
    const stepsTop = top + CALL_HEIGHT + rows * LOCK_HEIGHT;
    const height = CALL_HEIGHT + rows * LOCK_HEIGHT + STEP_HEIGHT;
    layouts.push({
      ...{ lane, top, height, stepsTop },
      calls: calls[lane] ?? [],
      locks: locks[lane] ?? [],
      waits: waits[lane] ?? [],
    });
    top += height + GAP;
  }
  return layouts;
}

export function heightOf(layouts: readonly LaneLayout[]): number {
  const last = layouts.at(-1);
  return last === undefined ? GAP : last.top + last.height + GAP;
}

function byLane(
  { lanes, strings }: View,
  { lane }: { readonly lane: Column },
  texts: Column,
  begins: Column,
  ends: Column,
  stepCount: number,
): Span[][] {
  const found = lanes.map((): Span[] => []);
  /** By lane: until when each row is taken. */
  const taken = lanes.map((): number[] => []);
  for (const [at, number] of lane.entries()) {
    const begin = begins[at] ?? 0;
    const end = ends[at] ?? NONE;
    const spans = found[number];
    const rows = taken[number];
    // Calls of the set-up have no steps.
    if (spans === undefined || rows === undefined || (end === 0 && begin === 0)) continue;
    const to = end === NONE ? stepCount : end;
    let row = rows.findIndex((until) => until < begin);
    if (row < 0) row = Math.min(rows.length, LOCK_ROWS_MAX - 1);
    rows[row] = to;
    const text = strings[texts[at] ?? NONE] ?? '';
    spans.push({ text, from: Math.max(begin, 1), to, isOpen: end === NONE, row });
  }
  return found;
}
