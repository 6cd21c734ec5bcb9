import parse from 'dotparser';
import { describe, expect, test } from 'vitest';

import { automatonOf } from './automaton.ts';
import { boundedLifecycles } from './lifecycles.ts';
import { cachedTable } from './table-cache.ts';
import { FORBIDDEN } from './tabulate.ts';

// What the kernel's generator of monitors asks of a file, in the order in which it asks.

interface Read {
  readonly initial: string;
  readonly states: ReadonlySet<string>;
  readonly finals: readonly string[];
  /** `state event` -> next state */
  readonly next: ReadonlyMap<string, string>;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;
const INIT = '__init_';

/** Reads by lines and words, as that generator does; what it would take for something else throws. */
function readLines(text: string): Read {
  const lines = text.split('\n').map((line) => line.trim());
  if (!/^digraph state_automaton\s/.test(lines[0] ?? '')) throw new Error('no automaton');
  const first = lines.findIndex((line) => line.startsWith('{node '));
  const behind = lines.findIndex((line, at) => at > first && !line.startsWith('{node '));
  const states = new Set<string>();
  const finals: string[] = [];
  let initial: string | null = null;
  for (const line of lines.slice(first, behind)) {
    const name = /"([^"]+)"\};$/.exec(line.split(/\s+/).at(-1) ?? '')?.[1];
    if (name === undefined) throw new Error(`no state: ${line}`);
    if (name.startsWith(INIT)) {
      if (initial !== null) throw new Error('two initial states');
      initial = name.slice(INIT.length);
      continue;
    }
    states.add(name);
    if (/doublecircle|ellipse/.test(line)) finals.push(name);
  }
  if (initial === null || !states.has(initial)) throw new Error('no initial state');
  if (lines[behind] !== `"${INIT}${initial}" -> "${initial}";`) throw new Error('no start');
  return { initial, states, finals, next: readTransitions(lines.slice(behind + 1), states) };
}

function readTransitions(
  lines: readonly string[],
  states: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const next = new Map<string, string>();
  const end = lines.findIndex((line) => !line.startsWith('"'));
  for (const line of lines.slice(0, end)) {
    const words = line.split(/\s+/);
    if (words[1] !== '->') {
      const [, name, label] = /^"(\w+)" \[label = "([^"]+)"/.exec(line) ?? [];
      if (name === undefined || name !== label) throw new Error(`another label: ${line}`);
      continue;
    }
    const [from = '', to = ''] = [words[0], words[2]].map((word) => word?.replaceAll('"', ''));
    if (!states.has(from) || !states.has(to)) throw new Error(`unknown state: ${line}`);
    const label = words
      .slice(words.indexOf('label') + 2, -1)
      .join('')
      .replaceAll('"', '');
    for (const event of label.split(String.raw`\n`)) {
      if (!IDENTIFIER.test(event)) throw new Error(`no event: ${event}`);
      if (next.has(`${from} ${event}`)) throw new Error(`two ways: ${from}, ${event}`);
      next.set(`${from} ${event}`, to);
    }
  }
  return next;
}

const tables = boundedLifecycles().map((one) => cachedTable(one));

describe.each(tables.map((table, index) => [`${index} ${table.kind}`, table] as const))(
  '%s',
  (_, table) => {
    const { states, events, text } = automatonOf(table);
    const read = readLines(text);

    test('is read back as the table that it was made of', () => {
      expect(read.states).toEqual(new Set(states));
      expect(read.initial).toBe(states[table.initial]);
      expect(read.next.size).toBe(table.edges);
      for (const [state, name] of states.entries()) {
        expect(name).toMatch(IDENTIFIER);
        for (const [event, label] of events.entries()) {
          const next = table.next[state * events.length + event] ?? FORBIDDEN;
          expect(read.next.get(`${name} ${label}`)).toBe(states[next]);
        }
      }
    });

    test('marks as final what no event leaves', () => {
      const left = [...read.next].filter(([key, to]) => key.split(' ')[0] !== to);
      const leaving = new Set(left.map(([key]) => key.split(' ')[0]));
      expect(read.finals).toEqual(states.filter((name) => !leaving.has(name)));
    });
  },
);

test('the language of Graphviz has it', () => {
  // Large machines take its parser long, and have no other words.
  for (const table of tables.filter(({ states }) => states < 60)) {
    const [graph] = parse(automatonOf(table).text);
    expect(graph).toMatchObject({ type: 'digraph', id: 'state_automaton' });
    const own = (graph?.children ?? []).filter(({ type }) => type === 'edge_stmt');
    const pairs = new Set<string>();
    for (const [cell, next] of table.next.entries()) {
      if (next !== FORBIDDEN) pairs.add(`${Math.floor(cell / table.events.length)} ${next}`);
    }
    expect(own).toHaveLength(pairs.size + 1);
  }
});

test('a reader that follows the rules refuses what breaks them', () => {
  const text = tables.map((table) => automatonOf(table).text).at(-1) ?? '';
  const broken: readonly (readonly [RegExp, string, string])[] = [
    [/state_automaton/, 'automaton', 'no automaton'],
    [/\t"__init_\w+" -> .*\n/, '', 'no start'],
    [/__init_/, '__start_', 'no initial state'],
    [/(\t"\w+" -> "\w+" \[.*\n)/, '$1$1', 'two ways'],
    [/(label = "\w+)", color/, '$1_other", color', 'another label'],
  ];
  for (const [what, by, message] of broken) {
    expect(() => readLines(text.replace(what, by))).toThrow(message);
  }
});
