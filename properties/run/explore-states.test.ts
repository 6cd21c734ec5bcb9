import { describe, expect, test } from 'vitest';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { searchStates } from '../explore/stateful/search.ts';
import { LITMUS } from '../litmus/index.ts';
import type { Litmus } from '../litmus/litmus.ts';
import { EVERY_STATE } from '../litmus/run-litmus.ts';
import { program } from '../programs/parse.ts';
import { explore, type Schedules } from './explore.ts';
import { statefulJudges } from './explore-states.ts';
import { ProgramSubject } from './program-subject.ts';

/** Programs with more schedules are compared by `cross-check.system.test.ts`, for minutes. */
const SCHEDULES_MAX = 600;

/** What can be said of a program: how it may end, and what judges find; null: not everything. */
function whatIsSeen(tested: Litmus, schedules: Schedules): readonly string[] | null {
  const seen = new Set<string>();
  const { isComplete } = explore(tested.program, schedules, {
    judges: STANDARD_JUDGES,
    view: tested.observe,
    // What random runs show, the search must show by itself.
    sampling: 0,
    visit: (run) => {
      seen.add(`${run.outcome} | ${tested.observe(run)}`);
      for (const { judge, rules } of run.findings) seen.add(`${judge}: ${rules.join(' ')}`);
      return true;
    },
  });
  return isComplete ? [...seen].toSorted() : null;
}

describe('meeting each state once shows what running every schedule shows', () => {
  const named = LITMUS.map((tested) => [tested.id, tested] as const);
  test.for(named)('%s', ([, tested], { skip }) => {
    const all = whatIsSeen(tested, { kind: 'all', runsMax: SCHEDULES_MAX });
    if (all === null) skip(`more than ${SCHEDULES_MAX} schedules: see cross-check.system.test.ts`);
    expect(whatIsSeen(tested, EVERY_STATE)).toEqual(all);
  });
});

const SIX = Array<string>(6).fill('word.readOnce(x)').join('; ');

test('a run that is cut leaves the search incomplete', () => {
  const words = program('words', { setup: 'x = word.create(0)', tasks: { A: SIX, B: SIX } });
  const search = (stepsMax: number): boolean =>
    searchStates(new ProgramSubject(words, { judges: [], tracksObservations: true }), {
      statesMax: 1000,
      stepsMax,
      visit: () => true,
    }).isComplete;
  expect(search(12)).toBe(true);
  expect(search(11)).toBe(false);
});

test('a judge that does not say what it has in mind is left out, and named', () => {
  const silent = (): { readonly name: string; finish(): readonly [] } => ({
    name: 'silent',
    finish: () => [],
  });
  const { kept, leftOut } = statefulJudges([...STANDARD_JUDGES, silent]);
  expect(leftOut).toEqual(['silent']);
  expect(kept).toEqual(STANDARD_JUDGES);
  const { stateful } = explore(
    program('alone', { setup: 'f = fence.create()', tasks: { A: 'fence.signal(f)' } }),
    { kind: 'stateful', statesMax: 10 },
    { judges: [silent], visit: () => true },
  );
  expect(stateful).toEqual({ states: 1, edges: 0, omission: 0, leftOut: ['silent'] });
});
