import type { DmaBufPollSlot } from '../../../impl/dma-buf/dma-buf-poll.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { bufferOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { LOOK } from './inspect.ts';
import { look } from './lockless.ts';

/** The lock that protects it is not taken, as a debugger would not. */
function* isActive(slot: DmaBufPollSlot): KernelTask<number> {
  yield LOOK;
  looksAt(slot);
  return slot.active.value === 0 ? 0 : 1;
}

/** One word of a buffer, as a reader without a lock sees it. */
function* field(buffer: DmaBuf, name: string): KernelTask<number> {
  const { queue, pollIn, pollOut } = buffer;
  switch (name) {
    case 'references':
      return yield* buffer.file.references.read();
    case 'sleepers':
      return yield* look(buffer, 'poll.entries', () => queue.entries.value.length);
    case 'locked': // spin_is_locked()
      return yield* look(queue.lock.place, queue.lock.field, () => (queue.lock.isLocked ? 1 : 0));
    case 'in':
      return yield* isActive(pollIn);
    case 'out':
      return yield* isActive(pollOut);
    default:
      throw new ProgramError(`a buffer has no ${name}`);
  }
}

function* fields(buffer: DmaBuf, args: Arguments): KernelTask<string> {
  const seen: number[] = [];
  for (const name of args.names('fields')) seen.push(yield* field(buffer, name ?? ''));
  return seen.join(' ');
}

/** Observers of buffers: each word that they name is one step, in the order named. */
defineOperations([
  {
    // `1 0`: the words in the order in which they were read.
    name: 'lockless.buffer',
    parameters: ['fd', 'fields'],
    *run(environment, args) {
      return yield* fields(bufferOf(environment, args, 'fd'), args);
    },
  },
  {
    // The same while the reservation is locked; `busy` if somebody has it.
    name: 'lockless.tryBuffer',
    parameters: ['fd', 'fields'],
    *run(environment, args) {
      const buffer = bufferOf(environment, args, 'fd');
      if (!(yield* buffer.resv.tryAcquire())) return 'busy';
      const seen = yield* fields(buffer, args);
      yield* buffer.resv.release();
      return seen;
    },
  },
]);
