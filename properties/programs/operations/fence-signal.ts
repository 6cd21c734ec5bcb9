import { SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import { looksAt } from '../looks-at.ts';
import { Probe } from '../probe.ts';
import { defineOperations, ProgramError } from '../operation.ts';

/** Signalling by holders of the lock, and what others make of a signal without a lock. */
defineOperations([
  {
    name: 'fence.signalLocked',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const flags = yield* fence.lock.acquireIrqsave();
      const result = yield* fence.signalLocked();
      fence.lock.releaseIrqrestore(flags);
      return result;
    },
  },
  {
    name: 'fence.signalTimestampLocked',
    parameters: ['fence', 'timestampNs'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const flags = yield* fence.lock.acquireIrqsave();
      const result = yield* fence.signalTimestampLocked(args.number('timestampNs'));
      fence.lock.releaseIrqrestore(flags);
      return result;
    },
  },
  {
    // The error as a lockless reader of SIGNALED finds it.
    name: 'fence.errorIfSignaled',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      if (!(yield* fence.flags.test(SIGNALED))) return 'pending';
      return yield* fence.error.read();
    },
  },
  {
    // The kernel selftest's way to wait for callbacks: see the flag, then take and drop the lock.
    name: 'fence.settle',
    parameters: ['fence', 'callback'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const probe = environment.find(`${args.text('callback')}.probe`, Probe);
      if (!(yield* fence.flags.test(SIGNALED))) return 'pending';
      const wasRun = probe.hasReturned();
      const flags = yield* fence.lock.acquireIrqsave();
      fence.lock.releaseIrqrestore(flags);
      const isStamped = fence.flags.testOwned(TIMESTAMP);
      looksAt(probe);
      const words = [wasRun ? 'late' : 'early', isStamped ? 'stamped' : 'unstamped'];
      return `${words.join(' ')} ${probe.returned}`;
    },
  },
  {
    // What a removal finds out: `taken`, or whether the function had returned by then.
    name: 'fence.removeAndLook',
    parameters: ['fence', 'callback'],
    *run(environment, args) {
      const name = args.text('callback');
      const probe = environment.find(`${name}.probe`, Probe);
      const isTaken = yield* environment.fence(args.text('fence')).removeCallback(probe.node);
      looksAt(probe);
      if (isTaken) return probe.sights.length === 0 ? 'taken' : 'taken and called';
      if (probe.returned > 0) return 'returned';
      return probe.sights.length === 0 ? 'not called' : 'running';
    },
  },
  {
    // Both names, asked for as trace points do: with the lock held and interrupts off.
    name: 'fence.namesLocked',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const flags = yield* fence.lock.acquireIrqsave();
      const names = `${fence.ops.getDriverName(fence)} ${fence.ops.getTimelineName(fence)}`;
      fence.lock.releaseIrqrestore(flags);
      return names;
    },
  },
  {
    // The node's memory was something else before: its links point anywhere.
    name: 'callback.poison',
    parameters: ['callback', 'fence'],
    *run(environment, args) {
      const callback = environment.callback(args.text('callback'));
      callback.linkedOn.set(environment.fence(args.text('fence')));
      return null;
    },
  },
  {
    name: 'inspect.node',
    parameters: ['callback'],
    *run(environment, args) {
      const callback = environment.callback(args.text('callback'));
      looksAt(callback);
      const linkedOn = callback.linkedOn.value;
      const { calls } = callback;
      return `${linkedOn === null ? 'unlinked' : `on ${linkedOn.label}`}, calls ${calls}`;
    },
  },
  {
    // Moves the timeline of a point, as its issuer does.
    name: 'point.advance',
    parameters: ['fence', 'increment'],
    *run(environment, args) {
      const { ops } = environment.fence(args.text('fence'));
      if (!(ops instanceof SyncPoint)) throw new ProgramError('only points have a timeline');
      yield* ops.timeline.advance(args.number('increment'));
      return null;
    },
  },
]);
