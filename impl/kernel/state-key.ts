import type { StateValue } from './object.ts';

/**
 * Receives what a state consists of. It comes in parts: within a part the order of the values
 * counts, and the order of the parts does not, since it may depend on how the state was reached.
 */
export interface StateKey {
  /** Ends the part before, if any, and begins one. */
  part(): void;
  add(value: StateValue): void;
}
