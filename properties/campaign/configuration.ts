import type { MemoryModel } from '../../impl/kernel/store-buffer.ts';
import { hashOf } from '../explore/guided/hash.ts';
import type { ProgramWorld } from '../programs/program.ts';
import { describeSchedules, type Schedules } from '../run/explore.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { type Draw, type Written, writtenCount, writtenProgram } from './sources.ts';

/** What chance decides about schedules. */
export type Chance = Extract<Schedules, { readonly seed: number }>;

/** What a job runs; the configuration is data, and all of it. */
export type Configuration =
  /** Programs that nobody has seen before. */
  | {
      readonly kind: 'drawn';
      readonly draw: Draw;
      readonly time: ProgramWorld['time'];
      readonly memory: MemoryModel;
      readonly schedules: Chance;
    }
  /** A program that somebody wrote, with what is claimed of it. */
  | {
      readonly kind: 'written';
      readonly source: Written;
      readonly index: number;
      /** Null: as it is written. */
      readonly time: 'free' | null;
      readonly memory: MemoryModel | null;
      readonly schedules: Chance;
    }
  /** Programs that are mutated where they reach something new. */
  | { readonly kind: 'mutated'; readonly seed: number; readonly runs: number };

/** A source is as likely as it stands here often: drawn programs never come to an end. */
const SOURCES = [
  ...(['drawn', 'drawn', 'drawn', 'devices', 'syncobjs', 'mutated', 'mutated'] as const),
  ...(['property', 'property', 'property', 'litmus', 'scenario', 'scenario'] as const),
] as const;

/** Many programs a few times, or few of them often. Schedules of one job are about as many. */
const SCOPES = [
  { programs: 32, runs: 3 },
  { programs: 8, runs: 12 },
  { programs: 2, runs: 48 },
] as const;
const LANES_MAX = [3, 4, 6] as const;
const WRITTEN_RUNS = [32, 64, 128] as const;
/** Guidance by coverage knows nothing before its second generation. Unit: runs. */
const GUIDED_RUNS = 192;
const MUTATED_RUNS = [64, 192] as const;
const SEEDS: number = 2 ** 31;

/** What job `number` of a campaign runs: it depends on nothing else. */
export function configurationOf(seed: number, number: number): Configuration {
  const numbers = new RandomNumbers(hashOf(`campaign ${seed}, job ${number}`));
  const source = one(numbers, SOURCES);
  switch (source) {
    case 'mutated':
      return { kind: 'mutated', seed: numbers.below(SEEDS), runs: one(numbers, MUTATED_RUNS) };
    case 'drawn':
    case 'devices':
    case 'syncobjs': {
      const { programs, runs } = one(numbers, SCOPES);
      const lanesMax = one(numbers, LANES_MAX);
      const fails = numbers.below(3) === 0;
      return {
        kind: 'drawn',
        draw: { shape: source, seed: numbers.below(SEEDS), programs, lanesMax, fails },
        time: one(numbers, ['discrete', 'free'] as const),
        memory: numbers.below(3) === 0 ? 'tso' : 'sc',
        schedules: sampling(numbers, runs),
      };
    }
    default:
      return written(numbers, source);
  }
}

function written(numbers: RandomNumbers, source: Written): Configuration {
  const index = numbers.below(writtenCount(source));
  const isFree = source === 'scenario' && numbers.below(2) === 0;
  const isLate = source === 'litmus' && numbers.below(2) === 0;
  const runs = one(numbers, WRITTEN_RUNS);
  const seed = numbers.below(SEEDS);
  const isGuided = numbers.below(4) === 0;
  // Scenarios hold with either clock, as long as nobody waits for ever because timers are preferred.
  const drawn: Chance = isFree ? { kind: 'random', runs, seed } : sampling(numbers, runs);
  return {
    kind: 'written',
    source,
    index,
    time: isFree ? 'free' : null,
    memory: isLate ? 'tso' : null,
    schedules: isGuided && !isFree ? { kind: 'coverage', runs: GUIDED_RUNS, seed } : drawn,
  };
}

function sampling(numbers: RandomNumbers, runs: number): Chance {
  const kind = one(numbers, ['random', 'pct', 'pct', 'pos'] as const);
  const seed = numbers.below(SEEDS);
  return kind === 'pct' ? { kind, runs, seed, depth: 1 + numbers.below(5) } : { kind, runs, seed };
}

function one<Values extends readonly [unknown, ...unknown[]]>(
  numbers: RandomNumbers,
  values: Values,
): Values[number] {
  return values[numbers.below(values.length)];
}

/** The configuration in words. */
export function describeConfiguration(configuration: Configuration): string {
  switch (configuration.kind) {
    case 'mutated':
      return `${configuration.runs} programs, drawn or like those that reached something new`;
    case 'drawn': {
      const { draw, time, memory, schedules } = configuration;
      const nature = draw.fails ? 'failures of nature' : 'no failures';
      return (
        `${draw.programs} programs (${draw.shape}, up to ${draw.lanesMax} lanes, ${nature}, ` +
        `${time} time, ${memory}), each under ${describeSchedules(schedules)}`
      );
    }
    case 'written': {
      const { source, index, time, memory, schedules } = configuration;
      const machine = [time === null ? [] : `${time} time`, memory ?? []].flat();
      const where = machine.length === 0 ? '' : ` (${machine.join(', ')})`;
      const { name } = writtenProgram(source, index);
      return `${source} program ${name}${where} under ${describeSchedules(schedules)}`;
    }
    default:
      return configuration satisfies never;
  }
}
