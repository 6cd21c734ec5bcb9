import type { Access, KernelTask } from './access.ts';
import { ALONE_STEPS_MAX } from './task.ts';
import type { World } from './world.ts';

/** Runs code to its end on the boot task: for set-up. Others go on only while it has to wait. */
export function runAlone<T>(world: World, body: KernelTask<T>): T {
  const { boot } = world;
  world.current = boot;
  for (let steps = 0; ; steps += 1) {
    const next = body.next();
    while (boot.cpu.urgentPending > 0 && boot.cpu.irqsEnabled) drain(world);
    if (next.done === true) return next.value;
    const { label, gate } = next.value;
    if (!isReady(world, next.value)) {
      world.fault('deadlock', `nobody is left to end: ${label} (${gate?.blockedBy ?? ''})`);
    }
    if (steps > ALONE_STEPS_MAX) world.fault('livelock', `${label} again and again`);
    world.alternative = 0;
    world.current = boot;
  }
}

/** Interrupts of the boot processor come first. */
function drain(world: World): void {
  const lane = world.lanes.find((candidate) => candidate.cpu === world.boot.cpu);
  while (lane !== undefined && lane.pending !== null) world.step(lane, 0);
}

/** Whoever has to wait waits for the machine itself: hardware, timers, workers go on first. */
function isReady(world: World, { gate }: Access): boolean {
  const { boot } = world;
  for (let steps = 0; gate !== null && !gate.ready(boot); steps += 1) {
    if (world.crashed || steps > ALONE_STEPS_MAX || world.enumerate() === 0) return false;
    world.perform(0);
    world.current = boot;
  }
  return true;
}
