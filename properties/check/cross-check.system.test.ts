import { describe, expect, test } from 'vitest';
import { FAULTS } from '../faults/registry.ts';
import { LITMUS } from '../litmus/index.ts';
import { EVERY_STATE } from '../litmus/run-litmus.ts';
import { PROPERTIES } from '../rules/registry.ts';
import type { Schedules } from '../run/explore.ts';
import { crossCheck, differences, see } from './cross-check.ts';

const RUNS_MAX = 60;

/** Programs that have more are held against the outcomes that the rules allow, as all are. */
const SCHEDULES: Schedules = { kind: 'all', runsMax: 500 };
/** So many of them have few enough. */
const SMALL_MIN = 80;
/** The others have too many; `cross-check.test.ts` compares some with a search of their states. */
const NARROW = LITMUS.filter(({ isWide }) => isWide !== true);

describe('every litmus program, against every schedule of those that have few', () => {
  let small = 0;

  test.each(NARROW.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
    const { program, observe } = tested;
    const all = see(program, SCHEDULES, { observe });
    if (!all.explored.isComplete) return;
    small += 1;
    expect(differences(all, see(program, EVERY_STATE, { observe }))).toEqual([]);
    expect(differences(all, see(program, { kind: 'dpor', runsMax: 60_000 }, { observe }))).toEqual(
      [],
    );
  });

  test('which are most', () => {
    expect(small).toBeGreaterThan(SMALL_MIN);
  });
});

/** All programs take some minutes, and with all faults some hours: `node dist/bench/cross-check.js`. */
const EVERY_PROPERTY = 8;

describe('one property in eight, and all programs of it', () => {
  const sample = PROPERTIES.filter((_property, index) => index % EVERY_PROPERTY === 3);
  let compared = 0;

  test.each(sample.map((property) => [property.rules[0], property] as const))('%s', (_, one) => {
    const result = crossCheck(null, 100, { litmus: [], properties: [one] });
    expect(result.differences).toEqual([]);
    compared += result.compared;
  });

  test('which are some hundred', () => {
    expect(compared).toBeGreaterThan(100);
  });
});

const EVERY_FAULT = 90;
/** Each fault meets others of them. */
const EVERY_LITMUS = 12;

describe('one fault in ninety, with the programs of its rules and one litmus program in twelve', () => {
  const sample = FAULTS.filter((_fault, index) => index % EVERY_FAULT === 5);
  let compared = 0;

  test.each(sample.map((fault, turn) => [fault.id, fault, turn] as const))(
    '%s',
    (_id, fault, turn) => {
      const litmus = LITMUS.filter((_tested, index) => (index + turn) % EVERY_LITMUS === 0);
      const result = crossCheck(fault, RUNS_MAX, { litmus });
      expect(result.differences).toEqual([]);
      compared += result.compared;
    },
  );

  test('which are some hundred', () => {
    expect(compared).toBeGreaterThan(200);
  });
});
