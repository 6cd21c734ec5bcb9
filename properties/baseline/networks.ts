import { SYSTEMS } from '../../model/systems/required/scopes.ts';
import { networkText } from './network-text.ts';

/** Required systems by name, in the order of their numbers, each as `networkText` writes it. */
export type Networks = ReadonlyMap<string, string>;

/** Builds every required system once; that takes seconds. */
export function requiredNetworks(): Networks {
  return new Map(
    SYSTEMS.map((make) => {
      const { network } = make();
      return [network.name, networkText(network)] as const;
    }),
  );
}
