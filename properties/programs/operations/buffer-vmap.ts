import type { DmaBufAccess } from '../../../impl/dma-buf/dma-buf-access.ts';
import type { KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { areaOf, bufferOf } from '../buffers.ts';
import { defineOperations, type Operation } from '../operation.ts';

function mapped(
  name: string,
  vmap: (access: DmaBufAccess, buffer: DmaBuf) => KernelTask<KernelMapping | number>,
): Operation {
  return {
    name,
    parameters: ['buffer'],
    *run(environment, args, out) {
      const mapping = yield* vmap(environment.stack.bufferAccess, bufferOf(environment, args));
      if (typeof mapping === 'number') return mapping;
      environment.bind(out, mapping);
      return mapping.label;
    },
  };
}

function unmapped(
  name: string,
  vunmap: (access: DmaBufAccess, buffer: DmaBuf, mapping: KernelMapping) => KernelTask<void>,
): Operation {
  return {
    name,
    parameters: ['buffer', 'mapping'],
    *run(environment, args) {
      const buffer = bufferOf(environment, args);
      const mapping = areaOf(environment, args);
      yield* vunmap(environment.stack.bufferAccess, buffer, mapping);
      return null;
    },
  };
}

/** A buffer in the kernel's own address space. */
defineOperations([
  mapped('buf.vmap', (access, buffer) => access.vmap(buffer)),
  mapped('buf.vmapUnlocked', (access, buffer) => access.vmapUnlocked(buffer)),
  unmapped('buf.vunmap', (access, buffer, mapping) => access.vunmap(buffer, mapping)),
  unmapped('buf.vunmapUnlocked', (access, buffer, mapping) =>
    access.vunmapUnlocked(buffer, mapping),
  ),
  {
    // Unmaps what a vmap may have given: nothing where it failed.
    name: 'buf.vgiveBack',
    parameters: ['buffer', 'mapping'],
    *run(environment, args) {
      if (environment.value(args.text('mapping')) === undefined) return null;
      const { bufferAccess } = environment.stack;
      yield* bufferAccess.vunmapUnlocked(bufferOf(environment, args), areaOf(environment, args));
      return null;
    },
  },
]);
