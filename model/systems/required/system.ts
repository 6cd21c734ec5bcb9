import type { Properties } from '../claims.ts';
import type { Network } from '../network.ts';

/** A network and what is claimed of it. */
export interface System {
  readonly network: Network;
  readonly properties: Properties;
  /** What is left out here on purpose, and which other system has it. */
  readonly notes?: readonly string[];
}
