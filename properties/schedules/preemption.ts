import type { World } from '../../impl/kernel/world.ts';

/** The task that ran could have gone on, and this choice lets another one run. */
export function isPreemption(world: World, choice: number): boolean {
  const { choiceTasks, current } = world;
  return choiceTasks[0] === current && choiceTasks[choice] !== current;
}
