import type { Task } from '../../../impl/kernel/task.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** Whose step the world has listed under this number. */
export function chosen(world: World, choice: number): Task {
  const task = world.choiceTasks[choice];
  if (task === undefined) throw new Error(`choice ${choice} does not exist`);
  return task;
}

/** Nature itself takes a step: time passes, a signal arrives. */
export function isNatures(task: Task): boolean {
  return task.isNatures && task.isIdle;
}
