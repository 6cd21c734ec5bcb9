import { LazyTable } from '../../model/lazy-table.ts';
import type { ObjectKind } from '../../model/events.ts';
import { callbackMachine } from '../../model/machines/callback.ts';
import { fenceMachine } from '../../model/machines/fence.ts';

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Tables without bounds, shared by all runs: they remember transitions, not runs. */
const TABLES: Partial<Record<ObjectKind, LazyTable>> = {
  fence: new LazyTable(
    fenceMachine({ referencesMax: UNBOUNDED, callbacksMax: UNBOUNDED, errors: [] }),
  ),
  callback: new LazyTable(callbackMachine({ callsMax: UNBOUNDED })),
};

/** The table that watches objects of `kind`, or null when the kind has no machine. */
export function tableOf(kind: string): LazyTable | null {
  return kind in TABLES ? (TABLES[kind as ObjectKind] ?? null) : null; // `in` has just checked it
}
