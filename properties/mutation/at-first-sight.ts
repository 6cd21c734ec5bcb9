import { expect, test } from 'vitest';
import { runProperty } from '../check/run-property.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { nameOf } from './test-name.ts';

const SEED = 1;
/** Most mistakes show in any run that comes to them. */
const RUNS_MAX = 5;
/** So many properties of the registry, where neighbours are alike, stand for one another. */
const EVERY = 6;

/** Whether a property belongs to those that look at a mutant before all others. */
export function isForemost(index: number): boolean {
  return index % EVERY === 0;
}

/** A test for each property that is asked for: few schedules of all of its programs. */
export function lookAtFirstSight(isAsked: (index: number) => boolean): void {
  const asked = PROPERTIES.map((property, index) => ({ property, index })).filter(({ index }) =>
    isAsked(index),
  );
  test.each(asked.map(({ property, index }) => [nameOf(property, index), property] as const))(
    '%s at first sight',
    (_name, property) => {
      const { broken } = runProperty(property, {
        seed: SEED,
        stopsAtFinding: true,
        isQuick: true,
        lookRunsMax: RUNS_MAX,
      });
      expect(broken.map(({ finding }) => finding.message)).toEqual([]);
    },
  );
}
