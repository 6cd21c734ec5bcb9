import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { DISPATCH_PROPERTIES } from './dispatch.ts';
import { EXPORTING_PROPERTIES } from './exporting.ts';
import { IMPORTING_PROPERTIES } from './importing.ts';

/** Properties of the requests of a buffer's file. */
export const IOCTL_PROPERTIES: readonly Property[] = [
  ...DISPATCH_PROPERTIES,
  ...EXPORTING_PROPERTIES,
  ...IMPORTING_PROPERTIES,
];
