import type { StateKey } from './state-key.ts';
import type { World } from './world.ts';

/**
 * Everything in a world that decides how it can go on: two worlds that show the same here go on
 * alike. Names of objects, not their order or their history, say which is which.
 */
export function visitMachine(world: World, key: StateKey): void {
  key.part();
  key.add('machine');
  key.add(world.crashed);
  key.add(world.failuresLeft);
  key.add(world.interruptionsLeft);
  key.add(world.hardwareFaultsLeft);
  for (const { kind, message, task } of world.violations) {
    key.part();
    key.add(kind);
    key.add(message);
    key.add(task.index);
  }
  // Nothing goes on from here, and half-made objects have no state.
  if (world.crashed) return;
  for (const cpu of world.cpus) cpu.visitState(key);
  for (const task of world.tasks) task.visitState(key);
  for (const lane of world.lanes) {
    lane.visitState(key);
    lane.cpu.visitState(key);
  }
  world.clock.visitState(key);
  world.rcu.visitState(key);
  for (const queue of world.workQueues) queue.visitState(key);
  world.lockdep.visitState(key);
  world.memory.visitState(key);
}
