import type { ObjectKind } from '../../model/events.ts';
import { LazyTable } from '../../model/lazy-table.ts';
import { arrayMachine } from '../../model/machines/array.ts';
import { callbackMachine } from '../../model/machines/callback.ts';
import { fenceMachine } from '../../model/machines/fence.ts';
import { resvMachine } from '../../model/machines/resv.ts';
import { syncFileMachine } from '../../model/machines/sync-file.ts';
import { timelineMachine } from '../../model/machines/timeline.ts';
import { waiterMachine } from '../../model/machines/waiter.ts';

const UNBOUNDED = Number.POSITIVE_INFINITY;

function resvTable(lockProving: boolean): LazyTable {
  const scope = { slotsMax: UNBOUNDED, fences: [], usages: [], counts: [], lockProving };
  return new LazyTable(resvMachine(scope));
}

/** Tables without bounds, shared by all runs: they remember transitions, not runs. */
const TABLES: Readonly<Record<ObjectKind, LazyTable>> = {
  fence: new LazyTable(
    fenceMachine({ referencesMax: UNBOUNDED, callbacksMax: UNBOUNDED, errors: [] }),
  ),
  callback: new LazyTable(callbackMachine({ callsMax: UNBOUNDED })),
  waiter: new LazyTable(waiterMachine()),
  array: new LazyTable(arrayMachine({ childrenMax: UNBOUNDED, errors: [] })),
  syncFile: new LazyTable(syncFileMachine()),
  timeline: new LazyTable(timelineMachine({ valueMax: UNBOUNDED, pointsMax: UNBOUNDED })),
  resv: resvTable(true),
};

const RESV_WITHOUT_LOCK_PROVING = resvTable(false);

/** The table that watches objects of `kind`, or null when the kind has no machine. */
export function tableOf(kind: string, lockProving: boolean): LazyTable | null {
  if (kind === 'resv' && !lockProving) return RESV_WITHOUT_LOCK_PROVING;
  return Object.hasOwn(TABLES, kind) ? TABLES[kind as ObjectKind] : null; // just checked
}
