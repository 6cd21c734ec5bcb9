import { DMA_RESV_USAGE_BOOKKEEP, type ResvUsage } from '../../impl/dma-buf/resv-usage.ts';
import type { StackTypes } from '../../impl/stack.ts';
import { FIRST } from '../schedules/strategy.ts';
import {
  type ResvScenario,
  sanitycheck,
  testForEach,
  testForEachUnlocked,
  testGetFences,
  testSignaling,
} from './resv-scenarios.ts';
import { runThreads, type Selftest, type SelftestResult, type Threads } from './selftest.ts';

/** A run that takes longer does not end. Unit: steps. */
const STEPS_MAX = 10_000;

const SCENARIOS: readonly (readonly [string, string, ResvScenario])[] = [
  ['ST-RESV-01', 'sanitycheck', sanitycheck],
  ['ST-RESV-02', 'test_signaling', testSignaling],
  ['ST-RESV-03', 'test_for_each', testForEach],
  ['ST-RESV-04', 'test_for_each_unlocked', testForEachUnlocked],
  ['ST-RESV-05', 'test_get_fences', testGetFences],
];

/** The kernel's own suite for reservation objects (`st-dma-resv`): each test once for each usage. */
export function resvSelftests(types?: StackTypes): readonly Selftest[] {
  return SCENARIOS.map(([id, title, scenario]) => ({
    id,
    title,
    scale: 'every usage, as the original',
    run: () => runAll(scenario, types),
  }));
}

function runAll(scenario: ResvScenario, types: StackTypes | undefined): SelftestResult {
  let steps = 0;
  for (let usage = 0; usage <= DMA_RESV_USAGE_BOOKKEEP; usage += 1) {
    // Usages are numbered in order.
    const threads: Threads = new Map([
      ['selftest', ({ stack }) => scenario(stack, usage as ResvUsage)],
    ]);
    const result = runThreads(threads, {
      strategy: () => FIRST,
      stepsMax: STEPS_MAX,
      ...(types === undefined ? {} : { types }),
    });
    steps += result.steps;
    if (result.failure !== null) return { failure: `usage ${usage}: ${result.failure}`, steps };
  }
  return { failure: null, steps };
}
