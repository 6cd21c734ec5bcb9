import { ProgramError, defineOperations } from '../operation.ts';

/** Calls about tasks and time. */
defineOperations([
  {
    name: 'task.interrupt',
    parameters: ['task'],
    *run(environment, args) {
      const name = args.text('task');
      const task = environment.stack.world.tasks.find((candidate) => candidate.name === name);
      if (task === undefined) throw new ProgramError(`there is no task ${name}`);
      yield* task.sleeper.interrupt();
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
