import type { Baseline } from './baseline.ts';
import { isSameText } from './network-text.ts';

/** The new baseline. Networks that are the same keep their text: who compresses them may differ. */
export function acceptedBaseline(before: Baseline | null, after: Baseline): Baseline {
  const systems = Object.entries(after.systems).map(([name, now]) => {
    const old = before?.systems[name];
    const isSame = old !== undefined && isSameText(old.network, now.network);
    return [name, isSame ? { ...now, network: old.network } : now] as const;
  });
  return { ...after, systems: Object.fromEntries(systems) };
}
