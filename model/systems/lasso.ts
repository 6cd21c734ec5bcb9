import type { Fairness } from './fairness.ts';
import type { Graph } from './graph.ts';

/** A run that never comes to what it should: first `moves`, then `cycle` for ever. */
export interface Lasso {
  readonly moves: readonly string[];
  /** Empty when the system just stays in `state`, because nobody has to go on. */
  readonly cycle: readonly string[];
  /** Where the cycle begins and ends. */
  readonly state: readonly string[];
}

export function namesOf(graph: Graph, edges: readonly number[]): readonly string[] {
  return edges.map((edge) => graph.network.moves[graph.move(edge)]?.name ?? '');
}

/** Some edges, one behind the other, and the state behind the last. */
interface Way {
  readonly edges: readonly number[];
  readonly end: number;
}

/** What a way may use, and where it may end: behind an edge, or in a state. */
interface Search {
  readonly allows: (edge: number) => boolean;
  readonly isLast: (edge: number) => boolean;
  readonly isEnd: (state: number) => boolean;
}

/** The shortest way from a state; it has an edge at least. */
function walk(graph: Graph, begin: number, { allows, isLast, isEnd }: Search): Way {
  const via = new Map<number, { readonly edge: number; readonly from: number }>();
  const queue = [begin];
  const back = (state: number, last: number): readonly number[] => {
    const edges = [last];
    for (let step = via.get(state); step !== undefined; step = via.get(step.from)) {
      edges.unshift(step.edge);
    }
    return edges;
  };
  for (const state of queue) {
    const end = graph.end(state);
    for (let edge = graph.begin(state); edge < end; edge += 1) {
      if (!allows(edge)) continue;
      const target = graph.target(edge);
      if (isLast(edge) || isEnd(target)) return { edges: back(state, edge), end: target };
      if (target === begin || via.has(target)) continue;
      via.set(target, { edge, from: state });
      queue.push(target);
    }
  }
  throw new Error(`system ${graph.network.name}: a run has lost its way`);
}

/** The shortest way from the initial state. */
export function wayTo(graph: Graph, state: number): readonly number[] {
  if (state === 0) return [];
  const isEnd = (at: number): boolean => at === state;
  return walk(graph, 0, { allows: () => true, isLast: () => false, isEnd }).edges;
}

/** Whether a run that is in this state can go on within its component. */
export function goesRound(graph: Graph, component: Int32Array, state: number): boolean {
  const end = graph.end(state);
  for (let edge = graph.begin(state); edge < end; edge += 1) {
    if (component[graph.target(edge)] === component[state]) return true;
  }
  return false;
}

/**
 * A round through the component of a state in which everybody is fair: each strongly fair group
 * moves, if it can anywhere in the component, and each weakly fair one moves or pauses. Empty when
 * the run stops in that state.
 */
export function roundOf(
  graph: Graph,
  fairness: Fairness,
  component: Int32Array,
  start: number,
): readonly number[] {
  if (!goesRound(graph, component, start)) return [];
  const { weak, strong, enabled } = fairness;
  const allows = (edge: number): boolean => component[graph.target(edge)] === component[start];
  let somewhere = 0;
  for (const [state, bits] of enabled.entries()) {
    if (component[state] === component[start]) somewhere |= bits;
  }
  const edges: number[] = [];
  let at = start;
  let missing = (strong & somewhere) | (weak & (enabled[start] ?? 0));
  for (let bit = 1; missing !== 0; bit <<= 1) {
    if ((missing & bit) === 0) continue;
    const mayPause = (weak & bit) !== 0;
    const way = walk(graph, at, {
      allows,
      isLast: (edge) => (fairness.taken(edge) & bit) !== 0,
      isEnd: (state) => mayPause && ((enabled[state] ?? 0) & bit) === 0,
    });
    edges.push(...way.edges);
    at = way.end;
    missing &= ~bit;
    for (const edge of way.edges) missing &= ~fairness.taken(edge);
  }
  if (at === start && edges.length > 0) return edges;
  const isEnd = (state: number): boolean => state === start;
  return [...edges, ...walk(graph, at, { allows, isLast: () => false, isEnd }).edges];
}
