import type { Graph } from './graph.ts';

/** States that are not part of the search. */
export const OUTSIDE = -1;

/** The strongly connected components of a graph. */
export interface Components {
  /** By state: the number of its component, or OUTSIDE. */
  readonly component: Int32Array;
  readonly count: number;
}

/** Tarjan's components of the states that `inside` marks, without recursion. */
export function componentsOf(graph: Graph, inside: Uint8Array): Components {
  const { states, first } = graph;
  const component = new Int32Array(states).fill(OUTSIDE);
  const index = new Int32Array(states);
  const low = new Int32Array(states);
  /** By state: the edge to look at next. */
  const cursor = first.slice(0, states);
  const open: number[] = [];
  const path: number[] = [];
  let indexes = 0;
  let count = 0;

  const enter = (state: number): void => {
    indexes += 1;
    index[state] = indexes;
    low[state] = indexes;
    open.push(state);
    path.push(state);
  };
  const lower = (state: number, to: number): void => {
    low[state] = Math.min(low[state] ?? 0, to);
  };
  const leave = (state: number): void => {
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) lower(above, low[state] ?? 0);
    if (low[state] !== index[state]) return;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      component[member] = count;
      if (member === state) break;
    }
    count += 1;
  };

  for (let root = 0; root < states; root += 1) {
    if (inside[root] === 0 || index[root] !== 0) continue;
    enter(root);
    for (let state = path.at(-1); state !== undefined; state = path.at(-1)) {
      const edge = cursor[state] ?? 0;
      if (edge === first[state + 1]) {
        leave(state);
        continue;
      }
      cursor[state] = edge + 1;
      const target = graph.target(edge);
      if (inside[target] === 0) continue;
      if (index[target] === 0) enter(target);
      else if (component[target] === OUTSIDE) lower(state, index[target] ?? 0);
    }
  }
  return { component, count };
}
