import { expect, test } from 'vitest';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { searchStates } from '../explore/stateful/search.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { explore } from './explore.ts';
import { statefulJudges } from './explore-states.ts';
import { ProgramSubject } from './program-subject.ts';

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
