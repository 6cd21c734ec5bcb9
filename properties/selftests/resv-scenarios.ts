import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import type { ResvUsage } from '../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Stack } from '../../impl/stack.ts';
import { MockFence } from './mock-fence.ts';
import { expectThat } from './selftest.ts';

/** A scenario of the kernel's suite for reservation objects, for one usage. */
export type ResvScenario = (stack: Stack, usage: ResvUsage) => KernelTask<void>;

function* enabledFence(stack: Stack): KernelTask<DmaFence> {
  const fence = new MockFence(stack).base;
  yield* fence.enableSwSignaling();
  return fence;
}

export const sanitycheck: ResvScenario = function* (stack) {
  const fence = yield* enabledFence(stack);
  yield* fence.signal();
  yield* fence.put();
  const resv = new stack.types.DmaResv(stack);
  expectThat((yield* resv.acquire()) === 0, 'resv locking failed');
  yield* resv.release();
  yield* resv.fini();
};

/** An object with one enabled fence, still locked. */
function* filled(
  stack: Stack,
  usage: ResvUsage,
): KernelTask<{ readonly resv: DmaResv; readonly fence: DmaFence }> {
  const fence = yield* enabledFence(stack);
  const resv = new stack.types.DmaResv(stack);
  expectThat((yield* resv.acquire()) === 0, 'resv locking failed');
  expectThat((yield* resv.reserveFences(1)) === 0, 'resv shared slot allocation failed');
  yield* resv.addFence(fence, usage);
  return { resv, fence };
}

export const testSignaling: ResvScenario = function* (stack, usage) {
  const { resv, fence } = yield* filled(stack, usage);
  expectThat(!(yield* resv.testSignaled(usage)), 'resv unexpectedly signaled');
  yield* fence.signal();
  expectThat(yield* resv.testSignaled(usage), 'resv not reporting signaled');
  yield* resv.release();
  yield* resv.fini();
  yield* fence.put();
};

export const testForEach: ResvScenario = function* (stack, usage) {
  const { resv, fence } = yield* filled(stack, usage);
  const { resvWalk } = stack;
  const cursor = resvWalk.begin(resv, usage);
  let count = 0;
  let found = resvWalk.firstLocked(cursor);
  while (found !== null) {
    count += 1;
    expectThat(found === fence, 'unexpected fence');
    expectThat(cursor.fenceUsage === usage, 'unexpected fence usage');
    found = resvWalk.nextLocked(cursor);
  }
  expectThat(count === 1, 'not exactly one fence found');
  yield* fence.signal();
  yield* resv.release();
  yield* resv.fini();
  yield* fence.put();
};

export const testForEachUnlocked: ResvScenario = function* (stack, usage) {
  const { resv, fence } = yield* filled(stack, usage);
  yield* resv.release();
  const { resvWalk } = stack;
  const cursor = resvWalk.begin(resv, usage);
  let count = 0;
  let found = yield* resvWalk.first(cursor);
  while (found !== null) {
    count += 1;
    expectThat(count <= 2, 'the fence comes a third time');
    expectThat(cursor.isRestarted, 'no restart seen');
    expectThat(found === fence, 'unexpected fence');
    expectThat(cursor.fenceUsage === usage, 'unexpected fence usage');
    // A list that is none: the walk has to begin anew.
    if (count === 1) cursor.list = null;
    found = yield* resvWalk.next(cursor);
  }
  yield* resvWalk.end(cursor);
  expectThat(count === 2, 'the walk did not begin anew');
  yield* fence.signal();
  yield* resv.fini();
  yield* fence.put();
};

export const testGetFences: ResvScenario = function* (stack, usage) {
  const { resv, fence } = yield* filled(stack, usage);
  yield* resv.release();
  const found = yield* stack.resvQueries.getFences(resv, usage);
  if (typeof found === 'number') {
    expectThat(false, `get_fences failed: ${found}`);
  } else {
    expectThat(found.length === 1 && found[0] === fence, 'get_fences returned unexpected fences');
    for (const one of found) yield* one.put();
  }
  expectThat(fence.references.value === 2, 'get_fences leaves references behind');
  yield* fence.signal();
  yield* resv.fini();
  yield* fence.put();
};
