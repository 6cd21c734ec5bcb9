import type { Properties } from '../claims.ts';
import type { Network } from '../network.ts';
import type { Symmetry } from '../symmetry.ts';
import type { View } from '../views.ts';

/** A network and what is claimed of it. */
export interface System {
  readonly network: Network;
  readonly properties: Properties;
  /** What is left out here on purpose, and which other system has it. */
  readonly notes?: readonly string[];
  /** What a search may leave out, when it is asked to. */
  readonly symmetry?: readonly Symmetry[];
  readonly views?: readonly View[];
}
