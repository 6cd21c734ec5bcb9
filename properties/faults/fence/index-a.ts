import type { Fault } from '../fault.ts';
import { ADD_FAULTS } from './add.ts';
import { CALLBACK_CONTEXT_FAULTS } from './callback-context.ts';
import { CREATION_FAULTS } from './creation.ts';
import { LOOKUP_FAULTS } from './lookup.ts';
import { OPS_ARMING_FAULTS } from './ops-arming.ts';
import { OPS_CONTEXT_FAULTS } from './ops-context.ts';
import { RELEASE_FAULTS } from './release.ts';
import { REMOVE_FAULTS } from './remove.ts';
import { SIGNAL_FAULTS } from './signal.ts';
import { SIGNAL_CALLS_FAULTS } from './signal-calls.ts';
import { STUB_FAULTS } from './stubs.ts';

/** Mistakes that break FENCE-001 to FENCE-050. */
export const FENCE_A_FAULTS: readonly Fault[] = [
  ...CREATION_FAULTS,
  ...RELEASE_FAULTS,
  ...LOOKUP_FAULTS,
  ...STUB_FAULTS,
  ...OPS_ARMING_FAULTS,
  ...OPS_CONTEXT_FAULTS,
  ...SIGNAL_FAULTS,
  ...SIGNAL_CALLS_FAULTS,
  ...CALLBACK_CONTEXT_FAULTS,
  ...ADD_FAULTS,
  ...REMOVE_FAULTS,
];
