import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORBIDDEN } from '../tabulate.ts';
import type { Claim, FairGroup, Liveness } from './claims.ts';
import { Graph } from './graph.ts';
import { findLasso } from './liveness.ts';
import type { SystemMachine } from './machine.ts';
import { network, range } from './network.ts';
import type { Component, Move, Network } from './network.ts';
import { refuteLasso } from './replay-lasso.ts';

// Small random networks, and what they can do for ever found in the most stupid way: each set of
// states is looked at. It shares nothing with the search, not even the successors.

/** States of the whole network; each set of them is tried. */
const STATES_MAX = 12;
const FAMILIES = ['a', 'b', 'c', 'd'];
const family = fc.constantFrom(...FAMILIES);

function machineOf(rows: readonly (readonly number[])[], size: number): SystemMachine {
  return {
    name: 'random',
    states: range(size).map((value) => ({ value: String(value), context: {} })),
    next: new Map(
      rows.map((row, event) => [
        `e${event}`,
        Int32Array.from(row.slice(0, size), (to) => (to >= size ? FORBIDDEN : to)),
      ]),
    ),
  };
}

function part(index: number, machine: SystemMachine): Component {
  return { name: `part ${index}`, machine };
}

/** Moves of nobody are left out; the others get names. */
function networkOf(parts: readonly Component[], moves: readonly Omit<Move, 'name'>[]): Network {
  const named = moves.flatMap((move, number): Move[] =>
    move.takes.length === 0 ? [] : [{ name: `${move.family} ${number}`, ...move }],
  );
  return network('random', parts, named);
}

/** Half of the networks: two parts that move alone or together. */
const EVENTS = 3;
const row = fc.array(fc.nat(7), { minLength: 4, maxLength: 4 });
const rows = fc.array(row, { minLength: EVENTS, maxLength: EVENTS });
const event = fc.option(fc.nat(EVENTS - 1));
const pair = fc
  .record({
    sizes: fc.constantFrom([2, 2], [3, 2], [3, 3], [4, 3]),
    rows: fc.tuple(rows, rows),
    moves: fc.array(fc.record({ family, takes: fc.tuple(event, event) }), {
      minLength: 2,
      maxLength: 7,
    }),
  })
  .map(({ sizes, rows: cells, moves }) => {
    const parts = sizes.map((size, index) => part(index, machineOf(cells[index] ?? [], size)));
    return networkOf(
      parts,
      moves.map(({ family: name, takes }) => ({
        family: name,
        takes: takes.flatMap((one, index) => {
          const component = parts[index];
          return one === null || component === undefined ? [] : [[component, `e${one}`] as const];
        }),
      })),
    );
  });

/** The other half: one part that can go round, each of its events an edge. */
const NODES = 5;
const edge = fc.record({ family, from: fc.nat(NODES - 1), to: fc.nat(NODES - 1) });
const single = fc
  .record({
    ring: fc.array(family, { minLength: 2, maxLength: NODES - 1, size: 'max' }),
    others: fc.array(edge, { minLength: 1, maxLength: 5, size: 'max' }),
  })
  .map(({ ring, others }) => {
    const round = ring.map((name, at) => ({ family: name, from: at, to: (at + 1) % ring.length }));
    const edges = [...round, ...others];
    const cells = edges.map(({ from, to }) => range(NODES).map((at) => (at === from ? to : NODES)));
    const only = part(0, machineOf(cells, NODES));
    return networkOf(
      [only],
      edges.map(({ family: name }, index) => ({ family: name, takes: [[only, `e${index}`]] })),
    );
  });

const drawn = fc.record({
  system: fc.oneof(pair, single),
  goal: fc.uniqueArray(fc.constantFrom(NODES - 1, ...range(STATES_MAX).slice(1)), {
    minLength: 1,
    maxLength: 3,
  }),
  whenever: fc.option(fc.uniqueArray(fc.nat(STATES_MAX - 1), { minLength: 1, maxLength: 3 }), {
    freq: 2,
  }),
  fair: fc.uniqueArray(
    fc.record({
      group: fc.constantFrom(...FAMILIES, 'part 0'),
      fairness: fc.constantFrom('weak', 'strong', 'strong'),
    }),
    { minLength: 2, maxLength: 4, size: 'max', selector: ({ group }) => group },
  ),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

function livenessOf({ system, goal, whenever, fair }: Drawn): Liveness {
  const over = system.components;
  const total = over.reduce((product, { machine }) => product * machine.states.length, 1);
  const claimOf = (name: string, states: readonly number[]): Claim => ({
    name,
    over,
    cells: Uint8Array.from(range(total), (state) => (states.includes(state) ? 1 : 0)),
  });
  const known = new Set<string>([
    ...system.moves.map((move) => move.family),
    ...over.map(({ name }) => name),
  ]);
  return {
    name: 'it happens',
    eventually: claimOf('goal', goal),
    ...(whenever === null ? {} : { whenever: claimOf('begin', whenever) }),
    fair: fair.filter(({ group }) => known.has(group)),
  };
}

/** One step of the network, as its tables have it. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly move: Move;
}

/** All steps; a state is the number of its cell in a claim over all components. */
function stepsOf({ components, moves }: Network): readonly Step[] {
  const sizes = components.map(({ machine }) => machine.states.length);
  const total = sizes.reduce((product, size) => product * size, 1);
  const decode = (state: number): number[] =>
    sizes.toReversed().reduce<{ rest: number; digits: number[] }>(
      ({ rest, digits }, size) => ({
        rest: Math.floor(rest / size),
        digits: [rest % size, ...digits],
      }),
      { rest: state, digits: [] },
    ).digits;
  return range(total).flatMap((from) =>
    moves.flatMap((move): Step[] => {
      const places = decode(from);
      const after = [...places];
      for (const [component, event] of move.takes) {
        const index = components.indexOf(component);
        after[index] = component.machine.next.get(event)?.[places[index] ?? 0] ?? FORBIDDEN;
      }
      if (after.includes(FORBIDDEN)) return [];
      const to = after.reduce((sum, place, index) => sum * (sizes[index] ?? 1) + place, 0);
      return [{ from, to, move }];
    }),
  );
}

/** All states that can be reached over steps of which both ends are `allowed`. */
function closure(
  begins: readonly number[],
  steps: readonly Step[],
  allowed: (state: number) => boolean,
): ReadonlySet<number> {
  const reached = new Set(begins.filter(allowed));
  for (const state of reached) {
    for (const { from, to } of steps) if (from === state && allowed(to)) reached.add(to);
  }
  return reached;
}

/** Whether a run can meet exactly these states again and again, and be fair. */
function isFairHome(
  home: ReadonlySet<number>,
  steps: readonly Step[],
  fair: readonly FairGroup[],
): boolean {
  const inner = steps.filter(({ from, to }) => home.has(from) && home.has(to));
  if (home.size > 1) {
    for (const state of home) {
      if (closure([state], inner, () => true).size !== home.size) return false;
    }
  }
  return fair.every(({ group, fairness }) => {
    const isIn = ({ move }: Step): boolean =>
      move.family === group || move.takes.some(([{ name }]) => name === group);
    if (inner.some(isIn)) return true;
    const enabled = [...home].map((state) => steps.some((one) => one.from === state && isIn(one)));
    return fairness === 'weak' ? enabled.includes(false) : !enabled.includes(true);
  });
}

/** Whether some fair run never comes to the goal. */
function canFail(system: Network, { whenever, eventually, fair }: Liveness): boolean {
  const steps = stepsOf(system);
  const reachable = closure([0], steps, () => true);
  const begins = [...reachable].filter((state) =>
    whenever === undefined ? state === 0 : whenever.cells[state] === 1,
  );
  const region = [...closure(begins, steps, (state) => eventually.cells[state] === 0)];
  return range(2 ** region.length - 1).some((set) => {
    const home = new Set(region.filter((_, index) => ((set + 1) >> index) % 2 === 1));
    return isFairHome(home, steps, fair);
  });
}

test('the search agrees with a look at every set of states', () => {
  const met = { holds: 0, cycles: 0, standstills: 0, strongOnly: 0 };
  fc.assert(
    fc.property(drawn, (values) => {
      const { system } = values;
      const liveness = livenessOf(values);
      const graph = new Graph(system);
      const lasso = findLasso(graph, liveness);
      expect(lasso !== null).toBe(canFail(system, liveness));
      if (lasso !== null) {
        met[lasso.cycle.length === 0 ? 'standstills' : 'cycles'] += 1;
        expect(refuteLasso(system, liveness, lasso)).toBeNull();
        return;
      }
      met.holds += 1;
      // What strong fairness alone makes true, weak fairness of the same groups must not.
      const weaker = liveness.fair.map(({ group }) => ({ group, fairness: 'weak' }) as const);
      const again = findLasso(graph, { ...liveness, fair: weaker });
      if (again === null) return;
      met.strongOnly += 1;
      expect(refuteLasso(system, { ...liveness, fair: weaker }, again)).toBeNull();
      expect(refuteLasso(system, liveness, again)).toContain('is not strongly fair');
    }),
    { seed: 612, numRuns: 2000 },
  );
  // Every kind of answer was compared.
  expect(met.holds).toBeGreaterThan(500);
  expect(met.cycles).toBeGreaterThan(500);
  expect(met.standstills).toBeGreaterThan(300);
  expect(met.strongOnly).toBeGreaterThan(10);
});
