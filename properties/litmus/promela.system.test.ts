import { beforeAll, describe, expect, test } from 'vitest';
import { LITMUS } from './index.ts';
import { missingTool, searchTwin, twinNames } from './promela/promela.ts';

beforeAll(() => {
  const problem = missingTool();
  if (problem !== null) throw new Error(problem);
});

describe('the Promela twin, searched by spin, has the outcomes of', () => {
  test.each(twinNames())('%s', (name) => {
    const tested = LITMUS.find(({ id }) => id === `litmus/${name}`);
    if (tested === undefined) throw new Error(`${name}.pml is the twin of no litmus program`);
    const { outcomes, errors, isComplete } = searchTwin(name);
    expect(errors).toBe(0);
    expect(isComplete).toBe(true);
    const expected = tested.outcomes.map(({ text }) => text);
    expect([...outcomes].toSorted()).toEqual(expected.toSorted());
  });

  test('at least ten of them', () => {
    expect(twinNames().length).toBeGreaterThanOrEqual(10);
  });
});
