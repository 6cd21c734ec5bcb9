import { KernelObject, type StateValue, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';

/** At most so many differences are told: more say nothing new. */
const DIFFERENCES_MAX = 4;

/** What a call may use up without anybody noticing: numbers that are never given again. */
const USED_UP = 'contextCounter';

/** An object under the name that it has at the moment. */
interface Seen {
  readonly object: KernelObject;
  readonly label: string;
  /** What it shows, in its own order. */
  readonly fields: readonly string[];
  readonly values: readonly StateValue[];
}

/** Lists go on to change after they were looked at. */
function copyOf(value: StateValue): StateValue {
  return isList(value) ? value.map(copyOf) : value;
}

function isList(value: StateValue): value is readonly StateValue[] {
  return Array.isArray(value);
}

function isSame(first: StateValue | undefined, second: StateValue | undefined): boolean {
  if (first === second) return true;
  if (first === undefined || second === undefined || !isList(first) || !isList(second))
    return false;
  return first.length === second.length && first.every((item, at) => isSame(item, second[at]));
}

function see(object: KernelObject): Seen {
  const fields: string[] = [];
  const values: StateValue[] = [];
  object.visitState((field, value) => {
    if (field === USED_UP) return;
    fields.push(field);
    values.push(copyOf(value));
  });
  return { object, label: object.label, fields, values };
}

/** Both show the same fields with the same values, under the same name. */
function agree(first: Seen, second: Seen | undefined): boolean {
  if (second === undefined || first.object !== second.object) return false;
  if (first.label !== second.label || first.fields.length !== second.fields.length) return false;
  return first.fields.every(
    (field, at) => field === second.fields[at] && isSame(first.values[at], second.values[at]),
  );
}

/** Every field of every object that is alive, and what the current task has on its hands. */
export class WorldView {
  private readonly seen: readonly Seen[];
  private readonly task: ReadonlyMap<string, string>;
  private texts: ReadonlyMap<string, string> | null = null;
  private whole: string | null = null;

  constructor(world: World) {
    // What waits for readers only is as good as gone.
    const ending = new Set(world.rcu.waiting);
    this.seen = world.memory
      .live()
      .filter((object) => !ending.has(object))
      .map(see);
    const { held, returnWork, preemptCount, rcuDepth, signallingDepth } = world.current;
    this.task = new Map([
      ['task.held', held.map(({ label }) => label).join(' ')],
      ['task.depths', [preemptCount, rcuDepth, signallingDepth].join(' ')],
      ['task.returnWork', String(returnWork.length)],
    ]);
  }

  /** What is another in a later view: `nothing`, or the first few differences. */
  changes(later: WorldView): string {
    if (this.isLike(later)) return 'nothing';
    const [mine, others] = [this.fields, later.fields];
    const parts: string[] = [];
    for (const name of new Set([...mine.keys(), ...others.keys()])) {
      const [before, after] = [mine.get(name), others.get(name)];
      if (before === after) continue;
      parts.push(`${name} ${before ?? 'absent'} -> ${after ?? 'absent'}`);
    }
    if (parts.length === 0) return 'nothing';
    const more = parts.length - DIFFERENCES_MAX;
    const shown = parts.slice(0, DIFFERENCES_MAX).join('; ');
    return more > 0 ? `${shown}; ${more} more` : shown;
  }

  /** The same objects with the same fields: no text needs to be made to see that. */
  private isLike({ seen, task }: WorldView): boolean {
    if (seen.length !== this.seen.length) return false;
    for (const [name, text] of this.task) if (task.get(name) !== text) return false;
    return this.seen.every((one, at) => agree(one, seen[at]));
  }

  /** All that was seen, as text under the names that objects had then. */
  private get fields(): ReadonlyMap<string, string> {
    if (this.texts !== null) return this.texts;
    const labels = new Map(this.seen.map(({ object, label }) => [object, label]));
    const textOf = (value: StateValue): string => {
      if (value instanceof KernelObject) return labels.get(value) ?? value.label;
      return isList(value) ? `[${value.map(textOf).join(' ')}]` : String(value);
    };
    const texts = new Map<string, string>();
    for (const { label, fields, values } of this.seen) {
      texts.set(label, 'there');
      for (const [at, field] of fields.entries()) {
        texts.set(`${label}.${field}`, textOf(values[at] ?? null));
      }
    }
    this.texts = new Map([...texts, ...this.task]);
    return this.texts;
  }

  /** As one text, since it never changes: keys of states ask for it again and again. */
  visitState(visit: StateVisitor): void {
    this.whole ??= [...this.fields].map(([name, text]) => `${name} ${text}`).join('; ');
    visit('view', this.whole);
  }
}
