import type { StackTypes } from '../../impl/stack.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { runThreads, type Selftest, type SelftestOptions, type Threads } from './selftest.ts';
import { SyncLibrary } from './sync-library.ts';
import {
  allocFence,
  allocFenceNegative,
  allocTimeline,
  fenceMergeSameFence,
  fenceMultiTimelineWait,
  fenceOneTimelineMerge,
  fenceOneTimelineWait,
  type Scenario,
} from './sync-scenarios.ts';
import { consumerStress, mergeStress, twoThreadsSharedTimeline } from './sync-stress.ts';

/** Sizes of the original suite. Units: turns per thread, rounds, merges. */
const TURNS = 65_536;
const ROUNDS = 4096;
const MERGES = 32_768;

/** The default run does one part in this many. Who spins stays the same: 8 divides the rounds. */
export const STRESS_SCALE = 128;

/** A run that takes longer does not end; about ten times of what is needed. Unit: steps. */
const STEPS_BASE = 100_000;
const STEPS_PER_UNIT = 8000;

export interface SyncSuiteOptions {
  /** 1 for the full size of the original; STRESS_SCALE by default. */
  readonly scale?: number;
  /** Of the schedules and of the random points; 1 by default. */
  readonly seed?: number;
  readonly types?: StackTypes;
}

const SHORT: readonly (readonly [string, string, Scenario])[] = [
  ['ST-SYNC-01', 'alloc_timeline', allocTimeline],
  ['ST-SYNC-02', 'alloc_fence', allocFence],
  ['ST-SYNC-03', 'alloc_fence_negative', allocFenceNegative],
  ['ST-SYNC-04', 'fence_one_timeline_wait', fenceOneTimelineWait],
  ['ST-SYNC-05', 'fence_one_timeline_merge', fenceOneTimelineMerge],
  ['ST-SYNC-06', 'fence_merge_same_fence', fenceMergeSameFence],
  ['ST-SYNC-07', 'fence_multi_timeline_wait', fenceMultiTimelineWait],
];

/** The kernel's user-space suite for sync files, on the simulated user space. */
export function syncSelftests(options: SyncSuiteOptions = {}): readonly Selftest[] {
  const { scale = STRESS_SCALE, seed = 1, types } = options;
  const running = (size: number): SelftestOptions => ({
    strategy: () => new RandomStrategy(seed),
    stepsMax: STEPS_BASE + size * STEPS_PER_UNIT,
    ...(types === undefined ? {} : { types }),
  });
  const sized = (full: number): number => Math.max(1, Math.floor(full / scale));
  const stress = (
    id: string,
    title: string,
    full: number,
    unit: string,
    threads: (size: number) => Threads,
  ): Selftest => ({
    id,
    title,
    scale: `${sized(full)} of ${full} ${unit}`,
    run: () => runThreads(threads(sized(full)), running(sized(full))),
  });
  return [
    ...SHORT.map(([id, title, scenario]) => ({
      id,
      title,
      scale: 'full',
      run: () =>
        runThreads(
          new Map([['main', (process) => scenario(new SyncLibrary(process))]]),
          running(0),
        ),
    })),
    stress('ST-SYNC-08', 'stress_two_threads_shared_timeline', TURNS, 'turns per thread', (size) =>
      twoThreadsSharedTimeline(size),
    ),
    stress(
      'ST-SYNC-09',
      'consumer_stress_multi_producer_single_consumer',
      ROUNDS,
      'rounds',
      (size) => consumerStress(size),
    ),
    stress('ST-SYNC-10', 'merge_stress_random_merge', MERGES, 'merges', (size) =>
      mergeStress(size, new RandomNumbers(seed)),
    ),
  ];
}
