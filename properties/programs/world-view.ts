import { KernelObject, type StateValue, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';

/** At most so many differences are told: more say nothing new. */
const DIFFERENCES_MAX = 4;

/** What a call may use up without anybody noticing: numbers that are never given again. */
const USED_UP: readonly string[] = ['contextCounter'];

/** A field's value as text. */
function textOf(value: StateValue): string {
  if (value instanceof KernelObject) return value.label;
  if (typeof value === 'object' && value !== null) return `[${value.map(textOf).join(' ')}]`;
  return String(value);
}

/** Every field of every object that is alive, and what the current task has on its hands. */
export class WorldView {
  private readonly fields = new Map<string, string>();

  constructor(world: World) {
    // What waits for readers only is as good as gone.
    const ending = new Set(world.rcu.waiting);
    for (const object of world.memory.live()) {
      if (ending.has(object)) continue;
      this.fields.set(object.label, 'there');
      object.visitState((field, value) => {
        if (!USED_UP.includes(field)) this.fields.set(`${object.label}.${field}`, textOf(value));
      });
    }
    const { held, returnWork, preemptCount, rcuDepth, signallingDepth } = world.current;
    this.fields.set('task.held', held.map(({ label }) => label).join(' '));
    this.fields.set('task.depths', [preemptCount, rcuDepth, signallingDepth].join(' '));
    this.fields.set('task.returnWork', String(returnWork.length));
  }

  /** What is another in a later view: `nothing`, or the first few differences. */
  changes(later: WorldView): string {
    const names = [...new Set([...this.fields.keys(), ...later.fields.keys()])];
    const parts: string[] = [];
    for (const name of names) {
      const [before, after] = [this.fields.get(name), later.fields.get(name)];
      if (before === after) continue;
      parts.push(`${name} ${before ?? 'absent'} -> ${after ?? 'absent'}`);
    }
    if (parts.length === 0) return 'nothing';
    const more = parts.length - DIFFERENCES_MAX;
    const shown = parts.slice(0, DIFFERENCES_MAX).join('; ');
    return more > 0 ? `${shown}; ${more} more` : shown;
  }

  visitState(visit: StateVisitor): void {
    for (const [name, text] of this.fields) visit(name, text);
  }
}
