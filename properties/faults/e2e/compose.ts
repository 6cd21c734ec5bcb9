import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, withFault } from '../fault.ts';

/** Several mistakes at once: what is left out, and what would hide that it is left out. */
export function both(...faults: readonly Fault[]): Fault['install'] {
  return (types: StackTypes) => faults.reduce((changed, one) => withFault(changed, one), types);
}

/** A mistake that another family has, by its id. */
export function named(faults: readonly Fault[], id: string): Fault {
  const found = faults.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no fault ${id}`);
  return found;
}
