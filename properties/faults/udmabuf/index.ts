import type { Fault } from '../fault.ts';
import { ARGUMENT_FAULTS } from './arguments.ts';
import { PINNING_FAULTS } from './pinning.ts';
import { TABLE_FAULTS } from './tables.ts';
import { USING_FAULTS } from './using.ts';

/** Mistakes about buffers that are made of pages of memory files. */
export const UDMABUF_FAULTS: readonly Fault[] = [
  ...ARGUMENT_FAULTS,
  ...PINNING_FAULTS,
  ...USING_FAULTS,
  ...TABLE_FAULTS,
];
