import { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Eventfd } from '../../../impl/uapi/eventfd.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations, ProgramError } from '../operation.ts';
import { descriptorArgument, userCalls } from '../user-space.ts';
import { deviceFile } from './drm.ts';
import { LOOK } from './inspect.ts';
import { look } from './lockless.ts';

/** One word of an object. */
function* wordOf(syncobj: Syncobj, word: string | null): KernelTask<number> {
  switch (word) {
    case 'references':
      return yield* look(syncobj, word, () => syncobj.references.value);
    case 'locked': // spin_is_locked()
      return yield* look(syncobj, 'lock', () => (syncobj.lock.isLocked ? 1 : 0));
    case 'filled': // there is a fence
      return yield* look(syncobj, 'fence', () => (syncobj.fence.value === null ? 0 : 1));
    case 'waiters':
      return yield* look(syncobj, word, () => syncobj.waiters.value.length);
    case 'counters':
      return yield* look(syncobj, 'eventfds', () => syncobj.eventfds.value.length);
    default:
      throw new ProgramError(`a synchronisation object has no ${word}`);
  }
}

/** Observers of synchronisation objects that take no lock: each word is one step. */
defineOperations([
  {
    // `1 0`: the words in the order in which they were read.
    name: 'lockless.syncobj',
    parameters: ['syncobj', 'words'],
    *run(environment, args) {
      const syncobj = environment.find(args.text('syncobj'), Syncobj);
      const seen: number[] = [];
      for (const word of args.names('words')) seen.push(yield* wordOf(syncobj, word));
      return seen.join(' ');
    },
  },
  {
    // How many synchronisation objects a device file knows.
    name: 'lockless.syncobjs',
    parameters: ['device'],
    *run(environment, args) {
      const file = deviceFile(environment, args);
      yield LOOK;
      looksAt(file);
      return file?.syncobjs.syncobjs.value.filter(([, known]) => known !== null).length ?? null;
    },
  },
  {
    // References on an event counter.
    name: 'lockless.counter',
    parameters: ['fd'],
    *run(environment, args) {
      const { table } = userCalls(environment);
      const ops = table.at(descriptorArgument(environment, args))?.ops;
      if (!(ops instanceof Eventfd)) throw new ProgramError('there is no event counter');
      return yield* look(ops, 'references', () => ops.references.value);
    },
  },
]);
