import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import type { KernelObject, StateVisitor } from '../../../impl/kernel/object.ts';
import { POLL_ENABLED, SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import type { WaitEntry } from '../../../impl/kernel/wait-queue.ts';
import { KERNEL_LOG } from '../../../impl/kernel/footprint.ts';
import type { Environment } from '../environment.ts';
import { MockIssuer } from '../mock-issuer.ts';
import { Probe } from '../probe.ts';
import { defineOperations, ProgramError } from '../operation.ts';

/** A look at a word that has no cell of its own: one step, and nothing is locked for it. */
export function* look(place: KernelObject, field: string, value: () => number): KernelTask<number> {
  yield new Access('read', 'once', place, field, 'look at');
  place.world.memory.reads(place, field, 'once');
  const seen = value();
  place.world.current.observe(seen);
  return seen;
}

function* flag(fence: DmaFence, bit: number): KernelTask<number> {
  return (yield* fence.flags.test(bit)) ? 1 : 0;
}

/** One word of a fence, as a reader without a lock sees it. */
function* field(environment: Environment, fence: DmaFence, name: string): KernelTask<number> {
  const { lock } = fence;
  switch (name) {
    case 'signaled':
      return yield* flag(fence, SIGNALED);
    case 'stamped':
      return yield* flag(fence, TIMESTAMP);
    case 'enabled':
      return yield* flag(fence, ENABLE_SIGNAL);
    case 'error':
      return yield* fence.error.read();
    case 'references':
      return yield* fence.references.read();
    case 'stamp': // the time itself, whether or not it may be read yet
      return (yield* fence.timestampNs.read()) === 0 ? 0 : 1;
    case 'locked': // spin_is_locked()
      return yield* look(lock.place, lock.field, () => (lock.isLocked ? 1 : 0));
    case 'listed': // list_empty()
      return yield* look(fence, 'callbacks', () => (fence.callbacks.value.length === 0 ? 0 : 1));
    case 'released':
      return yield* look(fence, 'release', () =>
        fence.ops instanceof MockIssuer ? fence.ops.releaseCalls : 0,
      );
    case 'pending': {
      const array = environment.stack.arrays.arrayOf(fence);
      if (array === null) throw new ProgramError(`${fence.label} is no fence array`);
      return yield* array.pending.read();
    }
    default:
      throw new ProgramError(`a fence has no ${name}`);
  }
}

/** The state word of a task. */
function* taskState(environment: Environment, name: string): KernelTask<number> {
  const { world } = environment.stack;
  const task = world.tasks.find((candidate) => candidate.name === name);
  if (task === undefined) throw new ProgramError(`there is no task ${name}`);
  return yield* task.sleeper.readState();
}

/** Sleeps on a queue; being woken is one step. */
class QueueSleeper implements WaitEntry {
  readonly key = 0;
  readonly sleeper: KernelObject;
  readonly wakes: Cell;

  constructor(place: KernelObject) {
    this.sleeper = place;
    this.wakes = new Cell(place, 'wakes', 0, 'full');
  }

  *wake(): KernelTask<void> {
    yield* this.wakes.fetchAdd(1);
  }

  visitState(visit: StateVisitor): void {
    visit('wakes', this.wakes.value);
  }
}

/** Observers that take no lock: each word that they name is one step, in the order named. */
defineOperations([
  {
    // `1 0`: the words in the order in which they were read.
    name: 'lockless.fence',
    parameters: ['fence', 'fields'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const seen: number[] = [];
      for (const name of args.names('fields')) {
        seen.push(yield* field(environment, fence, name ?? ''));
      }
      return seen.join(' ');
    },
  },
  {
    // 0 while it runs or may run, 1 or 2 while it is asleep.
    name: 'lockless.task',
    parameters: ['task'],
    *run(environment, args) {
      return yield* taskState(environment, args.text('task'));
    },
  },
  {
    // A callback that notes the state of a task.
    name: 'lockless.createWatcher',
    parameters: ['task'],
    *run(environment, args, out) {
      const name = args.text('task');
      const watcher = new Probe(environment.stack, { next: 0 }, () => taskState(environment, name));
      environment.bind(out, watcher.node);
      if (out !== null) environment.bind(`${out}.probe`, watcher);
      return null;
    },
  },
  {
    // Whether the function of a probe has returned: `late` if not.
    name: 'lockless.probe',
    parameters: ['callback'],
    *run(environment, args) {
      const probe = environment.find(`${args.text('callback')}.probe`, Probe);
      return (yield* look(probe, 'returned', () => probe.returned)) === 0 ? 'late' : 'done';
    },
  },
  {
    // How many warnings the kernel's log holds.
    name: 'lockless.warnings',
    parameters: [],
    *run(environment) {
      const { world, fences } = environment.stack;
      return yield* look(fences, 'log', () => {
        world.touch(KERNEL_LOG, 'violations', 'read', 'full');
        return world.violations.filter(({ kind }) => kind === 'warn').length;
      });
    },
  },
  {
    // Time passes while the caller runs, as in a long interrupt.
    name: 'clock.elapse',
    parameters: ['jiffies'],
    *run(environment, args) {
      environment.stack.world.clock.advance(args.number('jiffies'));
      return null;
    },
  },
  {
    // Sleeps on a sync_file for ever, and counts how often it is woken.
    name: 'lockless.sleepOn',
    parameters: ['file'],
    *run(environment, args) {
      const name = args.text('file');
      const sleeper = new QueueSleeper(environment.stack.fences);
      environment.bind(`${name}.sleeper`, sleeper);
      yield* environment.find(name, SyncFile).queue.add(sleeper);
      return null;
    },
  },
  {
    // `1 0`: words of a sync_file in the order in which they were read.
    name: 'lockless.syncFile',
    parameters: ['file', 'fields'],
    *run(environment, args) {
      const name = args.text('file');
      const file = environment.find(name, SyncFile);
      const seen: number[] = [];
      for (const word of args.names('fields')) {
        if (word === 'locked') {
          const { lock } = file.queue;
          seen.push(yield* look(lock.place, lock.field, () => (lock.isLocked ? 1 : 0)));
        } else if (word === 'attempted') {
          seen.push((yield* file.flags.test(POLL_ENABLED)) ? 1 : 0);
        } else {
          seen.push(yield* environment.find(`${name}.sleeper`, QueueSleeper).wakes.read());
        }
      }
      return seen.join(' ');
    },
  },
]);
