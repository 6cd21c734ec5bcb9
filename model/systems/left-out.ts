import type { Exploration } from './explore.ts';

/** What a search did not look at because it was asked not to, or because of how it remembers. */
export function leftOut({ reductions, omission }: Exploration): readonly string[] {
  const reduced = reductions.map(
    ({ kind, name, isProved }) => `${kind} of ${name}: ${isProved ? 'proved' : 'believed'}`,
  );
  if (omission === 0) return reduced;
  const likely = omission.toExponential(1);
  return [...reduced, `memory by hashes: with probability ${likely} a state was overlooked`];
}

/** Whether a violation that was not found is not there. */
export function isSure({ complete, omission, reductions }: Exploration): boolean {
  return complete && omission === 0 && reductions.every(({ isProved }) => isProved);
}
