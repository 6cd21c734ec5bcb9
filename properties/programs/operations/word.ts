import type { AccessOrder, KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Operation } from '../operation.ts';
import { Word, WordLock } from '../word.ts';

function wordOf(environment: Environment, args: Arguments): Word {
  return environment.find(args.text('word'), Word);
}

function lockOf(environment: Environment, args: Arguments): WordLock {
  return environment.find(args.text('lock'), WordLock);
}

function reading(name: string, order: AccessOrder): Operation {
  return {
    name,
    parameters: ['word'],
    *run(environment, args) {
      return yield* wordOf(environment, args).read(order);
    },
  };
}

function writing(name: string, order: AccessOrder): Operation {
  return {
    name,
    parameters: ['word', 'value'],
    *run(environment, args) {
      yield* wordOf(environment, args).write(args.number('value'), order);
      return null;
    },
  };
}

/** A barrier is no step: it says what the access behind it may not pass. */
function barrier(name: string, pass: (environment: Environment) => void): Operation {
  return {
    name,
    parameters: [],
    *run(environment) {
      pass(environment);
      return null;
    },
  };
}

function* exchange(environment: Environment, args: Arguments): KernelTask<number> {
  return yield* wordOf(environment, args).exchange(args.number('value'));
}

/** Words of memory and barriers between them: for programs about memory itself. */
defineOperations([
  {
    name: 'word.create',
    parameters: ['value'],
    *run(environment, args, out) {
      environment.bind(out, new Word(environment.stack, args.number('value', 0)));
      return null;
    },
  },
  reading('word.read', 'plain'),
  reading('word.readOnce', 'once'),
  reading('word.readAcquire', 'acquire'),
  writing('word.write', 'plain'),
  writing('word.writeOnce', 'once'),
  writing('word.writeRelease', 'release'),
  { name: 'word.xchg', parameters: ['word', 'value'], run: exchange },
  {
    // The exchange where nobody asks what was there before.
    name: 'word.swap',
    parameters: ['word', 'value'],
    *run(environment, args) {
      yield* exchange(environment, args);
      return null;
    },
  },
  barrier('word.mb', ({ stack }) => stack.world.ownBuffer?.fence()),
  // Neither loads nor stores ever pass each other here, so these two have nothing to do.
  barrier('word.wmb', () => undefined),
  barrier('word.rmb', () => undefined),
  {
    name: 'word.createLock',
    parameters: [],
    *run(environment, _args, out) {
      environment.bind(out, new WordLock(environment.stack));
      return null;
    },
  },
  {
    name: 'word.lock',
    parameters: ['lock'],
    *run(environment, args) {
      yield* lockOf(environment, args).lock.acquire();
      return null;
    },
  },
  {
    name: 'word.unlock',
    parameters: ['lock'],
    *run(environment, args) {
      lockOf(environment, args).lock.release();
      return null;
    },
  },
]);
