import type { Property } from '../../check/property.ts';
import { DEQUEUEING_PROPERTIES } from './dequeueing.ts';
import { MEMORY_PROPERTIES } from './memory.ts';
import { NO_MEMORY_PROPERTIES } from './no-memory.ts';
import { QUEUEING_PROPERTIES } from './queueing.ts';
import { SHARING_PROPERTIES } from './sharing.ts';
import { STREAMING_PROPERTIES } from './streaming.ts';

/** Properties of video queues. */
export const VB2_PROPERTIES: readonly Property[] = [
  ...QUEUEING_PROPERTIES,
  ...MEMORY_PROPERTIES,
  ...STREAMING_PROPERTIES,
  ...DEQUEUEING_PROPERTIES,
  ...SHARING_PROPERTIES,
  ...NO_MEMORY_PROPERTIES,
];
