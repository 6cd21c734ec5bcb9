import type { ObjectKind } from '../../model/events.ts';

/** A transition that no execution can take, and why. */
export interface Unreached {
  readonly machine: ObjectKind;
  /** As `Ground.cellName` writes it. */
  readonly transition: string;
  readonly reason: string;
}

/**
 * The transitions that nobody has to walk. A machine that has one is better changed so that it
 * forbids it; what is here needs a reason that says why the machine cannot know.
 */
export const UNREACHED: readonly Unreached[] = [];
