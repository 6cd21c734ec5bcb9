import { EVERY_FIELD } from '../../impl/kernel/footprint.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';

/**
 * Says that a step looks at whole objects, as a debugger does: at any of their fields, without a
 * lock, and also when their memory is gone. No explorer may take it for independent of a write. A
 * processor that is stopped for a look at memory has emptied its store buffer.
 */
export function looksAt(...objects: readonly (KernelObject | null)[]): void {
  for (const object of objects) {
    if (object === null) continue;
    object.world.barrier();
    object.world.touch(object, EVERY_FIELD, 'read', 'full');
  }
}
