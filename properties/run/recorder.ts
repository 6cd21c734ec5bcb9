import type { Access } from '../../impl/kernel/access.ts';
import { KernelObject, type StateValue } from '../../impl/kernel/object.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import type { TraceChange, TraceEvent, TraceStep } from '../../traces/trace.ts';
import type { Judge } from './judge.ts';

/**
 * Notes everything that a trace shows. It compares all shared fields after every step, which is
 * slow: it is used when a counterexample is written, not when one is searched.
 */
export class Recorder implements Judge {
  readonly name = 'recorder';
  readonly steps: TraceStep[] = [];
  readonly events: TraceEvent[] = [];
  private world: World | null = null;
  private before = new Map<string, string>();
  /** The access that comes next, under the names that things have before it. */
  private announced = '';

  /** Tells the recorder when the tasks start: what is there already is no change. */
  begin(world: World): void {
    this.world = world;
    this.before = snapshot(world);
    this.steps.length = 0;
  }

  announce(task: Task): void {
    this.announced = task.pending?.label ?? '';
  }

  event(event: WorldEvent): void {
    this.events.push({
      step: event.object.world.steps,
      object: event.object.label,
      kind: event.object.kind,
      event: event.name,
      result: event.result,
      detail: event.detail,
    });
  }

  stepped(task: Task, _access: Access, alternative: number): void {
    if (this.world === null) return;
    const after = snapshot(this.world);
    const changes: TraceChange[] = [];
    for (const [field, to] of after) {
      const from = this.before.get(field);
      if (from === undefined || from === to) continue;
      changes.push({ field, from, to });
    }
    this.before = after;
    this.steps.push({
      task: task.name,
      context: task.context,
      access: this.announced,
      alternative,
      changes,
      call: task.call === 0 ? null : task.call,
    });
  }

  finish(): readonly [] {
    return [];
  }
}

/** Every shared field of every live object, by its name. */
function snapshot(world: World): Map<string, string> {
  const fields = new Map<string, string>();
  for (const object of world.memory.objects) {
    if (object.freedBy !== null) continue;
    object.visitState((field, value) => {
      fields.set(`${object.label}.${field}`, valueText(value));
    });
  }
  return fields;
}

function valueText(value: StateValue): string {
  if (value instanceof KernelObject) return value.label;
  if (isList(value)) return `[${value.map(valueText).join(', ')}]`;
  return String(value);
}

/** `Array.isArray` does not tell a list that may not be changed from the rest. */
function isList(value: StateValue): value is readonly StateValue[] {
  return Array.isArray(value);
}
