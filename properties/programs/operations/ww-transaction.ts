import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EALREADY, EDEADLK } from '../../../impl/kernel/errno.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { WwMutex } from '../../../impl/kernel/ww-mutex.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { contextOf } from './ww.ts';

function mutexesOf(environment: Environment, args: Arguments): WwMutex[] {
  return args.names('mutexes').map((name) => {
    if (name === null) throw new ProgramError('a transaction takes mutexes, and no null');
    return environment.find(name, WwMutex);
  });
}

/** Locks all in this order, or gives back what it got. Returns the place where it failed, or -1. */
function* lockAll(
  mutexes: readonly WwMutex[],
  context: WwAcquireContext,
  taken: number,
): KernelTask<number> {
  for (const [at, mutex] of mutexes.entries()) {
    // The one that was waited for is taken already.
    if (at === taken) continue;
    const error = yield* mutex.lock(context);
    if (error === 0 || error === -EALREADY) continue;
    if (error !== -EDEADLK) throw new Error(`ww_mutex_lock returns ${error}`);
    for (const [other, held] of mutexes.entries()) {
      if (other < at || other === taken) yield* held.unlock();
    }
    return at;
  }
  return -1;
}

/** Transactions, as drivers write them. */
defineOperations([
  {
    // Locks all; after -EDEADLK it backs off, waits for the contended one, and begins again. Says
    // whether it had to.
    name: 'ww.lockAll',
    parameters: ['mutexes', 'context'],
    *run(environment, args) {
      const mutexes = mutexesOf(environment, args);
      const context = contextOf(environment, args);
      const { current } = environment.stack.world;
      let contended = yield* lockAll(mutexes, context, -1);
      if (contended < 0) return false;
      while (contended >= 0) {
        // How often it was here decides nothing.
        current.forget(contended);
        yield* mutexes[contended]?.lockSlow(context) ?? nothing();
        contended = yield* lockAll(mutexes, context, contended);
      }
      return true;
    },
  },
  {
    // The same without patience: the first -EDEADLK is the end, and everything is given back.
    name: 'ww.tryAll',
    parameters: ['mutexes', 'context'],
    *run(environment, args) {
      const context = contextOf(environment, args);
      return (yield* lockAll(mutexesOf(environment, args), context, -1)) < 0 ? 0 : -EDEADLK;
    },
  },
  {
    name: 'ww.unlockAll',
    parameters: ['mutexes'],
    *run(environment, args) {
      for (const mutex of mutexesOf(environment, args)) yield* mutex.unlock();
      return null;
    },
  },
]);

function* nothing(): KernelTask<void> {}
