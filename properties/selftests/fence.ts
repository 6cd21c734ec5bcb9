import type { StackTypes } from '../../impl/stack.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { PctStrategy } from '../schedules/pct.ts';
import { RandomStrategy } from '../schedules/random.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { type RaceTally, SignalCallbackRace } from './fence-race.ts';
import {
  type FenceScenario,
  sanitycheck,
  testAddCallback,
  testError,
  testLateAddCallback,
  testLateRmCallback,
  testRmCallback,
  testSignaling,
  testStatus,
  testStub,
  testWait,
  testWaitTimeout,
} from './fence-scenarios.ts';
import { runThreads, type Selftest, type SelftestResult, type Threads } from './selftest.ts';

/** The race of the original runs for 50 ms in each of two modes; here it has so many rounds. */
export const RACE_ROUNDS = 30;
/** Under so many schedules, half of them random, half with few changes of priority. */
export const RACE_SCHEDULES = 40;

/** A run that takes longer does not end; about ten times of what is needed. Unit: steps. */
const STEPS_PER_ROUND = 2000;
const STEPS_BASE = 10_000;
const PCT_DEPTH = 8;

export interface FenceSuiteOptions {
  /** Rounds per thread, schedule and mode; RACE_ROUNDS by default. */
  readonly rounds?: number;
  /** Of the schedules; 1 by default. */
  readonly seed?: number;
  readonly types?: StackTypes;
}

const SHORT: readonly (readonly [string, string, FenceScenario])[] = [
  ['ST-FENCE-01', 'sanitycheck', sanitycheck],
  ['ST-FENCE-02', 'test_signaling', testSignaling],
  ['ST-FENCE-03', 'test_add_callback', testAddCallback],
  ['ST-FENCE-04', 'test_late_add_callback', testLateAddCallback],
  ['ST-FENCE-05', 'test_rm_callback', testRmCallback],
  ['ST-FENCE-06', 'test_late_rm_callback', testLateRmCallback],
  ['ST-FENCE-07', 'test_status', testStatus],
  ['ST-FENCE-08', 'test_error', testError],
  ['ST-FENCE-09', 'test_wait', testWait],
  ['ST-FENCE-10', 'test_wait_timeout', testWaitTimeout],
  ['ST-FENCE-11', 'test_stub', testStub],
];

/** The kernel's own suite for fences (st-dma-fence). */
export function fenceSelftests(options: FenceSuiteOptions = {}): readonly Selftest[] {
  const { rounds = RACE_ROUNDS, seed = 1, types } = options;
  const run = (threads: Threads, strategy: Strategy, stepsMax: number): SelftestResult =>
    runThreads(threads, {
      strategy: () => strategy,
      stepsMax,
      ...(types === undefined ? {} : { types }),
    });
  return [
    ...SHORT.map(([id, title, scenario]) => ({
      id,
      title,
      scale: 'full',
      run: () =>
        run(
          new Map([['main', ({ stack }: Process): KernelTask<void> => scenario(stack)]]),
          new RandomStrategy(seed),
          STEPS_BASE,
        ),
    })),
    {
      id: 'ST-FENCE-12',
      title: 'race_signal_callback',
      scale: `${RACE_SCHEDULES} schedules of ${rounds} rounds per thread and mode, for 50 ms each`,
      run: () => race(rounds, seed, run),
    },
  ];
}

/** Both modes under all schedules; the first failure ends it. */
function race(
  rounds: number,
  seed: number,
  run: (threads: Threads, strategy: Strategy, stepsMax: number) => SelftestResult,
): SelftestResult {
  let steps = 0;
  for (const signalsFirst of [false, true]) {
    const tally: RaceTally = { added: 0, missed: 0 };
    let length = 0;
    for (let index = 0; index < RACE_SCHEDULES; index += 1) {
      const strategy =
        index % 2 === 0
          ? new RandomStrategy(seed + index)
          : new PctStrategy(seed + index, PCT_DEPTH, length);
      const threads = racers(rounds, signalsFirst, tally);
      const { failure, ...rest } = run(threads, strategy, STEPS_BASE + rounds * STEPS_PER_ROUND);
      steps += rest.steps;
      length = Math.max(length, rest.steps);
      if (failure !== null) {
        const mode = signalsFirst ? 'signal first' : 'callback first';
        return { failure: `${mode}, schedule ${index}: ${failure}`, steps };
      }
    }
    // A race in which one side always wins shows nothing.
    if (tally.added === 0 || tally.missed === 0) {
      return { failure: `added ${tally.added}, missed ${tally.missed}: no race`, steps };
    }
  }
  return { failure: null, steps };
}

/** The two threads of one run; whoever starts first builds what they share. */
function racers(rounds: number, signalsFirst: boolean, tally: RaceTally): Threads {
  let shared: SignalCallbackRace | null = null;
  const body =
    (number: 0 | 1) =>
    ({ stack }: Process): KernelTask<void> => {
      shared ??= new SignalCallbackRace(stack, signalsFirst, tally);
      return shared.thread(number, rounds);
    };
  return new Map([
    ['A', body(0)],
    ['B', body(1)],
  ]);
}
