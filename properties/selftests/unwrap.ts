import type { StackTypes } from '../../impl/stack.ts';
import { FIRST } from '../schedules/strategy.ts';
import { runThreads, type Selftest } from './selftest.ts';
import {
  sanitycheck,
  unwrapArray,
  unwrapChain,
  unwrapChainArray,
  unwrapMerge,
  unwrapMergeComplex,
  unwrapMergeComplexSeqno,
  unwrapMergeDuplicate,
  unwrapMergeOrder,
  type UnwrapScenario,
  unwrapMergeSeqno,
} from './unwrap-scenarios.ts';

/** No scenario needs more. Unit: steps. */
const STEPS_MAX = 10_000;

export interface UnwrapSuiteOptions {
  readonly types?: StackTypes;
}

const SCENARIOS: readonly (readonly [string, string, UnwrapScenario])[] = [
  ['ST-UNWRAP-01', 'sanitycheck', sanitycheck],
  ['ST-UNWRAP-02', 'unwrap_array', unwrapArray],
  ['ST-UNWRAP-03', 'unwrap_chain', unwrapChain],
  ['ST-UNWRAP-04', 'unwrap_chain_array', unwrapChainArray],
  ['ST-UNWRAP-05', 'unwrap_merge', unwrapMerge],
  ['ST-UNWRAP-06', 'unwrap_merge_complex', unwrapMergeComplex],
  ['ST-UNWRAP-07', 'unwrap_merge_duplicate', unwrapMergeDuplicate],
  ['ST-UNWRAP-08', 'unwrap_merge_seqno', unwrapMergeSeqno],
  ['ST-UNWRAP-09', 'unwrap_merge_order', unwrapMergeOrder],
  ['ST-UNWRAP-10', 'unwrap_merge_complex_seqno', unwrapMergeComplexSeqno],
];

/** The tests of the kernel's own suite for unwrapping. */
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
