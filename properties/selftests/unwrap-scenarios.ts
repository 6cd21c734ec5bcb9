import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';
import { expectThat } from './selftest.ts';

/** The fences of the suite do nothing but exist. @kernel mock_ops */
const MOCK_OPS: FenceOps = {
  getDriverName: () => 'mock',
  getTimelineName: () => 'mock',
};

/** One test of the suite, on one machine. */
export type UnwrapScenario = (stack: Stack) => KernelTask<void>;

/** A pending fence that is armed, as all fences of the suite are. @kernel mock_fence */
function* mockFence(stack: Stack, context: number, seqno: bigint): KernelTask<DmaFence> {
  const lock = new SpinLock(stack.fences, 'mock lock', '&mock->lock');
  const fence = new stack.types.DmaFence(stack, MOCK_OPS, lock, context, seqno);
  yield* fence.enableSwSignaling();
  return fence;
}

/** Each fence of the suite's first half has a context of its own. */
function* freshFence(stack: Stack): KernelTask<DmaFence> {
  return yield* mockFence(stack, yield* stack.fences.contextAlloc(1), 1n);
}

/** An array that owns the fences. @kernel mock_array */
function* mockArray(stack: Stack, fences: readonly DmaFence[]): KernelTask<DmaFence> {
  const context = yield* stack.fences.contextAlloc(1);
  const array = yield* stack.arrays.create(fences, context, 1n, false);
  expectThat(array !== null, 'there is no array');
  return array?.base ?? (yield* stack.stubs.getStub());
}

/** Merges, and takes no for no answer. @kernel dma_fence_unwrap_merge */
function* merged(stack: Stack, fences: readonly DmaFence[]): KernelTask<DmaFence> {
  const result = yield* stack.unwrap.merge(fences);
  expectThat(result !== null, 'the merge fails');
  return result ?? (yield* stack.stubs.getStub());
}

function* putAll(...fences: readonly DmaFence[]): KernelTask<void> {
  for (const fence of fences) yield* fence.put();
}

/** What a walk over the leaves yields. @kernel dma_fence_unwrap_for_each */
function* leavesOf(stack: Stack, fence: DmaFence): KernelTask<readonly DmaFence[]> {
  const cursor = stack.unwrap.cursor();
  const leaves: DmaFence[] = [];
  let leaf = yield* cursor.first(fence);
  while (leaf !== null) {
    leaves.push(leaf);
    leaf = yield* cursor.next();
  }
  return leaves;
}

/** The leaves are exactly these, in any order. */
function* expectLeaves(
  stack: Stack,
  fence: DmaFence,
  wanted: readonly DmaFence[],
): KernelTask<void> {
  const leaves = yield* leavesOf(stack, fence);
  for (const leaf of leaves) expectThat(wanted.includes(leaf), `unexpected leaf ${leaf.label}`);
  for (const leaf of wanted) {
    const count = leaves.filter((other) => other === leaf).length;
    expectThat(count === 1, `${leaf.label} comes ${count} times`);
  }
}

/** The leaves are exactly these, in this order. */
function* expectOrder(
  stack: Stack,
  fence: DmaFence,
  wanted: readonly DmaFence[],
): KernelTask<void> {
  yield* expectLeaves(stack, fence, wanted);
  const leaves = yield* leavesOf(stack, fence);
  const isOrdered = leaves.every((leaf, index) => leaf === wanted[index]);
  expectThat(isOrdered, 'the leaves come in another order');
}

/** A node of a chain that owns both fences. @kernel mock_chain */
function* mockChain(stack: Stack, prev: DmaFence | null, fence: DmaFence): KernelTask<DmaFence> {
  const memory = yield* stack.chains.alloc();
  if (memory === null) return stack.world.fault('bug', 'no memory for a node');
  return (yield* stack.chains.init(memory, prev, fence, 1n)).base;
}

/** ST-UNWRAP-01: an array of one in a chain of one. */
export function* sanitycheck(stack: Stack): KernelTask<void> {
  const array = yield* mockArray(stack, [yield* freshFence(stack)]);
  const chain = yield* mockChain(stack, null, array);
  yield* putAll(chain);
}

/** ST-UNWRAP-03: walking a node and the plain fence before it. */
export function* unwrapChain(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const chain = yield* mockChain(stack, f1, f2);
  yield* expectLeaves(stack, chain, [f1, f2]);
  yield* putAll(chain);
}

/** ST-UNWRAP-04: walking an array in a node. */
export function* unwrapChainArray(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const chain = yield* mockChain(stack, null, yield* mockArray(stack, [f1, f2]));
  yield* expectLeaves(stack, chain, [f1, f2]);
  yield* putAll(chain);
}

/** ST-UNWRAP-09: an array and a chain of the same fences in opposite orders. */
export function* unwrapMergeOrder(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const array = yield* mockArray(stack, [yield* f1.get(), yield* f2.get()]);
  const before = yield* mockChain(stack, null, f1);
  const chain = yield* mockChain(stack, before, f2);
  const result = yield* merged(stack, [array, chain]);
  yield* expectOrder(stack, result, [f1, f2]);
  yield* putAll(result, chain, array);
}

/** ST-UNWRAP-02: walking an array. */
export function* unwrapArray(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const array = yield* mockArray(stack, [f1, f2]);
  yield* expectLeaves(stack, array, [f1, f2]);
  yield* putAll(array);
}

/** ST-UNWRAP-05: merging two fences of different contexts. */
export function* unwrapMerge(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const f3 = yield* merged(stack, [f1, f2]);
  yield* expectLeaves(stack, f3, [f1, f2]);
  yield* putAll(f3, f1, f2);
}

/** ST-UNWRAP-06: merging merges, and the stub. */
export function* unwrapMergeComplex(stack: Stack): KernelTask<void> {
  const [f1, f2] = [yield* freshFence(stack), yield* freshFence(stack)];
  const f3 = yield* merged(stack, [f1, f2]);
  const f4 = yield* merged(stack, [f2, f1]);
  const stub = yield* stack.stubs.getStub();
  const f5 = yield* merged(stack, [f3, f4, stub]);
  yield* expectLeaves(stack, f5, [f1, f2]);
  yield* putAll(f5, stub, f4, f3, f2, f1);
}

/** ST-UNWRAP-07: merging a fence with itself. */
export function* unwrapMergeDuplicate(stack: Stack): KernelTask<void> {
  const f1 = yield* freshFence(stack);
  const f2 = yield* merged(stack, [f1, f1]);
  yield* expectLeaves(stack, f2, [f1]);
  yield* putAll(f2, f1);
}

/** ST-UNWRAP-08: of one context the latest stays, contexts ascend. */
export function* unwrapMergeSeqno(stack: Stack): KernelTask<void> {
  const context = yield* stack.fences.contextAlloc(2);
  const f1 = yield* mockFence(stack, context + 1, 1n);
  const f2 = yield* mockFence(stack, context + 1, 2n);
  const f3 = yield* mockFence(stack, context, 1n);
  const f4 = yield* merged(stack, [f1, f2, f3]);
  yield* expectOrder(stack, f4, [f3, f2]);
  yield* putAll(f4, f3, f2, f1);
}

/** ST-UNWRAP-10: the same, with the latest of each context in different arrays. */
export function* unwrapMergeComplexSeqno(stack: Stack): KernelTask<void> {
  const context = yield* stack.fences.contextAlloc(2);
  const f1 = yield* mockFence(stack, context, 2n);
  const f2 = yield* mockFence(stack, context + 1, 1n);
  const f3 = yield* mockFence(stack, context, 1n);
  const f4 = yield* mockFence(stack, context + 1, 2n);
  const array1 = yield* mockArray(stack, [f1, f2]);
  const array2 = yield* mockArray(stack, [f3, f4]);
  const f5 = yield* merged(stack, [array1, array2]);
  yield* expectOrder(stack, f5, [f1, f4]);
  yield* putAll(f5, array1, array2);
}
