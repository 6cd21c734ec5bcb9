import type { HeldLock } from '../../../impl/kernel/lockdep.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

/** The lock of memory management that a program names, as lock proving knows it. */
function lockOf({ stack }: Environment, args: Arguments): HeldLock {
  const { mmapLock, reclaim, fileMappings, notifier } = stack.resvLockdep.locks;
  switch (args.text('lock')) {
    case 'mmap':
      return mmapLock;
    case 'reclaim':
      return reclaim;
    case 'files':
      return fileMappings;
    case 'notifier':
      return notifier;
    default:
      throw new ProgramError(`${args.text('lock')} is none of mmap, reclaim, files, notifier`);
  }
}

/** Code of memory management around reservations: only lock proving looks at it. */
defineOperations([
  {
    name: 'order.enter',
    parameters: ['lock'],
    *run(environment, args) {
      const { world } = environment.stack;
      const lock = lockOf(environment, args);
      world.lockdep.attempt(lock, false);
      world.current.held.push(lock);
      return null;
    },
  },
  {
    name: 'order.leave',
    parameters: ['lock'],
    *run(environment, args) {
      const { world } = environment.stack;
      world.lockdep.release(lockOf(environment, args), world.current);
      return null;
    },
  },
  {
    // Memory for which somebody may have to make room.
    name: 'order.allocate',
    parameters: [],
    *run(environment) {
      return yield* environment.stack.world.memory.reserve('GFP_KERNEL');
    },
  },
]);
