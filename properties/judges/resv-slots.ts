import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';

/** What a judge sees in one slot of a list of fences. */
export interface SeenSlot {
  readonly fence: DmaFence;
  readonly usage: number;
}

/** The slots of a list that its count says are filled, in order; the list may be wrong about that. */
export function slotsIn(list: KernelObject | null): SeenSlot[] {
  const slots: SeenSlot[] = [];
  let count = 0;
  list?.visitState((name, value) => {
    if (name === 'count') count = Number(value);
    if (!name.startsWith('slot') || !Array.isArray(value)) return;
    const [fence, usage]: readonly unknown[] = value;
    if (!(fence instanceof DmaFence) || Number(name.slice(4)) >= count) return;
    slots.push({ fence, usage: Number(usage) });
  });
  return slots;
}
