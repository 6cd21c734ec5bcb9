import { describe, expect, test } from 'vitest';
import { findingsOf, isDrawn, PLAYS_BY_ID } from './deeper.ts';

const FIRST_SEED = 1;
const OTHER_SEED = 1001;

describe.each(PLAYS_BY_ID)('%s', (_id, play) => {
  test('holds', () => {
    expect(findingsOf(play, FIRST_SEED, play.deeper)).toEqual([]);
  });

  test.runIf(play.deeper.some(isDrawn))('holds with another seed', () => {
    // What no seed decides was searched with the first one.
    expect(findingsOf(play, OTHER_SEED, play.deeper.filter(isDrawn))).toEqual([]);
  });
});
