import { RandomNumbers } from '../../schedules/random-numbers.ts';
import { Guard, GUARD_EVERY } from '../guard.ts';
import { CoverageMap, type MachineCoverage } from './coverage-map.ts';
import type { Reached } from './run-coverage.ts';

/** Runs of one batch. */
export const BATCH_RUNS = 16;
/**
 * So many batches know the same corpus: that of their generation's begin. More workers than this
 * have nothing to do; the number does not depend on them, so that the report does not.
 */
export const GENERATION_BATCHES = 8;
/** A batch gets so many of the corpus to mutate. */
const PARENTS = 16;
/** What is new often lies behind what was new: a quarter of the parents are of the newest ones. */
const NEWEST = 32;
/** Seeds of batches are so far apart that their runs share none. */
const APART = 1_000_003;

/** What one batch does: a seed, so many runs, and what there is to mutate. */
export interface GuidedJob<Input> {
  readonly seed: number;
  readonly runs: number;
  /** Empty: everything is fresh. */
  readonly parents: readonly Input[];
  /** One run of it is made twice, and must be the same. */
  readonly isGuarded: boolean;
}

/** An input that reached something, and what of it nothing before had reached. */
export interface Kept<Input> {
  readonly input: Input;
  readonly reached: Reached;
}

/** What guidance has come to. */
export interface CoverageReport {
  readonly machines: readonly MachineCoverage[];
  /** Abstract states. */
  readonly states: number;
  /** Inputs that reached something new. */
  readonly corpus: number;
  /** How many abstract states were new, for each batch. */
  readonly statesByBatch: readonly number[];
}

/**
 * Keeps the inputs that reached something new, and says what each batch does. A batch depends on
 * its number and on the corpus as its generation found it, so that batches of one generation can
 * be done in any order, by anybody.
 */
export class Guide<Input> {
  private readonly seed: number;
  private readonly runs: number;
  private readonly isBlind: boolean;
  private readonly map = new CoverageMap();
  private readonly corpus: Input[] = [];
  /** Those of the corpus that reached new pairs. */
  private readonly ofPairs: Input[] = [];
  private readonly statesByBatch: number[] = [];
  /** How much of both the present generation knows. */
  private known = { corpus: 0, ofPairs: 0 };

  constructor({ seed, runs, isBlind = false }: GuideOptions) {
    this.seed = seed;
    this.runs = runs;
    this.isBlind = isBlind;
  }

  /** What batch `number` does; null when its generation waits for the one before, or at the end. */
  job(number: number): GuidedJob<Input> | null {
    const merged = this.statesByBatch.length;
    if (number >= merged - (merged % GENERATION_BATCHES) + GENERATION_BATCHES) return null;
    const runs = Math.min(BATCH_RUNS, this.runs - number * BATCH_RUNS);
    if (runs <= 0) return null;
    const seed = Math.imul(this.seed, APART) + number * BATCH_RUNS;
    const isGuarded = number % (GUARD_EVERY / BATCH_RUNS) === 0;
    return { seed, runs, parents: this.isBlind ? [] : this.parents(seed), isGuarded };
  }

  /** Takes what batch `number` kept; in the order of the numbers. */
  merge(kept: readonly Kept<Input>[]): void {
    const before = this.map.states.size;
    for (const { input, reached } of kept) {
      const news = this.map.news(reached);
      if (news === null) continue;
      this.corpus.push(input);
      if (news.pairs.length > 0) this.ofPairs.push(input);
    }
    this.statesByBatch.push(this.map.states.size - before);
    if (this.statesByBatch.length % GENERATION_BATCHES === 0) {
      this.known = { corpus: this.corpus.length, ofPairs: this.ofPairs.length };
    }
  }

  report(): CoverageReport {
    const { map, corpus, statesByBatch } = this;
    const machines = map.machines();
    return { machines, states: map.states.size, corpus: corpus.length, statesByBatch };
  }

  /** Half of them reached new pairs, which are few; the others new abstract states. */
  private parents(seed: number): Input[] {
    const { corpus, ofPairs, known } = this;
    const numbers = new RandomNumbers(seed);
    const parents: Input[] = [];
    for (let nth = 0; nth < Math.min(PARENTS, known.corpus); nth += 1) {
      const among = nth % 4 === 0 ? known.corpus : Math.min(NEWEST, known.corpus);
      const parent =
        nth % 2 === 1
          ? ofPairs[numbers.below(known.ofPairs)]
          : corpus[known.corpus - 1 - numbers.below(among)];
      if (parent !== undefined) parents.push(parent);
    }
    return parents;
  }
}

export interface GuideOptions {
  readonly seed: number;
  readonly runs: number;
  /** Nothing is mutated: for comparison. */
  readonly isBlind?: boolean;
}

/** Picks what a run mutates; null when it is to be fresh, as one in `FRESH` is. */
export function pickParent<Input>(
  numbers: RandomNumbers,
  parents: readonly Input[],
): { readonly one: Input; readonly other: Input } | null {
  const isFresh = numbers.below(FRESH) === 0;
  const one = parents[numbers.below(parents.length)];
  const other = parents[numbers.below(parents.length)];
  return isFresh || one === undefined || other === undefined ? null : { one, other };
}

/** One in so many runs has no parent, so that nothing is stuck. */
const FRESH = 4;

/** Says which runs of a batch are made twice. */
export function guardOf({ isGuarded }: GuidedJob<unknown>): Guard {
  return isGuarded ? new Guard() : new Guard(0);
}
