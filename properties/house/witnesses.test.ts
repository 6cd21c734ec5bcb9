import { expect, test } from 'vitest';
import { PROPERTIES } from '../rules/registry.ts';

/** A witness that asks for nothing but the program that runs is reached by any run of it. */
const ONLY_THE_PROGRAM = /^\(run\) => run\.program\.name (===|!==) '[^']+'$/;

test('every property has a witness, and none is content with a program having run', () => {
  const empty = PROPERTIES.flatMap(({ rules, witness }) =>
    Object.entries(witness)
      .filter(([, { when }]) => ONLY_THE_PROGRAM.test(String(when).replaceAll('"', "'")))
      .map(([name]) => `${rules[0]} ${name}`),
  );
  expect(empty).toEqual([]);
  expect(PROPERTIES.filter(({ witness }) => Object.keys(witness).length === 0)).toEqual([]);
});
