import type { Program } from '../programs/program.ts';
import { LITMUS } from './index.ts';
import type { Tested } from './litmus.ts';
import { MEMORY_LITMUS } from './memory/index.ts';
import { inModel } from './memory/memory-litmus.ts';

/** The ids of all litmus programs, those about memory itself included. */
export const LITMUS_IDS: readonly string[] = [...LITMUS, ...MEMORY_LITMUS].map(({ id }) => id);

/** The litmus program with this id, or null. */
export function programOf(id: string): Program | null {
  return [...LITMUS, ...MEMORY_LITMUS].find((tested) => tested.id === id)?.program ?? null;
}

/** What is expected of this program on its machine, if it is a litmus program. */
export function testedBy({ name, world }: Program): Tested | null {
  const found = LITMUS.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const memory = MEMORY_LITMUS.find(({ id }) => id === name);
  return memory === undefined ? null : inModel(memory, world.memory ?? 'sc');
}
