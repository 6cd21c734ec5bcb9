import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import type { KernelObject, StateVisitor } from '../../../impl/kernel/object.ts';
import type { WaitEntry } from '../../../impl/kernel/wait-queue.ts';
import { POLLIN, POLLOUT } from '../../../impl/uapi/file.ts';
import { bufferOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import { maskArgument } from '../mask.ts';
import { defineOperations } from '../operation.ts';
import { LOOK } from './inspect.ts';
import { usageOf } from './resv.ts';

const EVENTS = { in: POLLIN, out: POLLOUT };

/** Sleeps on the queue of a buffer for some events; being woken for one of them is one step. */
class EventSleeper implements WaitEntry {
  readonly key: number;
  readonly sleeper: KernelObject;
  readonly wakes: Cell;

  constructor(place: KernelObject, events: number) {
    this.key = events;
    this.sleeper = place;
    this.wakes = new Cell(place, 'wakes', 0, 'full');
  }

  *wake(events: number): KernelTask<void> {
    if (events === 0 || (events & this.key) !== 0) yield* this.wakes.fetchAdd(1);
  }

  visitState(visit: StateVisitor): void {
    visit('wakes', this.wakes.value);
  }
}

/** What devices leave in buffers, who sleeps for them, and questions about both. */
defineOperations([
  {
    // What a driver does with a fence of new work: locks, reserves a slot, adds, unlocks.
    name: 'dmabuf.add',
    parameters: ['fd', 'fence', 'usage'],
    *run(environment, args) {
      const { resv } = bufferOf(environment, args, 'fd');
      yield* resv.acquire();
      const error = yield* resv.reserveFences(1);
      if (error === 0) {
        yield* resv.addFence(environment.fence(args.text('fence')), usageOf(args));
      }
      yield* resv.release();
      return error;
    },
  },
  {
    // Sleeps for `in`, `out` or `in+out` for ever; `dmabuf.woken` says how often it was woken.
    name: 'dmabuf.sleepOn',
    parameters: ['fd', 'events'],
    *run(environment, args, out) {
      const sleeper = new EventSleeper(
        environment.stack.fences,
        maskArgument(args, 'events', EVENTS, 'in+out'),
      );
      environment.bind(out, sleeper);
      yield* bufferOf(environment, args, 'fd').queue.add(sleeper);
      return null;
    },
  },
  {
    name: 'dmabuf.woken',
    parameters: ['sleeper'],
    *run(environment, args) {
      return yield* environment.find(args.text('sleeper'), EventSleeper).wakes.read();
    },
  },
  {
    // The directions in which a poll is armed: `none`, `in`, `out` or `in+out`.
    name: 'dmabuf.armed',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      const { pollIn, pollOut } = bufferOf(environment, args, 'fd');
      looksAt(pollIn, pollOut);
      const words = [
        ...(pollIn.active.value === 0 ? [] : ['in']),
        ...(pollOut.active.value === 0 ? [] : ['out']),
      ];
      return words.join('+') || 'none';
    },
  },
]);
