import type { Execution } from '../subject.ts';
import { chosen, isNatures } from './choices.ts';
import { READ, WRITE } from './dependency.ts';
import type { StepTouches } from './step-touches.ts';
import { MACHINE, type Variables } from './variables.ts';

/**
 * Lets one step happen, while `step` listens to the world. Besides what the step says that it
 * touches, it takes a turn of its processor; and with steps of nature, or a crash, nothing commutes.
 */
export function performStep(
  execution: Execution,
  option: number,
  count: number,
  step: StepTouches,
  variables: Variables,
): void {
  const { world } = execution;
  const task = chosen(world, option);
  step.begin();
  step.add(MACHINE, isNatures(task) ? WRITE : READ);
  step.add(variables.cpu(task.cpu.index), WRITE);
  execution.perform(option, count);
  // Nothing comes behind a crash, so nothing commutes with it.
  if (world.crashed) step.add(MACHINE, WRITE);
}
