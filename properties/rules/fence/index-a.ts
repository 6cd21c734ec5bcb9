import type { Property } from '../../check/property.ts';
import { ADD_PROPERTIES } from './add.ts';
import { CALLBACK_CONTEXT_PROPERTIES } from './callback-context.ts';
import { CREATION_PROPERTIES } from './creation.ts';
import { LOOKUP_PROPERTIES } from './lookup.ts';
import { OPS_ARMING_PROPERTIES } from './ops-arming.ts';
import { OPS_CONTEXT_PROPERTIES } from './ops-context.ts';
import { RELEASE_PROPERTIES } from './release.ts';
import { REMOVE_PROPERTIES } from './remove.ts';
import { SIGNAL_PROPERTIES } from './signal.ts';
import { SIGNAL_CALLS_PROPERTIES } from './signal-calls.ts';
import { STUB_PROPERTIES } from './stubs.ts';

/** Properties of FENCE-001 to FENCE-050; FENCE-046 has its own file. */
export const FENCE_A_PROPERTIES: readonly Property[] = [
  ...CREATION_PROPERTIES,
  ...RELEASE_PROPERTIES,
  ...LOOKUP_PROPERTIES,
  ...STUB_PROPERTIES,
  ...OPS_ARMING_PROPERTIES,
  ...OPS_CONTEXT_PROPERTIES,
  ...SIGNAL_PROPERTIES,
  ...SIGNAL_CALLS_PROPERTIES,
  ...CALLBACK_CONTEXT_PROPERTIES,
  ...ADD_PROPERTIES,
  ...REMOVE_PROPERTIES,
];
