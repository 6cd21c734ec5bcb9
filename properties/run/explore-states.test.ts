import { describe, expect, test } from 'vitest';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { LITMUS } from '../litmus/index.ts';
import type { Litmus } from '../litmus/litmus.ts';
import { LITMUS_RUNS_MAX } from '../litmus/run-litmus.ts';
import { explore, type Schedules } from './explore.ts';
import { statefulJudges } from './explore-states.ts';

/** What can be said of a program: how it may end, and what judges find. */
function whatIsSeen(tested: Litmus, schedules: Schedules): readonly string[] {
  const seen = new Set<string>();
  const { isComplete } = explore(tested.program, schedules, {
    judges: STANDARD_JUDGES,
    view: tested.observe,
    visit: (run) => {
      seen.add(`${run.outcome} | ${tested.observe(run)}`);
      for (const { judge, rules } of run.findings) seen.add(`${judge}: ${rules.join(' ')}`);
      return true;
    },
  });
  expect(isComplete).toBe(true);
  return [...seen].toSorted();
}

describe('meeting each state once shows what running every schedule shows', () => {
  test.each(LITMUS.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
    const states = whatIsSeen(tested, { kind: 'stateful', statesMax: LITMUS_RUNS_MAX });
    expect(states).toEqual(whatIsSeen(tested, { kind: 'all', runsMax: LITMUS_RUNS_MAX }));
  });
});

test('a judge that does not say what it has in mind is left out, and named', () => {
  const silent = (): { readonly name: string; finish(): readonly [] } => ({
    name: 'silent',
    finish: () => [],
  });
  const { kept, leftOut } = statefulJudges([...STANDARD_JUDGES, silent]);
  expect(leftOut).toEqual(['silent']);
  expect(kept).toEqual(STANDARD_JUDGES);
});
