import '../../programs/operations/index.ts';
import type { Property } from '../../check/property.ts';
import { DELIVERY_PROPERTIES } from './delivery.ts';
import { HANDLER_PROPERTIES } from './handlers.ts';

/** Properties of the interrupt controller. */
export const HW_IRQ_PROPERTIES: readonly Property[] = [
  ...DELIVERY_PROPERTIES,
  ...HANDLER_PROPERTIES,
];
