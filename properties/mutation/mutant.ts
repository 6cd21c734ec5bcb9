import type { Location } from '@stryker-mutator/api/core';

/** One small change of the implementation, under a name that outlives edits elsewhere in the file. */
export interface Mutant {
  /** File, mutator, what is replaced by what, and the how-many-eth of these: see `enumerate.ts`. */
  readonly key: string;
  readonly file: string;
  readonly mutator: string;
  readonly replacement: string;
  /** Lines count from 1 and columns from 0, as in Stryker's ranges. */
  readonly location: Location;
}

/** Where a mutant stands, as Stryker's `mutate` takes it. */
export function rangeOf({ file, location: { start, end } }: Omit<Mutant, 'key'>): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

/** The same place and change, told without a key: what enumeration and run have in common. */
export function siteOf(mutant: Omit<Mutant, 'key'>): string {
  return `${rangeOf(mutant)} ${mutant.mutator} ${mutant.replacement}`;
}
