import type { Task } from '../../../impl/kernel/task.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../../../impl/kernel/task-state.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { Operation } from '../scene.ts';

/** A wake-up of the first sleeper, from somebody who has nothing to do with its wait. */
export function wake(world: World): Operation {
  return {
    name: 'wake',
    emits: [],
    body: () => world.tasks.find(({ state }) => state !== TASK_RUNNING)?.sleeper.wakeUp() ?? null,
  };
}

/** A signal for the first process that can be interrupted. */
export function interrupt(world: World): Operation {
  const isInterruptible = ({ state, signalPending }: Task): boolean =>
    state === TASK_INTERRUPTIBLE && !signalPending;
  return {
    name: 'interrupt',
    emits: [],
    body: () => world.tasks.find(isInterruptible)?.sleeper.interrupt() ?? null,
  };
}
