import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvCursor } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** The step returns early where the object has no list, and leaves the former fence in the cursor. */
function keepingTypes(types: StackTypes): Partial<StackTypes> {
  return {
    ResvWalk: class extends types.ResvWalk {
      protected override *walk(cursor: ResvCursor): KernelTask<void> {
        if (cursor.list !== null) yield* super.walk(cursor);
      }
    },
  };
}

/**
 * Lists are told apart by their addresses, and the memory of one that was freed becomes the next
 * one that is made. A cursor that holds no read section compares with what is there now.
 */
function addressTypes(types: StackTypes): Partial<StackTypes> {
  /** The lists that have been at each address, the last one at the end. */
  const addresses = new WeakMap<object, ResvList[][]>();

  return {
    ResvList: class extends types.ResvList {
      constructor(...[stack, max]: ConstructorParameters<typeof types.ResvList>) {
        super(stack, max);
        const known = addresses.get(stack) ?? [];
        addresses.set(stack, known);
        const free = known.find((lists) => lists.at(-1)?.freedBy !== null);
        if (free === undefined) known.push([this]);
        else free.push(this);
      }
    },
    ResvWalk: class extends types.ResvWalk {
      override *next(cursor: ResvCursor): KernelTask<DmaFence | null> {
        const now = yield* cursor.resv.fences.read();
        const lists = addresses.get(this.stack) ?? [];
        const isTaken = lists.some(
          (at) =>
            now !== null && cursor.list !== null && at.includes(now) && at.includes(cursor.list),
        );
        // The same address: its index and its count are those of a list that is gone.
        if (isTaken) cursor.list = now;
        return yield* super.next(cursor);
      }
    },
  };
}

/** What reservation objects of Linux 6.12 do wrong. */
export const RESV_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-RESV-01',
    mistake: 'a walk that finds no list any more gives the same fence for ever',
    breaks: ['RESV-069'],
    install: keepingTypes,
  }),
  fault({
    id: 'KERN-RESV-02',
    mistake: 'a list at the address of one that was freed passes for it',
    breaks: ['RESV-042'],
    install: addressTypes,
  }),
];
