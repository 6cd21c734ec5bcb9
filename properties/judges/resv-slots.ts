import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { KernelObject } from '../../impl/kernel/object.ts';

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
    if (!name.startsWith('slot') || !(value instanceof KernelObject)) return;
    const slot = slotIn(value);
    if (slot !== null && Number(name.slice(4)) < count) slots.push(slot);
  });
  return slots;
}

function slotIn(word: KernelObject): SeenSlot | null {
  let fence: DmaFence | null = null;
  let usage = -1;
  word.visitState((field, value) => {
    if (field === 'fence' && value instanceof DmaFence) fence = value;
    if (field === 'usage') usage = Number(value);
  });
  return fence === null ? null : { fence, usage };
}
