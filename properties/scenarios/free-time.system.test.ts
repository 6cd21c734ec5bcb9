import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { findingsOf, isDrawn, PLAYS_BY_ID } from './deeper.ts';
import { runPlay } from './run-play.ts';
import { type Play, scenario } from './scenario.ts';
import { mazePlay } from './scn-15.ts';

const MAZES = 50;

/** The same with a clock that may go on while others could run. */
function inFreeTime(play: Play): Play {
  const { program } = play;
  return { ...play, program: { ...program, world: { ...program.world, time: 'free' } } };
}

const DRAWN = PLAYS_BY_ID.filter(([, { deeper }]) => deeper.some(isDrawn));

test.each(DRAWN)('%s holds where time is free', (_id, play) => {
  expect(findingsOf(inFreeTime(play), 1, play.deeper.filter(isDrawn))).toEqual([]);
});

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
