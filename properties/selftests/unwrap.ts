import type { StackTypes } from '../../impl/stack.ts';
import { FIRST } from '../schedules/strategy.ts';
import { runThreads, type Selftest } from './selftest.ts';
import {
  unwrapArray,
  unwrapMerge,
  unwrapMergeComplex,
  unwrapMergeComplexSeqno,
  unwrapMergeDuplicate,
  type UnwrapScenario,
  unwrapMergeSeqno,
} from './unwrap-scenarios.ts';

/** No scenario needs more. Unit: steps. */
const STEPS_MAX = 10_000;

export interface UnwrapSuiteOptions {
  readonly types?: StackTypes;
}

const SCENARIOS: readonly (readonly [string, string, UnwrapScenario])[] = [
  ['ST-UNWRAP-02', 'unwrap_array', unwrapArray],
  ['ST-UNWRAP-05', 'unwrap_merge', unwrapMerge],
  ['ST-UNWRAP-06', 'unwrap_merge_complex', unwrapMergeComplex],
  ['ST-UNWRAP-07', 'unwrap_merge_duplicate', unwrapMergeDuplicate],
  ['ST-UNWRAP-08', 'unwrap_merge_seqno', unwrapMergeSeqno],
  ['ST-UNWRAP-10', 'unwrap_merge_complex_seqno', unwrapMergeComplexSeqno],
];

/** The tests of the kernel's own suite for unwrapping that need no chain. */
export function unwrapSelftests({ types }: UnwrapSuiteOptions = {}): readonly Selftest[] {
  return SCENARIOS.map(([id, title, scenario]) => ({
    id,
    title,
    scale: 'full',
    run: () =>
      runThreads(new Map([['main', (process) => scenario(process.stack)]]), {
        strategy: () => FIRST,
        stepsMax: STEPS_MAX,
        ...(types === undefined ? {} : { types }),
      }),
  }));
}
