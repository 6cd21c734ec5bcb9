import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { defineOperations } from '../operation.ts';
import { MockIssuer } from '../mock-issuer.ts';

/** What a lockless reader sees of a fence at one moment: `pending enabled listed 2`. */
export function glance(fence: DmaFence): string {
  const { bits } = fence.flags;
  const isSignaled = (bits & SIGNALED) !== 0;
  const isStamped = (bits & TIMESTAMP) !== 0;
  const words = [isSignaled ? (isStamped ? 'signaled' : 'signaling') : 'pending'];
  if ((bits & ENABLE_SIGNAL) !== 0) words.push('enabled');
  if (fence.callbacks.length > 0) words.push(`listed ${fence.callbacks.length}`);
  return words.join(' ');
}

/** Calls for holders of a fence's lock, and looks that are no step. */
defineOperations([
  {
    name: 'fence.lock',
    parameters: ['fence'],
    *run(environment, args) {
      yield* environment.fence(args.text('fence')).lock.acquireIrq();
      return null;
    },
  },
  {
    name: 'fence.unlock',
    parameters: ['fence'],
    *run(environment, args) {
      environment.fence(args.text('fence')).lock.releaseIrq();
      return null;
    },
  },
  {
    name: 'fence.isSignaledLocked',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const flags = yield* fence.lock.acquireIrqsave();
      const isSignaled = yield* fence.isSignaledLocked();
      fence.lock.releaseIrqrestore(flags);
      return isSignaled;
    },
  },
  {
    name: 'fence.getStatusLocked',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const flags = yield* fence.lock.acquireIrqsave();
      const status = yield* fence.getStatusLocked();
      fence.lock.releaseIrqrestore(flags);
      return status;
    },
  },
  {
    // Joins the step before it, so it shows what was true when the call before it returned.
    name: 'fence.glance',
    parameters: ['fence'],
    *run(environment, args) {
      return glance(environment.fence(args.text('fence')));
    },
  },
  {
    // The hardware goes back on its word, as a counter does that moved on by half its range.
    name: 'hardware.restart',
    parameters: ['fence'],
    *run(environment, args) {
      const { ops } = environment.fence(args.text('fence'));
      if (ops instanceof MockIssuer) yield* ops.hardwareDone.write(0);
      return null;
    },
  },
]);
