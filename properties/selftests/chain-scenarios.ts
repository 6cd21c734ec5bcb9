import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Stack } from '../../impl/stack.ts';
import { MockFence } from './mock-fence.ts';
import { expectThat } from './selftest.ts';

/** The chain of one test: nodes and fences in order, a reference on each. @kernel struct fence_chains */
export interface FenceChains {
  readonly nodes: readonly DmaFence[];
  readonly fences: readonly DmaFence[];
}

/** One test of the suite, on one machine. */
export type ChainScenario = (stack: Stack) => KernelTask<void>;

const LENGTH = 64;

/** The number of node `index`, counted from 0. */
type Numbering = (index: number) => number;
const step: Numbering = (index) => index + 1;
const gaps: Numbering = (index) => 2 * (index + 1);

/** @kernel mock_chain */
function* mockChain(
  stack: Stack,
  prev: DmaFence | null,
  fence: DmaFence,
  seqno: number,
): KernelTask<DmaFence> {
  const memory = yield* stack.chains.alloc();
  if (memory === null) return stack.world.fault('bug', 'no memory for a node');
  const own = yield* stack.fences.get(prev);
  return (yield* stack.chains.init(memory, own, yield* fence.get(), BigInt(seqno))).base;
}

/** @kernel fence_chains_init */
export function* begin(
  stack: Stack,
  count: number,
  number: Numbering = step,
): KernelTask<FenceChains> {
  const nodes: DmaFence[] = [];
  const fences: DmaFence[] = [];
  for (let index = 0; index < count; index += 1) {
    const fence = new MockFence(stack).base;
    fences.push(fence);
    const node = yield* mockChain(stack, nodes.at(-1) ?? null, fence, number(index));
    nodes.push(node);
    yield* node.enableSwSignaling();
  }
  return { nodes, fences };
}

/** @kernel fence_chains_fini */
export function* end({ nodes, fences }: FenceChains): KernelTask<void> {
  for (const fence of fences) {
    yield* fence.signal();
    yield* fence.put();
  }
  for (const node of nodes) yield* node.put();
}

export function tailOf({ nodes }: FenceChains): DmaFence {
  const tail = nodes.at(-1);
  if (tail === undefined) throw new Error('the chain is empty');
  return tail;
}

/** What a lookup gives, from a reference of its own; the result has one. */
export function* find(
  stack: Stack,
  from: DmaFence,
  seqno: number,
): KernelTask<{ result: number; fence: DmaFence | null }> {
  return yield* stack.chains.findSeqno(yield* from.get(), BigInt(seqno));
}

/** The lookup succeeds and gives this. */
function* expectFound(
  stack: Stack,
  from: DmaFence,
  seqno: number,
  wanted: DmaFence | null,
): KernelTask<void> {
  const { result, fence } = yield* find(stack, from, seqno);
  expectThat(result === 0, `finding ${seqno} fails: ${result}`);
  expectThat(fence === wanted, `finding ${seqno} gives ${fence?.label ?? 'NULL'}`);
  yield* stack.fences.put(fence);
}

/** ST-CHAIN-01: one node. */
export function* sanitycheck(stack: Stack): KernelTask<void> {
  const fence = new MockFence(stack).base;
  const chain = yield* mockChain(stack, null, fence, 1);
  yield* chain.enableSwSignaling();
  yield* fence.signal();
  yield* fence.put();
  yield* chain.put();
}

/** ST-CHAIN-02: every point of a chain without gaps. */
export function* findSeqno(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, LENGTH);
  const tail = tailOf(chains);
  const zero = yield* find(stack, tail, 0);
  expectThat(zero.result === 0, 'finding 0 fails');
  yield* stack.fences.put(zero.fence);
  for (const [index, node] of chains.nodes.entries()) {
    const number = index + 1;
    yield* expectFound(stack, tail, number, node);
    yield* expectFound(stack, node, number, node);
    const beyond = yield* find(stack, node, number + 1);
    expectThat(beyond.result < 0, `node ${number} finds what comes after it`);
    yield* stack.fences.put(beyond.fence);
    const before = chains.nodes[index - 1];
    if (before !== undefined) yield* expectFound(stack, node, number - 1, before);
  }
  yield* end(chains);
}

/** ST-CHAIN-03: a point that is done is found in nothing, or in its node. */
export function* findSignaled(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, 2);
  yield* chains.fences[0]?.signal() ?? none();
  const { result, fence } = yield* find(stack, tailOf(chains), 1);
  expectThat(result === 0, 'finding 1 fails');
  expectThat(fence === null || fence === chains.nodes[0], `it gives ${fence?.label ?? 'NULL'}`);
  yield* stack.fences.put(fence);
  yield* end(chains);
}

function* none(): KernelTask<void> {}

/** ST-CHAIN-04: the middle of three is done; the first one stands in for it. */
export function* findOutOfOrder(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, 3);
  yield* chains.fences[1]?.signal() ?? none();
  yield* expectFound(stack, tailOf(chains), 2, chains.nodes[0] ?? null);
  yield* end(chains);
}

/** ST-CHAIN-05: numbers between those of nodes resolve to the node above. */
export function* findGap(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, LENGTH, gaps);
  for (const [index, node] of chains.nodes.entries()) {
    yield* expectFound(stack, tailOf(chains), 2 * index + 1, node);
    yield* expectFound(stack, node, 2 * index + 2, node);
  }
  yield* end(chains);
}

/** ST-CHAIN-07: signaled from the first to the last, nodes are done one by one. */
export function* signalForward(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, LENGTH);
  for (const [index, fence] of chains.fences.entries()) {
    yield* fence.signal();
    const node = chains.nodes[index];
    const isDone = node !== undefined && (yield* node.isSignaled());
    expectThat(isDone, `node ${index} is not done`);
    const next = chains.nodes[index + 1];
    if (next !== undefined) {
      expectThat(!(yield* next.isSignaled()), `node ${index + 1} is done too early`);
    }
  }
  yield* end(chains);
}

/** ST-CHAIN-08: signaled from the last to the first, no node is done before the first fence is. */
export function* signalBackward(stack: Stack): KernelTask<void> {
  const chains = yield* begin(stack, LENGTH);
  for (const [index, fence] of [...chains.fences.entries()].toReversed()) {
    yield* fence.signal();
    const node = chains.nodes[index];
    if (index > 0 && node !== undefined) {
      expectThat(!(yield* node.isSignaled()), `node ${index} is done too early`);
    }
  }
  for (const [index, node] of chains.nodes.entries()) {
    expectThat(yield* node.isSignaled(), `node ${index} is not done`);
  }
  yield* end(chains);
}
