import { SYSTEMS } from '../../model/systems/required/scopes.ts';
import { networkText } from './network-text.ts';

/** A required system, made once; making all of them takes seconds. */
export interface MadeNetwork {
  /** Its place among the required systems. */
  readonly number: number;
  /** As `networkText` writes it. */
  readonly text: string;
}

/** Required systems by name, in their order. */
export interface Networks {
  readonly made: ReadonlyMap<string, MadeNetwork>;
  /** The numbers of those whose machines do not fit together; the search of one says why. */
  readonly notMade: readonly number[];
}

/** Makes every required system. */
export function requiredNetworks(): Networks {
  const made = new Map<string, MadeNetwork>();
  const notMade: number[] = [];
  for (const [number, make] of SYSTEMS.entries()) {
    try {
      const { network } = make();
      made.set(network.name, { number, text: networkText(network) });
    } catch {
      notMade.push(number);
    }
  }
  return { made, notMade };
}
