import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { EIO, ETIME } from '../../impl/kernel/errno.ts';
import type { Stack } from '../../impl/stack.ts';
import { MockFence } from './mock-fence.ts';
import { expectThat } from './selftest.ts';

/** How many references to the stub one scenario takes. */
const STUBS = 64;

/** What a scenario does with one fence of its own. */
type Body = (fence: DmaFence, stack: Stack) => KernelTask<void>;

/** A scenario of the kernel's fence suite. */
export type FenceScenario = (stack: Stack) => KernelTask<void>;

/** A scenario on a new fence, which it puts at its end. */
function onFence(body: Body): FenceScenario {
  return function* (stack) {
    const fence = new MockFence(stack).base;
    yield* fence.enableSwSignaling();
    yield* body(fence, stack);
    yield* fence.put();
  };
}

/** A scenario on a new fence and a callback that does nothing but being called. */
function onCallback(
  body: (fence: DmaFence, node: FenceCallback) => KernelTask<void>,
): FenceScenario {
  return onFence(function* (fence, stack) {
    const node = new stack.types.FenceCallback(stack.world, function* () {});
    yield* body(fence, node);
    stack.world.memory.free(node);
  });
}

export const sanitycheck: FenceScenario = onFence(function* (fence) {
  yield* fence.signal();
});

export const testSignaling: FenceScenario = onFence(function* (fence) {
  expectThat(!(yield* fence.isSignaled()), 'fence unexpectedly signaled on creation');
  expectThat((yield* fence.signal()) === 0, 'fence reported being already signaled');
  expectThat(yield* fence.isSignaled(), 'fence not reporting signaled');
  expectThat((yield* fence.signal()) !== 0, 'fence reported not being already signaled');
});

export const testAddCallback: FenceScenario = onCallback(function* (fence, node) {
  expectThat((yield* fence.addCallback(node)) === 0, 'failed to add callback to a new fence');
  yield* fence.signal();
  expectThat(node.calls === 1, 'callback failed');
});

export const testLateAddCallback: FenceScenario = onCallback(function* (fence, node) {
  yield* fence.signal();
  expectThat((yield* fence.addCallback(node)) !== 0, 'added callback, but fence was signaled');
  yield* fence.signal();
  expectThat(node.calls === 0, 'callback called after failed attachment');
});

export const testRmCallback: FenceScenario = onCallback(function* (fence, node) {
  expectThat((yield* fence.addCallback(node)) === 0, 'failed to add callback to a new fence');
  expectThat(yield* fence.removeCallback(node), 'failed to remove callback');
  yield* fence.signal();
  expectThat(node.calls === 0, 'callback still signaled after removal');
});

export const testLateRmCallback: FenceScenario = onCallback(function* (fence, node) {
  expectThat((yield* fence.addCallback(node)) === 0, 'failed to add callback to a new fence');
  yield* fence.signal();
  expectThat(node.calls === 1, 'callback failed');
  expectThat(!(yield* fence.removeCallback(node)), 'callback removal succeeded after the signal');
});

export const testStatus: FenceScenario = onFence(function* (fence) {
  expectThat((yield* fence.getStatus()) === 0, 'fence has status on creation');
  yield* fence.signal();
  expectThat((yield* fence.getStatus()) !== 0, 'fence not reporting signaled status');
});

export const testError: FenceScenario = onFence(function* (fence) {
  yield* fence.setError(-EIO);
  expectThat((yield* fence.getStatus()) === 0, 'fence has status before the signal');
  yield* fence.signal();
  expectThat((yield* fence.getStatus()) === -EIO, 'fence not reporting its error');
});

export const testWait: FenceScenario = onFence(function* (fence) {
  const early = yield* fence.waitTimeout(false, 0);
  expectThat(early === -ETIME, `wait reported ${early} before the signal`);
  yield* fence.signal();
  const late = yield* fence.waitTimeout(false, 0);
  expectThat(late === 0, `wait reported ${late} after the signal`);
});

export const testWaitTimeout: FenceScenario = onFence(function* (fence, { world }) {
  const early = yield* fence.waitTimeout(false, 1);
  expectThat(early === -ETIME, `wait reported ${early} while nobody signals`);
  const expires = world.clock.now + 1;
  const timer = {
    label: fence.label,
    expires,
    *run(): KernelTask<void> {
      yield* fence.signal();
    },
  };
  world.clock.arm(timer);
  const late = yield* fence.waitTimeout(false, 2);
  const isLate = world.clock.cancel(timer);
  expectThat(late !== -ETIME || isLate, 'wait reported a time-out, but the timer had signaled');
  yield* fence.signal();
});

export const testStub: FenceScenario = function* ({ stubs }) {
  const references: DmaFence[] = [];
  for (let count = 0; count < STUBS; count += 1) {
    const stub = yield* stubs.getStub();
    references.push(stub);
    expectThat(yield* stub.isSignaled(), 'obtained unsignaled stub fence');
  }
  for (const stub of references) yield* stub.put();
};
