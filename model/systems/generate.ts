import { FORBIDDEN } from '../tabulate.ts';
import type { Claim } from './claims.ts';
import { fieldOf, mask } from './layout.ts';
import type { Field, Layout } from './layout.ts';
import type { Component, Network, Take } from './network.ts';
import { wordNames } from './tables.ts';
import type { Tables } from './tables.ts';

/** Rows of at most so many states are tested with one mask. */
const MASK_STATES = 32;

/** A function that is longer is optimised late, or never. Unit: characters. */
const FUNCTION_MAX = 1500;

/** Moves that begin with the same takes share their tests. */
interface Branch {
  readonly takes: Map<string, { readonly take: Take; readonly branch: Branch }>;
  readonly moves: number[];
}

function plant(moves: readonly (readonly [number, readonly Take[]])[]): Branch {
  const root: Branch = { takes: new Map(), moves: [] };
  for (const [number, takes] of moves) {
    let branch = root;
    for (const take of takes) {
      const key = `${take[0].name} ${take[1]}`;
      const known = branch.takes.get(key) ?? { take, branch: { takes: new Map(), moves: [] } };
      branch.takes.set(key, known);
      branch = known.branch;
    }
    branch.moves.push(number);
  }
  return root;
}

/** What can happen in one state of a leading component. */
interface Case {
  readonly state: number;
  readonly text: string;
}

/** What is added to each word: a number known now, and texts that are worked out in each state. */
type Change = readonly { readonly sum: number; readonly terms: readonly string[] }[];

function changed(change: Change, word: number, sum: number, term: string | null): Change {
  return change.map((part, index) =>
    index === word
      ? { sum: (part.sum + sum) | 0, terms: term === null ? part.terms : [...part.terms, term] }
      : part,
  );
}

/** Writes the successor code of one network. */
class Writer {
  private readonly layout: Layout;
  private readonly tables: Tables;
  private readonly names: ReadonlyMap<Component, string>;

  constructor(components: readonly Component[], layout: Layout, tables: Tables) {
    this.layout = layout;
    this.tables = tables;
    this.names = new Map(components.map((component, index) => [component, `c${index}`]));
  }

  name(component: Component): string {
    return this.names.get(component) ?? '';
  }

  field(component: Component): Field {
    return fieldOf(this.layout, component);
  }

  /** `const c3 = w0 >>> 5 & 31;` */
  decode(component: Component): string {
    const { word, shift, bits } = this.field(component);
    const value = bits === 0 ? '0' : `w${word} >>> ${shift} & ${mask(bits)}`;
    return `const ${this.name(component)} = ${value};`;
  }

  /** All that can happen from here on, with the components in `known` decoded. */
  branch({ takes, moves }: Branch, change: Change, known: ReadonlySet<Component>): string {
    const words = change.map(({ sum, terms }, word) => {
      const parts = sum === 0 ? terms : [...terms, String(sum)];
      return parts.length === 0 ? `w${word}` : `w${word} + ${parts.join(' + ')} | 0`;
    });
    const text = moves.map((move) => `put(${[move, ...words].join(', ')}); n++;`);
    const decoded = new Set(known);
    for (const { take, branch } of takes.values()) {
      const inner = this.take(take, branch, change, decoded);
      if (inner === '') continue;
      if (!decoded.has(take[0])) text.push(this.decode(take[0]));
      decoded.add(take[0]);
      text.push(inner);
    }
    return text.join('\n');
  }

  /** The moves behind one take whose component is not the leading one. */
  private take(
    [component, event]: Take,
    branch: Branch,
    change: Change,
    known: ReadonlySet<Component>,
  ): string {
    const row = component.machine.next.get(event) ?? new Int32Array();
    const enabled = [...row.keys()].filter((state) => row[state] !== FORBIDDEN);
    const [first] = enabled;
    if (first === undefined) return '';
    const { word, shift } = this.field(component);
    const name = this.name(component);
    const next = (state: number): number => row[state] ?? FORBIDDEN;
    const steps = new Set(enabled.map((state) => next(state) - state));
    let after: Change;
    if (steps.size === 1) after = changed(change, word, (next(first) - first) << shift, null);
    else {
      const targets = new Set(enabled.map(next));
      const target = targets.size === 1 ? next(first) : `${this.tables.row(row)}[${name}]`;
      after = changed(change, word, 0, `(${target} - ${name} << ${shift})`);
    }
    const inner = this.branch(branch, after, new Set([...known, component]));
    if (inner === '') return '';
    const condition = this.condition(name, row, enabled);
    return condition === null ? `{ ${inner} }` : `if (${condition}) { ${inner} }`;
  }

  private condition(name: string, row: Int32Array, enabled: readonly number[]): string | null {
    if (enabled.length === row.length) return null;
    if (enabled.length === 1) return `${name} === ${enabled.join()}`;
    if (row.length > MASK_STATES) return `${this.tables.row(row)}[${name}] >= 0`;
    const bits = enabled.reduce((all, state) => all | (1 << state), 0);
    return `${bits} >>> ${name} & 1`;
  }

  /** The cases of one leading component, in the order of its states. */
  cases(leader: Component, moves: readonly (readonly [number, readonly Take[]])[]): Case[] {
    const { word, shift } = this.field(leader);
    const still: Change = Array.from({ length: this.layout.words }, () => ({ sum: 0, terms: [] }));
    const { takes } = plant(moves);
    return leader.machine.states.flatMap((_, state): Case[] => {
      const text: string[] = [];
      const known = new Set([leader]);
      const bodies = [...takes.values()].flatMap(({ take: [, event], branch }) => {
        const next = leader.machine.next.get(event)?.[state] ?? FORBIDDEN;
        if (next === FORBIDDEN) return [];
        const change = changed(still, word, (next - state) << shift, null);
        return [this.branch(branch, change, known)].filter((body) => body !== '');
      });
      if (bodies.length === 0) return [];
      text.push(`case ${state}: {`, ...bodies.map((body) => `{ ${body} }`), 'break; }');
      return [{ state, text: text.join('\n') }];
    });
  }
}

/** Consecutive cases that together stay below the length that is soon optimised. */
function grouped(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups: Case[][] = [];
  let room = 0;
  for (const one of cases) {
    room -= one.text.length;
    const group = groups.at(-1);
    if (group !== undefined && room >= 0) group.push(one);
    else {
      groups.push([one]);
      room = FUNCTION_MAX - one.text.length;
    }
  }
  return groups;
}

/** Calls the one function, of several, that has the cases of a state; they are in its order. */
function pick(name: string, calls: readonly (readonly [last: number, call: string])[]): string {
  const [only, ...more] = calls;
  if (only === undefined) return '0';
  if (more.length === 0) return only[1];
  const middle = calls.length >> 1;
  const last = calls[middle - 1]?.[0] ?? 0;
  const [low, high] = [calls.slice(0, middle), calls.slice(middle)];
  return `(${name} <= ${last} ? ${pick(name, low)} : ${pick(name, high)})`;
}

/**
 * The text of `expand(w0, w1, ...)`: calls `put(move, w0', w1', ...)` for every move that is
 * enabled, and returns how many there are. Moves are grouped by the state of the component that
 * leads them, so that most moves that are not enabled cost nothing.
 */
export function expandCode(network: Network, layout: Layout, tables: Tables): string {
  const writer = new Writer(network.components, layout, tables);
  const words = wordNames(layout.words);
  const led = new Map<Component, (readonly [number, readonly Take[]])[]>();
  for (const [number, { takes }] of network.moves.entries()) {
    const [first, ...rest] = takes;
    if (first === undefined) continue;
    const moves = led.get(first[0]) ?? [];
    moves.push([number, [first, ...rest]]);
    led.set(first[0], moves);
  }
  const functions: string[] = [];
  const decoded: string[] = [];
  const calls: string[] = [];
  for (const [leader, moves] of led) {
    const own = writer.name(leader);
    const parts = grouped(writer.cases(leader, moves)).map((cases) => {
      const name = `expand${functions.length}`;
      functions.push(`function ${name}(${own}, ${words}) {
        let n = 0;
        switch (${own}) { ${cases.map(({ text }) => text).join('\n')} }
        return n;
      }`);
      return [cases.at(-1)?.state ?? 0, `${name}(${own}, ${words})`] as const;
    });
    if (parts.length === 0) continue;
    decoded.push(writer.decode(leader));
    calls.push(pick(own, parts));
  }
  const all = calls.length === 0 ? '0' : calls.join(' + ');
  return `${functions.join('\n')}
    function expand(${words}) { ${decoded.join('\n')} return ${all}; }`;
}

/** One expression that is not 0 when the claim holds; the components are decoded. */
function holdsCode(writer: Writer, tables: Tables, { over, cells }: Claim): string {
  const [only] = over;
  if (only !== undefined && over.length === 1 && cells.length <= MASK_STATES) {
    const bits = cells.reduce((all, cell, state) => all | (cell << state), 0);
    return `(${bits} >>> ${writer.name(only)} & 1)`;
  }
  const index = over.reduce((text, component) => {
    const size = component.machine.states.length;
    return text === '' ? writer.name(component) : `(${text}) * ${size} + ${writer.name(component)}`;
  }, '');
  return `${tables.cells(cells)}[${index}]`;
}

/**
 * The text of `check(w0, ...)`: the number of the first claim that does not hold, or -1. What holds
 * whatever the states are is not looked at again.
 */
export function checkCode(
  network: Network,
  layout: Layout,
  tables: Tables,
  claims: readonly Claim[],
): string {
  const writer = new Writer(network.components, layout, tables);
  const open = [...claims.entries()].filter(([, { cells }]) => cells.includes(0));
  const used = new Set(open.flatMap(([, { over }]) => over));
  const tests = open.map(
    ([number, one]) => `if (${holdsCode(writer, tables, one)} === 0) return ${number};`,
  );
  return `function check(${wordNames(layout.words)}) {
    ${[...used].map((component) => writer.decode(component)).join('\n')}
    ${tests.join('\n')}
    return -1;
  }`;
}

/** The text of one function per claim, `(w0, ...) =>` 1 where it holds, as the list `name`. */
export function claimsCode(
  name: string,
  network: Network,
  layout: Layout,
  tables: Tables,
  claims: readonly Claim[],
): string {
  const writer = new Writer(network.components, layout, tables);
  const functions = claims.map(
    (one) => `(${wordNames(layout.words)}) => {
      ${one.over.map((component) => writer.decode(component)).join('\n')}
      return ${holdsCode(writer, tables, one)};
    }`,
  );
  return `const ${name} = [${functions.join(',\n')}];`;
}
