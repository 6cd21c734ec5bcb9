import '../../programs/operations/index.ts';
import { BUFFERING_LITMUS } from './buffering.ts';
import { COHERENCE_LITMUS } from './coherence.ts';
import { COPIES_LITMUS } from './copies.ts';
import type { MemoryLitmus } from './memory-litmus.ts';
import { PASSING_LITMUS } from './passing.ts';

/** Every litmus program about memory itself. */
export const MEMORY_LITMUS: readonly MemoryLitmus[] = [
  ...BUFFERING_LITMUS,
  ...PASSING_LITMUS,
  ...COPIES_LITMUS,
  ...COHERENCE_LITMUS,
];
