import { type Fault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';

/** How another thread finds a fault: classes cannot cross. */
export interface FaultName {
  readonly id: string;
  /** The module that exports it as "fault"; null when it is one of ours. */
  readonly module: string | null;
}

/** Throws when a worker could not find it. */
export function nameOf({ id, module }: Fault): FaultName {
  if (module !== undefined) return { id, module };
  if (findFault(id) !== null) return { id, module: null };
  throw new Error(`workers cannot find the fault ${id}: it is none of ours, and names no module`);
}

export async function loadFault({ id, module }: FaultName): Promise<Fault> {
  if (module === null) {
    const found = findFault(id);
    if (found === null) throw new Error(`there is no fault ${id}`);
    return found;
  }
  const loaded: unknown = await import(module);
  // The main thread has looked at it already.
  return Reflect.get(Object(loaded), 'fault') as Fault;
}
