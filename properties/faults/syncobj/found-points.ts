import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';

/** Points that are found in another way. `find` gets what the intact lookup has found. */
export function finding(
  types: StackTypes,
  find: (stack: Stack, found: DmaFence, point: bigint) => KernelTask<DmaFence | number>,
): Partial<StackTypes> {
  return {
    Syncobjs: class extends types.Syncobjs {
      override *findPoint(fence: DmaFence, point: bigint): KernelTask<DmaFence | number> {
        const found = yield* super.findPoint(fence, point);
        return typeof found === 'number' ? found : yield* find(this.stack, found, point);
      }
    },
  };
}

/** What a node contains, instead of the node. */
export function* opened({ chains }: Stack, node: DmaFence): KernelTask<DmaFence> {
  const contained = chains.contained(node);
  if (contained !== node) yield* contained.get();
  if (contained !== node) yield* node.put();
  return contained;
}
