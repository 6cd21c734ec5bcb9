import { scopeName } from './lifecycle.ts';
import { FORBIDDEN, type Table } from './tabulate.ts';
import { eventName } from './unfold.ts';

/** A machine as the kernel's generator of monitors takes it, with names that C has room for. */
export interface Automaton {
  /** By number, as in the table. */
  readonly states: readonly string[];
  readonly events: readonly string[];
  readonly text: string;
}

/**
 * A tabulated machine in Graphviz's language. Programs draw it; the generator of runtime
 * verification monitors (`tools/verification/rvgen`, `dot2k` before) reads it line by line, which is
 * why each thing has its own line, and its place. Answers are left out: a monitor sees events only.
 */
export function automatonOf(table: Table): Automaton {
  const states = unique(table.names.map(stateIdentifier));
  const events = unique(table.events.map((event) => identifier(eventName(event))));
  const initial = states[table.initial] ?? '';
  const lines = [
    'digraph state_automaton {',
    '\tcenter = true;',
    '\tsize = "7,11";',
    `\t{node [shape = plaintext, style=invis, label=""] "__init_${initial}"};`,
    ...finalStates(table).map((state) => `\t{node [shape = doublecircle] "${states[state]}"};`),
    ...states.map((name) => `\t{node [shape = circle] "${name}"};`),
    `\t"__init_${initial}" -> "${initial}";`,
    ...states.flatMap((name, state) => [
      `\t"${name}" [label = "${name}"${state === table.initial ? ', color = green3' : ''}];`,
      ...edges(table, state, { states, events }),
    ]),
    '\t{ rank = min ;',
    `\t\t"__init_${initial}";`,
    `\t\t"${initial}";`,
    '\t}',
    `\t// ${[table.kind, scopeName(table)].filter(Boolean).join(': ')}`,
    '}',
  ];
  return { states, events, text: `${lines.join('\n')}\n` };
}

/** One line for each state that another one leads to, with all events that do. */
function edges(
  table: Table,
  state: number,
  { states, events }: Pick<Automaton, 'states' | 'events'>,
): string[] {
  const labels = new Map<number, string[]>();
  for (const [event, name] of events.entries()) {
    const next = table.next[state * events.length + event] ?? FORBIDDEN;
    if (next === FORBIDDEN) continue;
    labels.set(next, [...(labels.get(next) ?? []), name]);
  }
  return [...labels].map(
    ([next, names]) =>
      `\t"${states[state]}" -> "${states[next]}" [ label = "${names.join(String.raw`\n`)}" ];`,
  );
}

/** Where it ends: no event leads to another state. Without any, the generator takes the first. */
function finalStates({ states, events, next }: Table): number[] {
  const all = Array.from({ length: states }, (_, state) => state);
  return all.filter((state) =>
    events.every((_, event) => {
      const after = next[state * events.length + event];
      return after === FORBIDDEN || after === state;
    }),
  );
}

/** `alive_pending_idle_references_1`: where it is, then how much of what. */
function stateIdentifier(name: string): string {
  return identifier(partsOf(JSON.parse(name)).join('_'));
}

function partsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'string' ? [item] : [key, ...partsOf(item)],
  );
}

function identifier(text: string): string {
  const words = text.replaceAll(/-(?=\d)/g, 'minus_').replaceAll(/\W+/g, '_');
  return words.replace(/^(?=\d)/, '_').replace(/_$/, '');
}

/** A name that is taken gets a number. */
function unique(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let copy = 2; taken.has(free); copy += 1) free = `${name}_${copy}`;
    taken.add(free);
    return free;
  });
}
