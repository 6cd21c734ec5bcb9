import type { KernelTask } from '../../../impl/kernel/access.ts';
import { WwClass } from '../../../impl/kernel/ww-class.ts';
import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { WwMutex } from '../../../impl/kernel/ww-mutex.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Operation } from '../operation.ts';

/** The class that a program names, or the one of reservation objects. */
export function classOf(environment: Environment, args: Arguments): WwClass {
  return args.has('class')
    ? environment.find(args.text('class'), WwClass)
    : environment.stack.reservationClass;
}

export function mutexOf(environment: Environment, args: Arguments): WwMutex {
  return environment.find(args.text('mutex'), WwMutex);
}

export function contextOf(environment: Environment, args: Arguments): WwAcquireContext {
  return environment.find(args.text('context'), WwAcquireContext);
}

function contextOrNull(environment: Environment, args: Arguments): WwAcquireContext | null {
  return args.has('context') ? contextOf(environment, args) : null;
}

type Lock = (mutex: WwMutex, context: WwAcquireContext | null) => KernelTask<number | boolean>;
type SlowLock = (mutex: WwMutex, context: WwAcquireContext) => KernelTask<number | void>;

function locking(name: string, lock: Lock): Operation {
  return {
    name,
    parameters: ['mutex', 'context'],
    *run(environment, args) {
      return yield* lock(mutexOf(environment, args), contextOrNull(environment, args));
    },
  };
}

/** These wait whatever happens: who calls them has given everything back. */
function slowly(name: string, lock: SlowLock): Operation {
  return {
    name,
    parameters: ['mutex', 'context'],
    *run(environment, args) {
      const mutex = mutexOf(environment, args);
      return (yield* lock(mutex, contextOf(environment, args))) ?? null;
    },
  };
}

/** Calls about wound/wait mutexes and the contexts that take several of them. */
defineOperations([
  {
    name: 'ww.class',
    parameters: ['algorithm', 'counter'],
    *run(environment, args, out) {
      const { stack } = environment;
      const algorithm = args.text('algorithm');
      if (algorithm !== 'wait-die' && algorithm !== 'wound-wait') {
        throw new ProgramError(`${algorithm} is neither wait-die nor wound-wait`);
      }
      const wwClass = new stack.types.WwClass(stack.world, out ?? 'class', algorithm);
      wwClass.stamps.initialize(args.number('counter', 0));
      environment.bind(out, wwClass);
      return null;
    },
  },
  {
    name: 'ww.mutex',
    parameters: ['class'],
    *run(environment, args, out) {
      const mutex = new environment.stack.types.WwMutex(classOf(environment, args));
      environment.bind(out, mutex);
      environment.own(mutex, function* () {
        mutex.destroy();
      });
      return null;
    },
  },
  {
    name: 'ww.destroy',
    parameters: ['mutex'],
    *run(environment, args) {
      const mutex = mutexOf(environment, args);
      environment.disown(mutex);
      mutex.destroy();
      return null;
    },
  },
  {
    name: 'ww.init',
    parameters: ['class'],
    *run(environment, args, out) {
      const context = new environment.stack.types.WwAcquireContext(classOf(environment, args));
      environment.bind(out, context);
      yield* context.init();
      return null;
    },
  },
  {
    name: 'ww.done',
    parameters: ['context'],
    *run(environment, args) {
      contextOf(environment, args).done();
      return null;
    },
  },
  {
    name: 'ww.fini',
    parameters: ['context'],
    *run(environment, args) {
      contextOf(environment, args).fini();
      return null;
    },
  },
  locking('ww.lock', (mutex, context) => mutex.lock(context)),
  locking('ww.lockInterruptible', (mutex, context) => mutex.lockInterruptible(context)),
  locking('ww.trylock', (mutex, context) => mutex.trylock(context)),
  slowly('ww.lockSlow', (mutex, context) => mutex.lockSlow(context)),
  slowly('ww.lockSlowInterruptible', (mutex, context) => mutex.lockSlowInterruptible(context)),
  {
    name: 'ww.unlock',
    parameters: ['mutex'],
    *run(environment, args) {
      yield* mutexOf(environment, args).unlock();
      return null;
    },
  },
  {
    // Gives it back if the task has it: for calls that may have failed.
    name: 'ww.leave',
    parameters: ['mutex'],
    *run(environment, args) {
      const mutex = mutexOf(environment, args);
      if (mutex.isHeld) yield* mutex.unlock();
      return null;
    },
  },
  {
    name: 'ww.isLocked',
    parameters: ['mutex'],
    *run(environment, args) {
      return yield* mutexOf(environment, args).isLocked();
    },
  },
]);
