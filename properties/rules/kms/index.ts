import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { CAPTURE_PROPERTIES } from './captures.ts';
import { CONTENTION_PROPERTIES } from './contention.ts';
import { FENCE_PROPERTIES } from './fences.ts';
import { ORDER_PROPERTIES } from './order.ts';
import { REQUEST_PROPERTIES } from './requests.ts';
import { RETIRING_PROPERTIES } from './retiring.ts';
import { SIGNAL_PROPERTIES } from './signals.ts';

/** Properties of display commits. */
export const KMS_PROPERTIES: readonly Property[] = [
  ...REQUEST_PROPERTIES,
  ...FENCE_PROPERTIES,
  ...ORDER_PROPERTIES,
  ...RETIRING_PROPERTIES,
  ...SIGNAL_PROPERTIES,
  ...CONTENTION_PROPERTIES,
  ...CAPTURE_PROPERTIES,
];
