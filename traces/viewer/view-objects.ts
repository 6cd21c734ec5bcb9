import type { Trace } from '../trace.ts';
import type { Seen, SeenMoment, SeenObject } from './seen.ts';
import type { Graph } from './state-diagram.ts';
import { shown, type Strings } from './strings.ts';
import { NONE, type ViewLook, type ViewObject } from './view.ts';

/** The objects of a run, and what their histories refer to. */
export interface Objects {
  readonly list: readonly ViewObject[];
  readonly looks: readonly ViewLook[];
  /** The machines of objects that are there, in the order of their diagrams. */
  readonly machines: readonly (readonly [kind: string, graph: Graph])[];
  /** The number of the object that a field belongs to, or `NONE`. */
  ofField(field: string): number;
}

/** Objects that only have fields are named by them: `fence:1.2.0.flags`, `f.flags`. */
const OWNER = /^([^.:]+:\d+\.\d+\.\d+|[^.]+)\./;

export function objectsOf(trace: Trace, seen: Seen | null, strings: Strings): Objects {
  const objects = seen === null ? objectsOfEvents(trace) : seen.objects;
  const machines = [...(seen?.machines ?? [])].filter(([kind]) =>
    objects.some((object) => object.kind === kind),
  );
  const diagrams = new Map(machines.map(([kind], index) => [kind, index]));
  const looks = new Looks();
  const numbers = new Map<string, number>();
  for (const [index, { names }] of objects.entries()) {
    for (const name of names) numbers.set(name, index);
  }
  return {
    list: objects.map(({ name, kind, moments }) => ({
      name: shown(name),
      kind: shown(kind),
      diagram: diagrams.get(kind) ?? NONE,
      history: {
        step: moments.map(({ step }) => step),
        event: moments.map((moment) => strings.numberOrNone(eventText(moment))),
        model: moments.map(({ model }) => looks.number(model)),
        implementation: moments.map(({ implementation }) => looks.number(implementation)),
      },
    })),
    looks: looks.list,
    machines,
    ofField: (field) => numbers.get(OWNER.exec(field)?.[1] ?? field) ?? NONE,
  };
}

/** Without a replay there are the events that the trace holds, and nothing is known of states. */
function objectsOfEvents({ events, end }: Trace): readonly SeenObject[] {
  const known = new Map<string, { kind: string; moments: SeenMoment[] }>();
  for (const { object, kind, step, event, result } of events) {
    const entry = known.get(object) ?? { kind, moments: [] };
    known.set(object, entry);
    const returned = result === null ? null : String(result);
    entry.moments.push({ step, event, result: returned, model: null, implementation: null });
  }
  for (const { object, kind } of end) {
    if (!known.has(object)) known.set(object, { kind, moments: [] });
  }
  return [...known].map(([name, { kind, moments }]) => ({
    ...{ name, names: [name], kind },
    moments: moments.toSorted((one, other) => one.step - other.step),
  }));
}

function eventText({ event, result }: SeenMoment): string | null {
  if (event === null) return null;
  return result === null ? event : `${event} → ${result}`;
}

/** Gives equal looks equal numbers. */
class Looks {
  readonly list: ViewLook[] = [];
  private readonly numbers = new Map<string, number>();

  number(look: ViewLook | null): number {
    if (look === null) return NONE;
    const key = JSON.stringify(look);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const { boxes, state, context } = look;
    this.numbers.set(key, this.list.length);
    this.list.push({
      boxes,
      state: shown(state),
      context: context.map(([name, value]) => [shown(name), shown(value)]),
    });
    return this.list.length - 1;
  }
}
