import type { Fault } from '../fault.ts';
import { DEQUEUEING_FAULTS } from './dequeueing.ts';
import { LIFE_FAULTS } from './life.ts';
import { MEMORY_FAULTS } from './memory.ts';
import { QUEUEING_FAULTS } from './queueing.ts';
import { SHARING_FAULTS } from './sharing.ts';
import { STREAMING_FAULTS } from './streaming.ts';

/** Mistakes about video queues. */
export const VB2_FAULTS: readonly Fault[] = [
  ...QUEUEING_FAULTS,
  ...MEMORY_FAULTS,
  ...STREAMING_FAULTS,
  ...DEQUEUEING_FAULTS,
  ...SHARING_FAULTS,
  ...LIFE_FAULTS,
];
