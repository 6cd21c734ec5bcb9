import { expect, test } from 'vitest';
import { program } from '../../programs/parse.ts';
import '../../programs/operations/index.ts';
import { runOnce } from '../../run/explore.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import { type Choices, mutatedChoices, mutatedSchedule } from './mutate-schedule.ts';

const TWO = program('two', {
  setup: 'f = fence.create(); fence.get(f)',
  tasks: {
    A: 'fence.get(f); fence.put(f); fence.get(f)',
    B: 'fence.signal(f); fence.isSignaled(f)',
  },
});

function choicesOf(seed: number, parent: Choices): Choices {
  const strategy = mutatedSchedule(new RandomNumbers(seed), parent, parent);
  return runOnce(TWO, strategy, { judges: [] }).choices;
}

/** How long both lists begin in the same way. */
function common(first: Choices, second: Choices): number {
  const at = first.findIndex((choice, index) => choice !== second[index]);
  return at < 0 ? first.length : at;
}

test('a mutated schedule is like its parent up to some place, and that can be any', () => {
  const parent = choicesOf(7, []);
  const places = new Set<number>();
  for (let seed = 0; seed < 300; seed += 1) places.add(common(parent, choicesOf(seed, parent)));
  for (let place = 0; place < parent.length; place += 1) expect(places).toContain(place);
});

test('equal seeds give equal schedules, and a parent without choices any schedule', () => {
  const parent = choicesOf(7, []);
  expect(choicesOf(3, parent)).toEqual(choicesOf(3, parent));
  const texts = Array.from({ length: 50 }, (_, seed) => choicesOf(seed, []).join());
  expect(new Set(texts).size).toBeGreaterThan(20);
});

test('there is every kind of mutation', () => {
  const [one, other] = [
    [0, 1, 2, 3, 4],
    [5, 6, 7, 6, 5],
  ];
  const made = Array.from({ length: 2000 }, (_, seed) =>
    mutatedChoices(new RandomNumbers(seed), one, other).join(''),
  );
  const wanted = ['', '012', '01734', '02134', '0165', '015234', '00034', '01230'];
  for (const text of wanted) expect(made, `'${text}'`).toContain(text);
});
