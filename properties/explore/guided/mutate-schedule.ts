import { ContinuedStrategy } from '../../schedules/continued.ts';
import { PctStrategy } from '../../schedules/pct.ts';
import { PosStrategy } from '../../schedules/pos.ts';
import type { RandomNumbers } from '../../schedules/random-numbers.ts';
import { RandomStrategy } from '../../schedules/random.ts';
import type { Strategy } from '../../schedules/strategy.ts';

/** The choices of one run. */
export type Choices = readonly number[];

/** Choices are changed to something below this; a run takes them modulo what there is. */
const CHOICE_MAX = 8;
/** So many choices at most are set to "the same task goes on". */
const STRETCH_MAX = 16;
/** Seeds of what is behind the end of a list. */
const SEEDS: number = 2 ** 31;

type Mutation = (numbers: RandomNumbers, one: Choices, other: Choices) => Choices;

/** Each is as likely as any other, but for the cut, which most of what is new comes from. */
const MUTATIONS: readonly Mutation[] = [cut, cut, cut, replace, swap, splice, preempt, goOn];

/** The beginning, and then anything. */
function cut(numbers: RandomNumbers, one: Choices): Choices {
  return one.slice(0, place(numbers, one));
}

/** Another choice somewhere. */
function replace(numbers: RandomNumbers, one: Choices): Choices {
  return one.with(place(numbers, one), numbers.below(CHOICE_MAX));
}

/** Two neighbours the other way round. */
function swap(numbers: RandomNumbers, one: Choices): Choices {
  const at = place(numbers, one);
  const [first, second] = one.slice(at, at + 2);
  return first === undefined || second === undefined ? one : one.toSpliced(at, 2, second, first);
}

/** The beginning of one, and the end of another. */
function splice(numbers: RandomNumbers, one: Choices, other: Choices): Choices {
  return [...one.slice(0, place(numbers, one)), ...other.slice(place(numbers, other))];
}

/** One more choice that is not 0: mostly a preemption. */
function preempt(numbers: RandomNumbers, one: Choices): Choices {
  return one.toSpliced(place(numbers, one), 0, 1 + numbers.below(CHOICE_MAX - 1));
}

/** Whoever runs goes on for a while. */
function goOn(numbers: RandomNumbers, one: Choices): Choices {
  const from = place(numbers, one);
  const to = from + 1 + numbers.below(STRETCH_MAX);
  return one.map((choice, at) => (at >= from && at < to ? 0 : choice));
}

function place(numbers: RandomNumbers, { length }: Choices): number {
  return numbers.below(length);
}

/** Schedules without a parent, and ends: uniform, POS, or fixed priorities (PCT of depth 1). */
export function freshSchedule(numbers: RandomNumbers): Strategy {
  const seed = numbers.below(SEEDS);
  const kind = numbers.below(3);
  if (kind === 0) return new RandomStrategy(seed);
  return kind === 1 ? new PosStrategy(seed) : new PctStrategy(seed, 1, 0);
}

/** A schedule like `one`, perhaps with an end like that of `other`. */
export function mutatedSchedule(numbers: RandomNumbers, one: Choices, other: Choices): Strategy {
  return new ContinuedStrategy(mutatedChoices(numbers, one, other), freshSchedule(numbers));
}

/** What of it is fixed; the run goes on behind its end. */
export function mutatedChoices(numbers: RandomNumbers, one: Choices, other: Choices): Choices {
  const mutation = MUTATIONS[numbers.below(MUTATIONS.length)] ?? cut;
  return one.length === 0 ? one : mutation(numbers, one, other);
}
