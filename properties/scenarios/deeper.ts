import { INTACT } from '../../impl/stack.ts';
import type { Schedules } from '../run/explore.ts';
import { SCENARIOS } from './index.ts';
import { runPlay } from './run-play.ts';
import type { Play } from './scenario.ts';

/** Every play by its id, but for those of the variants. */
export const PLAYS_BY_ID: readonly (readonly [string, Play])[] = SCENARIOS.flatMap(({ plays }) =>
  plays.map((play) => [play.id, play] as const),
);

/** Another seed draws other schedules; the others are the same for every seed. */
export function isDrawn(kind: Schedules): boolean {
  return 'seed' in kind;
}

/** What is wrong with the intact stack in the schedules that there is more time for. */
export function findingsOf(play: Play, seed: number, schedules: readonly Schedules[]): string[] {
  const { broken } = runPlay(play, { types: INTACT, seed, schedules });
  return broken.map(({ finding }) => `${finding.judge}: ${finding.message}`);
}
