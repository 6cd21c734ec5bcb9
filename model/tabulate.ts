import { createHash } from 'node:crypto';
import type { AbstractState, ObjectKind } from './events.ts';
import { scopeName } from './lifecycle.ts';
import type { Lifecycle, ModelEvent } from './lifecycle.ts';
import type { Answer } from './returns.ts';
import { Unfolding, eventName } from './unfold.ts';
import type { Step } from './unfold.ts';

/** Where the machine forbids an event. */
export const FORBIDDEN = -1;

/** No bounded machine of this project needs more; an unguarded counter does. */
export const STATES_MAX = 20_000;

/** A machine as integers. Cells are numbered `state * events.length + event`. */
export interface Table {
  readonly kind: ObjectKind;
  readonly scope: Lifecycle['scope'];
  readonly events: readonly ModelEvent[];
  readonly initial: number;
  readonly states: number;
  readonly edges: number;
  /** How many events lead to the state that is farthest away. */
  readonly depth: number;
  /** By cell: the state behind the event, or FORBIDDEN. */
  readonly next: Int32Array;
  /** By cell: which of `answers` the transition gives; 0 where it is forbidden. */
  readonly answer: Int32Array;
  readonly answers: readonly Answer[];
  /** By state: what the object must show. */
  readonly views: readonly AbstractState[];
  /** By state: the machine's own words. */
  readonly names: readonly string[];
}

/** The step that event number `event` makes in `state`, or null when it is forbidden there. */
export function stepOf(table: Table, state: number, event: number): Step | null {
  const cell = state * table.events.length + event;
  const next = table.next[cell];
  const answer = table.answers[table.answer[cell] ?? 0];
  if (next === undefined || answer === undefined) throw new RangeError(`no cell ${cell}`);
  return next === FORBIDDEN ? null : { state: next, ...answer };
}

/** The answers of a machine, each once. */
class Answers {
  readonly list: Answer[] = [];
  private readonly numbers = new Map<string, number>();

  number({ returns, rules }: Answer): number {
    const key = JSON.stringify([returns, rules]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.list.length);
    this.list.push({ returns, rules });
    return this.list.length - 1;
  }
}

/** How each state was first reached. */
interface Origin {
  readonly state: number;
  readonly event: number;
  readonly depth: number;
}

/** The events of the shortest path to a state. */
function pathTo(state: number, origins: readonly Origin[], events: readonly ModelEvent[]): string {
  const names: string[] = [];
  for (let at = origins[state]; at !== undefined && at.event >= 0; at = origins[at.state]) {
    const event = events[at.event];
    if (event !== undefined) names.unshift(eventName(event));
  }
  return names.join(', ');
}

/**
 * Tabulates a machine completely, breadth first.
 *
 * @throws RangeError when there are more than `statesMax` states; it names a path that goes on.
 */
export function tabulate(
  lifecycle: Lifecycle,
  { statesMax = STATES_MAX }: { readonly statesMax?: number } = {},
): Table {
  const { kind, scope, alphabet: events } = lifecycle;
  const unfolding = new Unfolding(lifecycle);
  const answers = new Answers();
  const next: number[] = [];
  const answer: number[] = [];
  const origins: Origin[] = [{ state: 0, event: -1, depth: 0 }];
  let edges = 0;
  for (let state = 0; state < unfolding.size; state += 1) {
    const depth = (origins[state]?.depth ?? 0) + 1;
    for (const [index, event] of events.entries()) {
      const step = unfolding.step(state, event);
      next.push(step?.state ?? FORBIDDEN);
      answer.push(step === null ? 0 : answers.number(step));
      if (step === null) continue;
      edges += 1;
      if (step.state === origins.length) origins.push({ state, event: index, depth });
      if (unfolding.size > statesMax) {
        const path = pathTo(step.state, origins, events);
        throw new RangeError(
          `${kind} (${scopeName(lifecycle)}) has more than ${statesMax} states; one is: ${path}`,
        );
      }
    }
  }
  const states = unfolding.size;
  const all = Array.from({ length: states }, (_, state) => state);
  return {
    kind,
    scope,
    events,
    initial: unfolding.initial,
    states,
    edges,
    depth: origins.at(-1)?.depth ?? 0,
    next: Int32Array.from(next),
    answer: Int32Array.from(answer),
    answers: answers.list,
    views: all.map((state) => unfolding.view(state)),
    names: all.map((state) => unfolding.key(state)),
  };
}

/** Names a table for reports; two tables read the same only when they are the same. */
export function fingerprint(table: Table): string {
  const hash = createHash('sha256');
  const { kind, states, edges, depth, events, answers, views, next, answer } = table;
  hash.update(JSON.stringify([events, answers, views, [...next], [...answer]]));
  const digest = hash.digest('hex').slice(0, 12);
  return `${kind}: ${states} states, ${edges} edges, depth ${depth}, ${digest}`;
}
