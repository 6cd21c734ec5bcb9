import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Stack } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

const unnamed = (): string => 'unnamed';

/** The ops with every name that they lack. */
function withNames(ops: FenceOps): FenceOps {
  if (typeof ops?.getDriverName === 'function' && typeof ops.getTimelineName === 'function') {
    return ops;
  }
  return { getDriverName: unnamed, getTimelineName: unnamed };
}

/** Mistakes about new fences, contexts and NULL. */
export const CREATION_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-001-enabled',
    mistake: 'a new fence counts as armed',
    breaks: ['FENCE-001'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
          super(stack, ops, lock, context, seqno);
          this.flags.initialize(ENABLE_SIGNAL);
        }
      },
    }),
  }),
  fault({
    id: 'fence-001-short-seqno',
    mistake: 'sequence numbers are cut to 32 bits when a fence is made',
    breaks: ['FENCE-001'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
          super(stack, ops, lock, context, BigInt.asUintN(32, seqno));
        }
      },
    }),
  }),
  fault({
    id: 'fence-001-two-references',
    mistake: 'a new fence starts with a reference for nobody',
    breaks: ['FENCE-001'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
          super(stack, ops, lock, context, seqno);
          this.references.initialize(2);
        }
      },
    }),
  }),
  fault({
    id: 'fence-002-names-made-up',
    mistake: 'creation makes up the names that the ops lack',
    breaks: ['FENCE-002'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
          super(stack, withNames(ops), lock, context, seqno);
        }
      },
    }),
  }),
  fault({
    id: 'fence-002-enable-wanted',
    mistake: 'creation insists on an enable_signaling',
    breaks: ['FENCE-002'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        constructor(stack: Stack, ops: FenceOps, lock: SpinLock, context: number, seqno: bigint) {
          super(stack, ops, lock, context, seqno);
          this.world.bugOn(ops.enableSignaling === undefined, 'no enable_signaling', this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-003-not-atomic',
    mistake: 'the context counter is read, then written',
    breaks: ['FENCE-003'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *contextAlloc(count: number): KernelTask<number> {
          this.world.warnOn(count === 0, 'dma_fence_context_alloc of nothing');
          const first = yield* this.contextCounter.read();
          yield* this.contextCounter.write(first + count);
          return first;
        }
      },
    }),
  }),
  fault({
    id: 'fence-003-from-zero',
    mistake: 'context 0 is handed out',
    breaks: ['FENCE-003'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        constructor(stack: Stack) {
          super(stack);
          this.contextCounter.initialize(0);
        }
      },
    }),
  }),
  fault({
    id: 'fence-004-reserves-one',
    mistake: 'an allocation of 0 contexts uses up one',
    breaks: ['FENCE-004'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *contextAlloc(count: number): KernelTask<number> {
          this.world.warnOn(count === 0, 'dma_fence_context_alloc of nothing');
          return yield* this.contextCounter.fetchAdd(Math.max(1, count));
        }
      },
    }),
  }),
  fault({
    id: 'fence-004-silent',
    mistake: 'nobody complains about an allocation of 0 contexts',
    breaks: ['FENCE-004'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *contextAlloc(count: number): KernelTask<number> {
          return yield* this.contextCounter.fetchAdd(count);
        }
      },
    }),
  }),
  fault({
    id: 'fence-005-null-becomes-stub',
    mistake: 'a reference on NULL is one on the stub',
    breaks: ['FENCE-005'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *get(fence: DmaFence | null): KernelTask<DmaFence | null> {
          return fence === null ? yield* this.stack.stubs.getStub() : yield* fence.get();
        }
      },
    }),
  }),
  fault({
    id: 'fence-005-null-put-warns',
    mistake: 'dropping NULL complains',
    breaks: ['FENCE-005'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *put(fence: DmaFence | null): KernelTask<void> {
          if (this.world.warnOn(fence === null, 'dma_fence_put of NULL')) return;
          if (fence !== null) yield* fence.put();
        }
      },
    }),
  }),
];
