import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { Mutex } from '../../../impl/kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { MockIssuer } from '../mock-issuer.ts';

/** What a lockless reader sees of a fence at one moment: `pending enabled listed 2`. */
export function glance(fence: DmaFence): string {
  looksAt(fence);
  const { bits } = fence.flags;
  const isSignaled = (bits & SIGNALED) !== 0;
  const isStamped = (bits & TIMESTAMP) !== 0;
  const words = [isSignaled ? (isStamped ? 'signaled' : 'signaling') : 'pending'];
  if ((bits & ENABLE_SIGNAL) !== 0) words.push('enabled');
  const listed = fence.callbacks.value.length;
  if (listed > 0) words.push(`listed ${listed}`);
  return words.join(' ');
}

/** A mutex of the program itself: some lock of some driver. */
class ProgramMutex extends KernelObject {
  readonly mutex: Mutex;

  constructor(world: World) {
    super(world, 'mutex');
    this.isStatic = true;
    this.mutex = new Mutex(this, 'lock', 'mutex of the program');
  }

  visitState(visit: StateVisitor): void {
    visit('holder', this.mutex.holder === null ? -1 : this.mutex.holder.index);
  }
}

/** Calls for holders of a fence's lock, and looks that are no step. */
defineOperations([
  {
    name: 'mutex.create',
    parameters: [],
    *run(environment, _args, out) {
      environment.bind(out, new ProgramMutex(environment.stack.world));
      return null;
    },
  },
  {
    name: 'mutex.lock',
    parameters: ['mutex'],
    *run(environment, args) {
      yield* environment.find(args.text('mutex'), ProgramMutex).mutex.acquire();
      return null;
    },
  },
  {
    name: 'mutex.unlock',
    parameters: ['mutex'],
    *run(environment, args) {
      environment.find(args.text('mutex'), ProgramMutex).mutex.release();
      return null;
    },
  },
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
      // An interrupt leaves them as it has found them: off.
      const { context } = environment.stack.world.current;
      environment.fence(args.text('fence')).lock.releaseIrqrestore(context !== 'hardirq');
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
      if (ops instanceof MockIssuer) yield* ops.hardwareDone.writeFull(0);
      return null;
    },
  },
]);
