import { claim } from './claims.ts';
import { type Field, fieldOf, unpack } from './layout.ts';
import type { Network } from './network.ts';
import { Search } from './search.ts';
import { type Trace, traceTo } from './trace.ts';

/** All that a network can reach, without any claim. */
export interface Reachable {
  readonly count: number;
  /** Which limit ended the search; null: all states are there. */
  readonly limit: string | null;
  /** The state of each component, by number, of a state; 0 is the initial one. */
  readonly at: (state: number) => readonly number[];
  /** The number of the state in which the components are; -1 when it cannot be reached. */
  readonly numberOf: (held: readonly number[]) => number;
  /** A shortest way to a state. */
  readonly pathTo: (state: number) => Trace;
}

/** Searches a network breadth first, over dead ends: a state's number grows with its distance. */
export function reachable(network: Network, statesMax: number): Reachable {
  const mayEnd = claim('anywhere', network.components.slice(0, 1), () => true);
  const search = new Search(network, { mayEnd }, { statesMax });
  search.run();
  const { engine, layout, limits } = search;
  const fields = network.components.map((component) => fieldOf(layout, component));
  return {
    count: engine.count(),
    limit: limits[0] ?? null,
    at: (state) => {
      const words = engine.wordsAt(state);
      return fields.map((field) => unpack(field, words));
    },
    numberOf: (held) => engine.find(...engine.key(...packed(held, fields, layout.words))),
    pathTo: (state) => traceTo(network, layout, engine, state),
  };
}

/** The other way round than `unpack`. */
function packed(held: readonly number[], fields: readonly Field[], size: number): number[] {
  const words = Array.from({ length: size }, () => 0);
  for (const [index, { word, shift }] of fields.entries()) {
    words[word] = (words[word] ?? 0) | ((held[index] ?? 0) << shift);
  }
  return words;
}
