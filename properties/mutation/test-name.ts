import type { Property } from '../check/property.ts';

/** Stryker finds tests by what their names contain: none is part of another one. */
export function nameOf({ rules: [rule] }: Property, index: number): string {
  return `${String(index).padStart(4, '0')} ${rule}`;
}
