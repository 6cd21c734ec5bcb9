import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, ProgramError, defineOperations } from '../operation.ts';

function fenceVector(environment: Environment, args: Arguments): DmaFence[] | null {
  if (!args.has('fences')) return null;
  return args.names('fences').map((name) => environment.fence(name ?? ''));
}

/** Waits beside the plain ones, and what can happen to a sleeper. */
defineOperations([
  {
    name: 'fence.defaultWait',
    parameters: ['fence', 'timeout', 'interruptible'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const timeout = args.number('timeout', MAX_SCHEDULE_TIMEOUT);
      return yield* fence.defaultWait(args.boolean('interruptible', false), timeout);
    },
  },
  {
    // `7 #2`: 7 jiffies left, the third fence was found signaled. The number alone otherwise.
    name: 'fence.waitAny',
    parameters: ['fences', 'timeout', 'interruptible'],
    *run(environment, args) {
      const { stack } = environment;
      const fences = fenceVector(environment, args);
      const timeout = args.number('timeout', MAX_SCHEDULE_TIMEOUT);
      const interruptible = args.boolean('interruptible', false);
      const { left, index } = yield* stack.waitAny.waitAnyTimeout(fences, interruptible, timeout);
      return left > 0 ? `${left} #${index}` : left;
    },
  },
  {
    // A wake-up that no fence has sent.
    name: 'task.wake',
    parameters: ['task'],
    *run(environment, args) {
      const name = args.text('task');
      const task = environment.stack.world.tasks.find((candidate) => candidate.name === name);
      if (task === undefined) throw new ProgramError(`there is no task ${name}`);
      yield* task.sleeper.wakeUp();
      return null;
    },
  },
  {
    // No other task runs on this processor until the counterpart.
    name: 'preempt.disable',
    parameters: [],
    *run(environment) {
      const task = environment.stack.world.current;
      task.preemptCount += 1;
      task.cpu.pinned = task;
      return null;
    },
  },
  {
    name: 'preempt.enable',
    parameters: [],
    *run(environment) {
      const task = environment.stack.world.current;
      task.preemptCount -= 1;
      if (task.preemptCount === 0) task.cpu.pinned = null;
      return null;
    },
  },
  {
    name: 'clock.now',
    parameters: [],
    *run(environment) {
      return environment.stack.world.clock.now;
    },
  },
]);
