import type { Fault } from '../fault.ts';
import { EXPORTING_FAULTS } from './exporting.ts';
import { IMPORTING_FAULTS } from './importing.ts';
import { REQUEST_FAULTS } from './requests.ts';

/** Mistakes about the requests of a buffer's file. */
export const IOCTL_FAULTS: readonly Fault[] = [
  ...REQUEST_FAULTS,
  ...EXPORTING_FAULTS,
  ...IMPORTING_FAULTS,
];
