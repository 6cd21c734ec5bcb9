import { boundedLifecycles } from './lifecycles.ts';
import { cachedTable } from './table-cache.ts';
import { FORBIDDEN } from './tabulate.ts';

/** One machine, where it is, and an event that it takes there: `waiter linked.asleep wake`. */
export type Pair = string;

export function pairName(kind: string, node: string, event: string): Pair {
  // Bounded machines say this of all slots of a fence, and monitors of one slot at a time.
  return `${kind} ${node} ${event === 'fenceSignaled' ? 'slotSignaled' : event}`;
}

/** The state node behind the machine's own words for a state, which name its counters, too. */
export function nodeName(state: string): string {
  const [value]: unknown[] = JSON.parse(state); // a state value, and a context
  return textOf(value);
}

/** `linked.asleep` of nested nodes; of parallel ones what each region is in: `alive+pending`. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const regions = Object.entries(Object(value));
  if (regions.length === 1)
    return regions.map(([name, inner]) => `${name}.${textOf(inner)}`).join();
  return regions.map(([, inner]) => textOf(inner)).join('+');
}

/** Every pair that the bounded machines allow, by machine. */
export function possiblePairs(): ReadonlyMap<string, ReadonlySet<Pair>> {
  const possible = new Map<string, Set<Pair>>();
  for (const lifecycle of boundedLifecycles()) {
    const { kind, events, next, names } = cachedTable(lifecycle);
    const pairs = possible.get(kind) ?? new Set();
    possible.set(kind, pairs);
    for (const [state, name] of names.entries()) {
      const node = nodeName(name);
      for (const [event, { type }] of events.entries()) {
        if (next[state * events.length + event] === FORBIDDEN) continue;
        pairs.add(pairName(kind, node, type));
      }
    }
  }
  return possible;
}
