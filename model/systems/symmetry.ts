import { createHash } from 'node:crypto';
import { FORBIDDEN } from '../tabulate.ts';
import type { Claim, Properties } from './claims.ts';
import type { Component, Network } from './network.ts';

/**
 * Bundles of components that nobody can tell apart: the first machine of one is the same as the
 * first of another, and so on. Only one of all the orders in which bundles can stand is searched.
 */
export interface Symmetry {
  /** What can be exchanged: `tasks`. */
  readonly name: string;
  readonly bundles: readonly (readonly Component[])[];
  /**
   * The event of a component when bundle `i` stands where bundle `place(i)` stood: a lock that
   * knows its owner by number takes another event. Without it, all events stay the same.
   */
  readonly rename?: (
    component: Component,
    event: string,
    place: (bundle: number) => number,
  ) => string;
}

/** `acquire(1)` becomes `acquire(0)` where `place(1)` is 0; other events stay as they are. */
export function renumber(event: string, place: (number: number) => number): string {
  return event.replace(/\((\d+)\)$/, (_, digits) => `(${place(Number(digits))})`);
}

/** What becomes of components and their states when bundles change places. */
export interface Exchange {
  readonly component: (component: Component) => Component;
  readonly event: (component: Component, event: string) => string;
  /** By state of a component: the state in which the component in its place then is. */
  readonly states: (component: Component) => Int32Array;
}

/**
 * The only way to map the states of a component so that each event becomes its new name: state 0
 * stays, and from there on the events lead the way. Throws where they lead nowhere.
 */
function mapStates(component: Component, rename: (event: string) => string): Int32Array {
  const { machine, name } = component;
  const image = new Int32Array(machine.states.length).fill(FORBIDDEN);
  const fail = (event: string): never => {
    throw new Error(`${name} is not symmetric: ${event} has no mirror image`);
  };
  const rows = [...machine.next].map(([event, row]) => {
    const twin = machine.next.get(rename(event));
    return { event, row, twin: twin ?? fail(event) };
  });
  image[0] = 0;
  const queue = [0];
  for (const state of queue) {
    const mirror = image[state] ?? FORBIDDEN;
    for (const { event, row, twin } of rows) {
      const next = row[state] ?? FORBIDDEN;
      const mirrored = twin[mirror] ?? FORBIDDEN;
      if ((next === FORBIDDEN) !== (mirrored === FORBIDDEN)) fail(event);
      if (next === FORBIDDEN) continue;
      if (image[next] === FORBIDDEN) {
        image[next] = mirrored;
        queue.push(next);
      } else if (image[next] !== mirrored) fail(event);
    }
  }
  return image;
}

/** What becomes of a network when bundle i goes where bundle `places[i]` stood. */
export function exchangeOf(
  { bundles, rename = (_, event) => event }: Symmetry,
  places: readonly number[],
): Exchange {
  const targets = new Map<Component, Component>();
  for (const [from, bundle] of bundles.entries()) {
    const to = bundles[places[from] ?? from] ?? [];
    for (const [index, component] of bundle.entries()) {
      const twin = to[index];
      if (twin?.machine !== component.machine || bundle.length !== to.length) {
        throw new Error(`${component.name} and ${twin?.name ?? 'nobody'} are not the same machine`);
      }
      targets.set(component, twin);
    }
  }
  const place = (bundle: number): number => places[bundle] ?? bundle;
  const event = (component: Component, name: string): string => rename(component, name, place);
  const known = new Map<Component, Int32Array>();
  const states = (component: Component): Int32Array => {
    const found = known.get(component) ?? mapStates(component, (name) => event(component, name));
    known.set(component, found);
    return found;
  };
  return { component: (component) => targets.get(component) ?? component, event, states };
}

function vectorKey(takes: readonly (readonly [Component, string])[]): string {
  return takes
    .map(([component, event]) => `${component.name} ${event}`)
    .toSorted()
    .join('; ');
}

/** The same for claims that say the same, in whatever order they list their components. */
function claimKey({ over, cells }: Claim, exchange: Exchange | null): string {
  const seen = over.map((component, index) => {
    const { name } = exchange?.component(component) ?? component;
    return { index, component, name };
  });
  const sorted = seen.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const strides = over.map((_, index) =>
    over.slice(index + 1).reduce((product, { machine }) => product * machine.states.length, 1),
  );
  let order = [0];
  for (const { index, component } of sorted) {
    const stride = strides[index] ?? 0;
    // In the order of the mirrored states, the states that they are mirrors of.
    const originals = new Int32Array(component.machine.states.length);
    for (const [state, mirror] of (
      exchange?.states(component) ?? originals.map((_, s) => s)
    ).entries())
      originals[mirror] = state;
    order = order.flatMap((cell) => Array.from(originals, (state) => cell + state * stride));
  }
  const bits = Uint8Array.from(order, (cell) => cells[cell] ?? 0);
  const digest = createHash('sha256').update(bits).digest('hex');
  return `${sorted.map(({ name }) => name).join()} ${digest}`;
}

/** Claims that an exchange turns into each other have the same number here. */
export function orbitsOf(
  claims: readonly Claim[],
  symmetries: readonly Symmetry[],
): readonly number[] {
  const orbits = [...claims.keys()];
  if (symmetries.length === 0) return orbits;
  const numbers = new Map(claims.map((one, index) => [claimKey(one, null), index]));
  const join = (first: number, second: number): void => {
    const [from, to] = [orbits[first] ?? first, orbits[second] ?? second];
    for (const [index, orbit] of orbits.entries()) if (orbit === from) orbits[index] = to;
  };
  for (const symmetry of symmetries) {
    for (const exchange of neighbours(symmetry)) {
      for (const [index, one] of claims.entries()) {
        join(index, numbers.get(claimKey(one, exchange)) ?? index);
      }
    }
  }
  return orbits;
}

/** Any order can be made by exchanging neighbours. */
function neighbours(symmetry: Symmetry): readonly Exchange[] {
  const places = [...symmetry.bundles.keys()];
  return places
    .slice(1)
    .map((second) =>
      exchangeOf(symmetry, places.with(second - 1, second).with(second, second - 1)),
    );
}

/**
 * Throws unless exchanging any two neighbouring bundles gives the same machines, moves and claims:
 * a symmetry is declared by people and proved here.
 */
export function proveSymmetry(
  { name, components, moves }: Network,
  { always = [], sometimes = [], mayEnd }: Properties,
  symmetry: Symmetry,
): void {
  const vectors = new Set(moves.map(({ takes }) => vectorKey(takes)));
  const claims = [...always, ...sometimes, ...(mayEnd === undefined ? [] : [mayEnd])];
  const known = new Set(claims.map((one) => claimKey(one, null)));
  for (const exchange of neighbours(symmetry)) {
    for (const component of components) exchange.states(component);
    for (const move of moves) {
      const mirrored = move.takes.map(
        ([component, event]) =>
          [exchange.component(component), exchange.event(component, event)] as const,
      );
      if (vectors.has(vectorKey(mirrored))) continue;
      throw new Error(`system ${name} is not symmetric: ${move.name} has no mirror image`);
    }
    for (const one of claims) {
      if (known.has(claimKey(one, exchange))) continue;
      throw new Error(`system ${name} is not symmetric: claim "${one.name}" has no mirror image`);
    }
  }
}
