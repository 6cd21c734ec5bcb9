import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about walking through chains. */
export const CHAIN_WALK_FAULTS: readonly Fault[] = [
  fault({
    id: 'unwrap-001-oldest-first',
    mistake: 'a walk begins with what is behind the head, and ends with the head',
    breaks: ['UNWRAP-001'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *first(head: DmaFence | null): KernelTask<DmaFence | null> {
          const prev = this.stack.chains.chainOf(head)?.prev.readStable() ?? null;
          return yield* super.first(prev ?? head);
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-002-closed-at-the-end',
    mistake: 'an array behind the last node is a leaf',
    breaks: ['UNWRAP-002'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *next(): KernelTask<DmaFence | null> {
          const before = this.element;
          const leaf = yield* super.next();
          const { element } = this;
          const isArray = this.stack.arrays.arrayOf(element) !== null;
          return isArray && element !== before ? element : leaf;
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-003-skips-a-finished-head',
    mistake: 'a head whose contained fence is done is skipped',
    breaks: ['UNWRAP-003'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *first(head: DmaFence | null): KernelTask<DmaFence | null> {
          const leaf = yield* super.first(head);
          const isChain = this.stack.chains.chainOf(head) !== null;
          if (!isChain || leaf === null || !(yield* leaf.isSignaled())) return leaf;
          return yield* this.next();
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-004-borrows-the-element',
    mistake: 'the cursor takes no reference on the head, and drops one all the same',
    breaks: ['UNWRAP-004'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *first(head: DmaFence | null): KernelTask<DmaFence | null> {
          this.element = head;
          return yield* this.open();
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-004-keeps-the-element',
    mistake: 'who leaves the loop early leaves the reference behind',
    breaks: ['UNWRAP-004'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *leave(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'unwrap-005-goes-on',
    mistake: 'a walk goes on behind an element without leaves',
    breaks: ['UNWRAP-005'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        protected override *open(): KernelTask<DmaFence | null> {
          while (this.element !== null && this.stack.unwrap.opened(this.element).length === 0) {
            this.element = yield* this.stack.chains.walk(this.element);
          }
          return yield* super.open();
        }
      },
    }),
  }),
  fault({
    id: 'unwrap-005-drops-twice',
    mistake: 'a walk that has ended drops its element once more when it is left',
    breaks: ['UNWRAP-005'],
    install: (types) => ({
      UnwrapCursor: class extends types.UnwrapCursor {
        override *leave(): KernelTask<void> {
          yield* this.stack.fences.put(this.element);
        }
      },
    }),
  }),
];
