import { describe, expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from './index.ts';
import { runPlay } from './run-play.ts';
import type { Play } from './scenario.ts';
import { scenario } from './scenario.ts';
import { mazePlay } from './scn-15.ts';

/** Each of them draws other schedules. */
const SEEDS = [1, 1001] as const;
const MAZES = 200;

/** The same with a clock that may go on while others could run. */
function inFreeTime(play: Play): Play {
  const { program } = play;
  return { ...play, program: { ...program, world: { ...program.world, time: 'free' } } };
}

function findingsOf(play: Play, seed: number): readonly string[] {
  const { broken } = runPlay(play, { types: INTACT, seed, schedules: play.deeper });
  return broken.map(({ finding }) => `${finding.judge}: ${finding.message}`);
}

describe.each(SCENARIOS.flatMap(({ plays }) => plays.map((play) => [play.id, play] as const)))(
  '%s',
  (_id, play) => {
    test.each(SEEDS)('holds with seed %i', (seed) => {
      expect(findingsOf(play, seed)).toEqual([]);
    });

    test('holds where time is free', () => {
      const sampled = play.deeper.filter((kind) => 'seed' in kind);
      expect(findingsOf({ ...inFreeTime(play), deeper: sampled }, 1)).toEqual([]);
    });
  },
);

test('drawn mazes', () => {
  const plays = Array.from({ length: MAZES }, (_, number) => mazePlay(100 + number));
  const [first, ...rest] = plays;
  if (first === undefined) throw new Error('there is no maze');
  const drawn = scenario({
    name: 'mazes',
    title: '',
    text: '',
    plays: [first, ...rest],
    variants: [],
  });
  for (const play of drawn.plays) {
    expect(runPlay(play, { types: INTACT, seed: 1 }).broken).toEqual([]);
  }
});
