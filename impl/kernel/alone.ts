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
    const access = next.value;
    if (!isReady(world, access)) {
      const why = access.gate?.blockedBy ?? '';
      world.fault('deadlock', `nobody is left to end: ${access.label} (${why})`);
    }
    if (steps > ALONE_STEPS_MAX) world.fault('livelock', `${access.label} again and again`);
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
    if (world.crashed || steps > ALONE_STEPS_MAX) return false;
    // What nature may do besides is never what comes first.
    if (world.enumerate() > 0 && world.choiceAlternatives[0] === 0) world.perform(0);
    else if (!jumps(world)) return false;
    world.current = boot;
  }
  return true;
}

/** Nothing else comes before what the boot task waits for: time passes. */
function jumps({ clock, boot: { alarm } }: World): boolean {
  if (!alarm.isSet || clock.alarms.firstDueNs() < alarm.dueNs) return false;
  clock.reach(alarm.dueNs);
  return true;
}
