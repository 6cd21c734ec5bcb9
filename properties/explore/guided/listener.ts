import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { LazyTable } from '../../../model/lazy-table.ts';

/** Hears of every event that the machine of an object takes, from the judge that follows it. */
export interface MachineListener {
  /** A fresh run: what was heard so far belongs to another one. */
  begin(): void;
  /** The machine of `object` goes from one state of its table to another, or stays. */
  taken(object: KernelObject, table: LazyTable, state: number, event: number, next: number): void;
}
