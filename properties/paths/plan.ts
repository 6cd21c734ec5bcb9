import { FORBIDDEN } from '../../model/tabulate.ts';
import type { Ground } from './referee.ts';

/** A way through a table, and what it must not use. */
interface Wanted {
  readonly sources: Iterable<number>;
  readonly target: number;
  readonly blocked: ReadonlySet<number>;
}

/** The transitions of a shortest way from one of some states to another one; null without any. */
export function plan(ground: Ground, { sources, target, blocked }: Wanted): number[] | null {
  const { table } = ground;
  const via = new Map<number, number>();
  const queue = [...sources];
  for (const state of queue) via.set(state, -1);
  for (let at = 0; at < queue.length && !via.has(target); at += 1) {
    const state = queue[at] ?? 0;
    for (let event = 0; event < table.events.length; event += 1) {
      const cell = ground.cell(state, event);
      const after = table.next[cell] ?? FORBIDDEN;
      if (after === FORBIDDEN || via.has(after) || blocked.has(cell)) continue;
      via.set(after, cell);
      queue.push(after);
    }
  }
  if (!via.has(target)) return null;
  const cells: number[] = [];
  for (let cell = via.get(target) ?? -1; cell >= 0;) {
    cells.unshift(cell);
    cell = via.get(Math.floor(cell / table.events.length)) ?? -1;
  }
  return cells;
}
