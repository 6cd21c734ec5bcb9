import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { HANDOFF } from '../../../impl/kernel/ww-owner.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { classOf, contextOf, mutexOf } from './ww.ts';
import { LOOK } from './inspect.ts';

/** What a debugger sees of mutexes and contexts, and what it can do to them. */
defineOperations([
  {
    // `free`, or who holds it, as people read it: `A with c1`, `A`, `A (handed)`.
    name: 'ww.holder',
    parameters: ['mutex'],
    *run(environment, args) {
      yield LOOK;
      const mutex = mutexOf(environment, args);
      looksAt(mutex);
      const [owner] = mutex.word;
      if (owner === null) return 'free';
      if (mutex.holder === null) return `${owner.name} (handed)`;
      const context = mutex.context.value;
      return context === null ? owner.name : `${owner.name} with ${context.label}`;
    },
  },
  {
    // The waiters in order, with their contexts: `B/c2 C`.
    name: 'ww.waiters',
    parameters: ['mutex'],
    *run(environment, args) {
      yield LOOK;
      const mutex = mutexOf(environment, args);
      looksAt(mutex);
      return mutex.waiters.value
        .map(({ task, context }) => task.name + (context === null ? '' : `/${context.label}`))
        .join(' ');
    },
  },
  {
    // `stamp 1, 0 acquired`, and `wounded` when it is.
    name: 'ww.look',
    parameters: ['context'],
    *run(environment, args) {
      yield LOOK;
      const context = contextOf(environment, args);
      looksAt(context);
      const wounded = context.wounded.value === 1 ? ', wounded' : '';
      return `stamp ${context.stamp}, ${context.acquired.value} acquired${wounded}`;
    },
  },
  {
    name: 'ww.count',
    parameters: ['mutex'],
    *run(environment, args) {
      yield LOOK;
      const mutex = mutexOf(environment, args);
      looksAt(mutex);
      return mutex.waiters.value.length;
    },
  },
  {
    // In a set-up: a context of this age, for a task to go on with.
    name: 'ww.prepare',
    parameters: ['class'],
    *run(environment, args, out) {
      const { stack } = environment;
      const context = new stack.types.WwAcquireContext(classOf(environment, args));
      environment.bind(out, context);
      yield* context.init();
      stack.world.lockdep.release(context, stack.world.current);
      return null;
    },
  },
  {
    // The task goes on with a context as if it had begun it.
    name: 'ww.enter',
    parameters: ['context'],
    *run(environment, args) {
      environment.stack.world.current.held.push(contextOf(environment, args));
      return null;
    },
  },
  {
    name: 'ww.stamp',
    parameters: ['context'],
    *run(environment, args) {
      return contextOf(environment, args).stamp;
    },
  },
  {
    // Whether the next unlock has to hand it to a waiter.
    name: 'ww.wantsHandOff',
    parameters: ['mutex'],
    *run(environment, args) {
      yield LOOK;
      const mutex = mutexOf(environment, args);
      looksAt(mutex);
      return (mutex.word[1] & HANDOFF) !== 0;
    },
  },
  {
    // Writes a context into a mutex that nobody has locked with it.
    name: 'ww.forge',
    parameters: ['mutex', 'context'],
    *run(environment, args) {
      const context = environment.find(args.text('context'), WwAcquireContext);
      mutexOf(environment, args).context.land(context);
      return null;
    },
  },
  {
    name: 'ww.forgeAcquired',
    parameters: ['context', 'count'],
    *run(environment, args) {
      contextOf(environment, args).acquired.set(args.number('count'));
      return null;
    },
  },
]);
