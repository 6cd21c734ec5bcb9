import { EVENTS, type ObjectKind } from '../../model/events.ts';
import type { LazyTable } from '../../model/lazy-table.ts';
import { monitorTable } from '../../model/lifecycles.ts';

/** The table that watches objects of `kind`, or null when the kind has no machine. */
export function tableOf(kind: string, lockProving: boolean): LazyTable | null {
  if (!Object.hasOwn(EVENTS, kind)) return null;
  return monitorTable(kind as ObjectKind, { lockProving }); // just checked
}
