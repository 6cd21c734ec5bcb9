import { SYSTEMS } from '../../model/systems/required/scopes.ts';
import type { Baseline } from './baseline.ts';
import { isSameNetwork } from './network-text.ts';

/** The new baseline. Networks that are the same keep their text: who compresses them may differ. */
export function acceptedBaseline(before: Baseline | null, after: Baseline): Baseline {
  const systems = { ...after.systems };
  for (const make of SYSTEMS) {
    const { network } = make();
    const old = before?.systems[network.name];
    const now = systems[network.name];
    if (old === undefined || now === undefined) continue;
    if (isSameNetwork(old.network, network)) {
      systems[network.name] = { ...now, network: old.network };
    }
  }
  return { ...after, systems };
}
