import type { Liveness } from './claims.ts';
import { OUTSIDE } from './components.ts';
import { fairComponents } from './fair-components.ts';
import { Fairness } from './fairness.ts';
import type { Graph } from './graph.ts';
import { goesRound, namesOf, roundOf, wayTo } from './lasso.ts';
import type { Lasso } from './lasso.ts';
import { describeState } from './trace.ts';

/** The states that a run meets after it has begun to matter and before the goal. */
class Region {
  readonly graph: Graph;
  readonly inside: Uint8Array;
  /** In the order in which they are first reached. */
  readonly order: readonly number[];
  /** By state: the edge by which it was reached from another one of the region, or -1. */
  private readonly via: Int32Array;
  private readonly from: Int32Array;

  constructor(graph: Graph, { whenever, eventually }: Liveness) {
    const isGoal = graph.where(eventually);
    const begins = whenever === undefined ? Uint8Array.of(1) : graph.where(whenever);
    const order: number[] = [];
    this.graph = graph;
    this.order = order;
    this.inside = new Uint8Array(graph.states);
    this.via = new Int32Array(graph.states).fill(-1);
    this.from = new Int32Array(graph.states).fill(-1);
    const reach = (state: number, edge: number, from: number): void => {
      if (isGoal[state] === 1 || this.inside[state] === 1) return;
      this.inside[state] = 1;
      this.via[state] = edge;
      this.from[state] = from;
      order.push(state);
    };
    for (const [state, isBegin] of begins.entries()) if (isBegin === 1) reach(state, -1, -1);
    for (const state of order) {
      const end = graph.end(state);
      for (let edge = graph.begin(state); edge < end; edge += 1) {
        reach(graph.target(edge), edge, state);
      }
    }
  }

  /** From the initial state to where the run begins to matter, and on without the goal. */
  prefix(state: number): readonly number[] {
    const edges: number[] = [];
    let at = state;
    for (; (this.via[at] ?? -1) >= 0; at = this.from[at] ?? 0) edges.unshift(this.via[at] ?? 0);
    return [...wayTo(this.graph, at), ...edges];
  }
}

/** The first of the states that are fair, better one behind which something happens. */
function startOf({ graph, order }: Region, fair: Int32Array): number | undefined {
  const isFair = (state: number): boolean => fair[state] !== OUTSIDE;
  const isRound = (state: number): boolean => isFair(state) && goesRound(graph, fair, state);
  return order.find(isRound) ?? order.find(isFair);
}

/**
 * Looks for a run on which the goal never comes although everybody who has to be fair is. A run
 * may stop wherever no fair group has an enabled move. Null when there is none.
 */
export function findLasso(graph: Graph, liveness: Liveness): Lasso | null {
  const fairness = new Fairness(graph, liveness.fair);
  const region = new Region(graph, liveness);
  const fair = fairComponents(graph, fairness, region.inside);
  const start = startOf(region, fair);
  if (start === undefined) return null;
  return {
    moves: namesOf(graph, region.prefix(start)),
    cycle: namesOf(graph, roundOf(graph, fairness, fair, start)),
    state: describeState(graph.network, graph.layout, graph.words(start)),
  };
}
