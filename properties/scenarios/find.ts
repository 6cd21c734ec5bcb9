import type { Program } from '../programs/program.ts';
import { SCENARIOS } from './index.ts';
import type { Play } from './scenario.ts';

/** Every play, those of the variants included. */
const PLAYS: readonly Play[] = SCENARIOS.flatMap(({ plays, variants }) => [
  ...plays,
  ...variants.map(({ play }) => play),
]);

/** The ids of all scenarios. */
export const SCENARIO_IDS: readonly string[] = SCENARIOS.map(({ id }) => id);

/** The ids of all plays, `scenario/scn-09/small`. */
export const PLAY_IDS: readonly string[] = PLAYS.map(({ id }) => id);

/** The play that this program belongs to, as it is or with fewer calls. */
export function playOfProgram({ name }: Pick<Program, 'name'>): Play | null {
  return PLAYS.find(({ id }) => id === name) ?? null;
}
