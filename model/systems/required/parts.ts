import { assign, setup } from 'xstate';
import type { Lifecycle } from '../../lifecycle.ts';
import { cachedTable } from '../../table-cache.ts';
import { FORBIDDEN } from '../../tabulate.ts';
import { ASK, objectMachine, questions, systemMachine } from '../machine.ts';
import type { MachineState, SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';
import type { Component } from '../network.ts';

/** `name 0 .. name count-1`, all of one machine. */
export function many<Context>(
  count: number,
  name: string,
  machine: SystemMachine<Context>,
): readonly Component<Context>[] {
  return range(count).map((index) => ({ name: `${name} ${index}`, machine }));
}

/** The table of a kernel object; `Context` is what its machine declares. */
export function objectOf<Context>(lifecycle: Lifecycle): SystemMachine<Context> {
  return objectMachine<Context>(cachedTable(lifecycle));
}

/**
 * A machine without the events that nobody takes here, and without the states behind them: claims
 * about several objects have a cell for each combination of their states.
 */
export function only<Context>(
  { name, states, next }: SystemMachine<Context>,
  events: readonly string[],
): SystemMachine<Context> {
  const rows = events.map((event): readonly [string, Int32Array] => {
    const row = next.get(event);
    if (row === undefined) throw new Error(`${name} has no event ${event}`);
    return [event, row];
  });
  const kept = [0];
  for (const state of kept) {
    for (const [, row] of rows) {
      const behind = row[state] ?? FORBIDDEN;
      if (behind !== FORBIDDEN && !kept.includes(behind)) kept.push(behind);
    }
  }
  return {
    name,
    states: kept.flatMap((state) => states.slice(state, state + 1)),
    next: new Map(
      // What is forbidden stays so: its number is -1, and no kept state is there.
      rows.map(([event, row]) => [
        event,
        Int32Array.from(kept, (state) => kept.indexOf(row[state] ?? FORBIDDEN)),
      ]),
    ),
  };
}

/** A machine with one more question, to which the states say yes for which `holds`. */
export function asking<Context>(
  { name, states, next }: SystemMachine<Context>,
  question: string,
  holds: (state: MachineState<Context>) => boolean,
): SystemMachine<Context> {
  if (next.has(question)) throw new Error(`${name} has an event ${question} already`);
  const row = Int32Array.from(states, (state, index) => (holds(state) ? index : FORBIDDEN));
  return { name, states, next: new Map([...next, [question, row]]) };
}

/** An element that must be there. */
export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no element ${index} of ${list.length}`);
  return found;
}

/** Whether region `region` of a state value is in `state`. */
export function isIn(value: unknown, region: string, state: string): boolean {
  return isParallel(value) && value[region] === state;
}

/** The value of a machine with regions says of each where it is. */
function isParallel(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

interface Held {
  readonly owner: number;
}

/** A plain lock, and which of its users holds it. */
export function lockMachine(users: number): SystemMachine<Held> {
  const lock = setup({
    types: { context: {} as Held, events: {} as { type: string; user: number } },
    actions: {
      own: assign({ owner: ({ event }) => event.user }),
      disown: assign({ owner: -1 }),
    },
    guards: { isOwner: ({ context, event }) => context.owner === event.user },
  });
  const machine = lock.createMachine({
    id: 'lock',
    initial: 'free',
    context: { owner: -1 },
    states: {
      free: { on: { acquire: { target: 'held', actions: 'own' } } },
      held: { on: { release: { guard: 'isOwner', target: 'free', actions: 'disown' } } },
    },
  });
  return systemMachine(
    machine,
    range(users).flatMap((user): readonly SystemEvent[] => [
      { type: 'acquire', user },
      { type: 'release', user },
    ]),
  );
}

interface Listed {
  /** First in, first out. */
  readonly nodes: readonly number[];
}

/** A list of nodes, each of which is on it at most once. */
export function listMachine(nodes: number): SystemMachine<Listed> {
  const list = setup({
    types: { context: {} as Listed, events: {} as { type: string; node: number } },
    actions: {
      ...questions,
      append: assign({ nodes: ({ context, event }) => [...context.nodes, event.node] }),
      remove: assign({
        nodes: ({ context, event }) => context.nodes.filter((node) => node !== event.node),
      }),
    },
    guards: {
      isAway: ({ context, event }) => !context.nodes.includes(event.node),
      isFirst: ({ context, event }) => context.nodes[0] === event.node,
      isThere: ({ context, event }) => context.nodes.includes(event.node),
      isAlone: ({ context, event }) =>
        context.nodes.length === 1 && context.nodes.includes(event.node),
    },
  });
  const machine = list.createMachine({
    id: 'list',
    initial: 'empty',
    context: { nodes: [] },
    states: {
      empty: { on: { isEmpty: ASK, append: { target: 'filled', actions: 'append' } } },
      filled: {
        on: {
          append: { guard: 'isAway', actions: 'append' },
          shift: [
            { guard: 'isAlone', target: 'empty', actions: 'remove' },
            { guard: 'isFirst', actions: 'remove' },
          ],
          remove: [
            { guard: 'isAlone', target: 'empty', actions: 'remove' },
            { guard: 'isThere', actions: 'remove' },
          ],
        },
      },
    },
  });
  return systemMachine(machine, [
    { type: 'isEmpty' },
    ...range(nodes).flatMap((node): readonly SystemEvent[] => [
      { type: 'append', node },
      { type: 'shift', node },
      { type: 'remove', node },
    ]),
  ]);
}
