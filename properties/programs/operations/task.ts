import type { Task } from '../../../impl/kernel/task.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, ProgramError, defineOperations } from '../operation.ts';

function taskOf(environment: Environment, args: Arguments): Task {
  const name = args.text('task');
  const task = environment.stack.world.tasks.find((candidate) => candidate.name === name);
  if (task === undefined) throw new ProgramError(`there is no task ${name}`);
  return task;
}

/** Calls about tasks and time. */
defineOperations([
  {
    name: 'task.interrupt',
    parameters: ['task'],
    *run(environment, args) {
      yield* taskOf(environment, args).sleeper.interrupt();
      return null;
    },
  },
  {
    // A signal that ends the process.
    name: 'task.kill',
    parameters: ['task'],
    *run(environment, args) {
      yield* taskOf(environment, args).sleeper.kill();
      return null;
    },
  },
  {
    name: 'task.sleep',
    parameters: ['jiffies'],
    *run(environment, args) {
      const { sleeper } = environment.stack.world.current;
      yield* sleeper.setState(2);
      yield* sleeper.scheduleTimeout(args.number('jiffies'));
      return null;
    },
  },
]);
