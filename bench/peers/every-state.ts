import type { Execution, Subject } from '../../properties/explore/subject.ts';
import { ScheduleTree } from '../../properties/schedules/tree.ts';

/** Runs every schedule, and notes how each moment of each run looks. */
export function everyState<E extends Execution>(
  subject: Subject<E>,
  textOf: (execution: E) => string,
): ReadonlySet<string> {
  const states = new Set<string>();
  const tree = new ScheduleTree();
  do {
    tree.begin();
    const execution = subject.start();
    const { world } = execution;
    states.add(textOf(execution));
    for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
      execution.perform(count > 1 ? tree.choose(world, count) : 0, count);
      states.add(textOf(execution));
    }
    execution.end(false);
  } while (tree.advance());
  return states;
}

/** Shared fields of the world's objects, by name. */
export function fields({ world }: Execution): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const object of world.memory.objects) {
    object.visitState((field, value) => found.set(`${object.label}.${field}`, value));
  }
  return found;
}

/** Breadth-first search over rules that are written down as a table: what there is to find. */
export function everyStateOf<S>(initial: S, next: (state: S) => readonly S[]): ReadonlySet<string> {
  const states = new Set([JSON.stringify(initial)]);
  const queue = [initial];
  for (const state of queue) {
    for (const successor of next(state)) {
      const text = JSON.stringify(successor);
      if (states.has(text)) continue;
      states.add(text);
      queue.push(successor);
    }
  }
  return states;
}
