import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject } from '../../../impl/kernel/object.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { MockIssuer } from '../mock-issuer.ts';
import { defineOperations, type Arguments, type Operation, type Result } from '../operation.ts';

/**
 * A step before a question, so that interrupts which are due come first. What the question is
 * about is said with `looksAt`.
 */
export const LOOK: Access = new Access('local', 'plain', { label: '' }, '', 'look');

/** A question to an object that is no access to it, and so works on freed objects too. */
function question(name: string, answer: (fence: DmaFence) => Result): Operation {
  return {
    name,
    parameters: ['fence'],
    *run(environment, args) {
      yield LOOK;
      const fence = environment.fence(args.text('fence'));
      looksAt(fence, fence.ops instanceof MockIssuer ? fence.ops : null);
      return answer(fence);
    },
  };
}

function issuerOf(fence: DmaFence): MockIssuer {
  if (fence.ops instanceof MockIssuer) return fence.ops;
  throw new Error(`${fence.label} has no mock issuer`);
}

/** Has the names of an array, and is none. */
const LOOKALIKE: FenceOps = {
  getDriverName: () => 'dma_fence_array',
  getTimelineName: () => 'unbound',
};

function* isFreed(environment: Environment, args: Arguments): KernelTask<Result> {
  yield LOOK;
  const object = environment.find(args.text('object'), KernelObject);
  looksAt(object);
  return object.freedBy !== null;
}

/** What tests want to know about objects, as a debugger would tell it. */
defineOperations([
  question('inspect.references', (fence) => fence.references.value),
  question('inspect.isEnabled', (fence) => (fence.flags.bits & ENABLE_SIGNAL) !== 0),
  question('inspect.isSignaled', (fence) => (fence.flags.bits & SIGNALED) !== 0),
  question('inspect.error', (fence) => fence.error.value),
  question('inspect.context', (fence) => fence.context),
  question('inspect.seqno', (fence) => Number(fence.seqno)),
  question('inspect.callbacks', (fence) => fence.callbacks.value.length),
  question('inspect.polls', (fence) => issuerOf(fence).signaledCalls),
  question('inspect.deadlines', (fence) => issuerOf(fence).deadlines.join(' ')),
  { name: 'inspect.isFreed', parameters: ['object'], run: isFreed },
  {
    // The flag as any reader without a lock sees it: this one is an access.
    name: 'inspect.flag',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).flags.test(SIGNALED);
    },
  },
  {
    name: 'fence.createLookalike',
    parameters: [],
    *run(environment, _args, out) {
      const { stack } = environment;
      const lock = new SpinLock(stack.fences, 'lookalike', 'lookalike');
      const fence = new stack.types.DmaFence(stack, LOOKALIKE, lock, 0, 1n);
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
]);
