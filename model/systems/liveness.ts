import type { Liveness } from './claims.ts';
import { OUTSIDE, componentsOf } from './components.ts';
import type { Graph } from './graph.ts';
import type { Network } from './network.ts';
import { describeState } from './trace.ts';

/** Groups are bits of one word. */
const GROUPS_MAX = 30;

/** A run that never comes to what it should: first `moves`, then `cycle` for ever. */
export interface Lasso {
  readonly moves: readonly string[];
  /** Empty when the system just stays in `state`, because nobody has to go on. */
  readonly cycle: readonly string[];
  /** Where the cycle begins and ends. */
  readonly state: readonly string[];
}

/** By move: the groups that it belongs to, one bit each. */
function groupsOf({ name, components, moves }: Network, fair: readonly string[]): Int32Array {
  if (fair.length > GROUPS_MAX) throw new RangeError(`more than ${GROUPS_MAX} fair groups`);
  for (const group of fair) {
    const isKnown =
      components.some((component) => component.name === group) ||
      moves.some(({ family }) => family === group);
    if (!isKnown) throw new Error(`system ${name} has no component or family "${group}"`);
  }
  return Int32Array.from(moves, ({ family, takes }) =>
    fair.reduce((bits, group, index) => {
      const isIn = family === group || takes.some(([component]) => component.name === group);
      return isIn ? bits | (1 << index) : bits;
    }, 0),
  );
}

/** The search for fair runs that stay among the states where the goal does not hold. */
class Search {
  private readonly graph: Graph;
  private readonly groups: Int32Array;
  private readonly all: number;
  /** By state: it can be reached after the run has begun to matter, without the goal. */
  private readonly reached: Uint8Array;
  /** By state: the edge by which it was reached from another such state, or -1. */
  private readonly via: Int32Array;
  private readonly from: Int32Array;
  private readonly order: number[] = [];
  private component: Int32Array = new Int32Array();

  constructor(graph: Graph, { whenever, eventually, fair }: Liveness) {
    this.graph = graph;
    this.groups = groupsOf(graph.network, fair);
    this.all = (1 << fair.length) - 1;
    const isGoal = graph.where(eventually);
    this.reached = new Uint8Array(graph.states);
    this.via = new Int32Array(graph.states).fill(-1);
    this.from = new Int32Array(graph.states).fill(-1);
    const begins = whenever === undefined ? Uint8Array.of(1) : graph.where(whenever);
    for (const [state, isBegin] of begins.entries()) {
      if (isBegin === 1 && isGoal[state] === 0) this.reach(state, -1, -1);
    }
    for (let at = 0; at < this.order.length; at += 1) {
      const state = this.order[at] ?? 0;
      for (const edge of graph.edges(state)) {
        const target = graph.target(edge);
        if (isGoal[target] === 0 && this.reached[target] === 0) this.reach(target, edge, state);
      }
    }
  }

  private reach(state: number, edge: number, from: number): void {
    this.reached[state] = 1;
    this.via[state] = edge;
    this.from[state] = from;
    this.order.push(state);
  }

  /** The groups one of whose moves is enabled. */
  private enabled(state: number): number {
    let bits = 0;
    for (const edge of this.graph.edges(state)) bits |= this.group(edge);
    return bits;
  }

  private group(edge: number): number {
    return this.groups[this.graph.move(edge)] ?? 0;
  }

  private isInside(edge: number, component: number): boolean {
    return this.component[this.graph.target(edge)] === component;
  }

  /** A lasso, or null when there is no fair run without the goal. Cycles before standstills. */
  lasso(): Lasso | null {
    const { graph } = this;
    this.component = componentsOf(graph, this.reached);
    const done: number[] = [];
    const hasCycle: boolean[] = [];
    for (const state of this.order) {
      const component = this.component[state] ?? OUTSIDE;
      let bits = (done[component] ?? 0) | (this.all & ~this.enabled(state));
      for (const edge of graph.edges(state)) {
        if (!this.isInside(edge, component)) continue;
        bits |= this.group(edge);
        hasCycle[component] = true;
      }
      done[component] = bits;
    }
    const isFair = (state: number): boolean => done[this.component[state] ?? OUTSIDE] === this.all;
    const start =
      this.order.find((state) => isFair(state) && hasCycle[this.component[state] ?? OUTSIDE]) ??
      this.order.find(isFair);
    return start === undefined ? null : this.describe(start);
  }

  private describe(start: number): Lasso {
    const { network, layout } = this.graph;
    return {
      moves: this.names(this.prefix(start)),
      cycle: this.names(this.cycle(start)),
      state: describeState(network, layout, this.graph.words(start)),
    };
  }

  private names(edges: readonly number[]): readonly string[] {
    return edges.map((edge) => this.graph.network.moves[this.graph.move(edge)]?.name ?? '');
  }

  /** From the initial state to where it begins to matter, and on without the goal. */
  private prefix(state: number): readonly number[] {
    const edges: number[] = [];
    let at = state;
    for (; (this.via[at] ?? -1) >= 0; at = this.from[at] ?? 0) edges.unshift(this.via[at] ?? 0);
    const begin = at;
    const way = this.walk(
      0,
      () => true,
      (reached) => reached === begin,
      () => false,
    );
    return [...(begin === 0 ? [] : way.edges), ...edges];
  }

  /** A round through the component of a state in which every fair group has its turn. */
  private cycle(start: number): readonly number[] {
    const component = this.component[start] ?? OUTSIDE;
    const stays = (edge: number): boolean => this.isInside(edge, component);
    const edges: number[] = [];
    let at = start;
    let missing = this.all & this.enabled(start);
    for (let bit = 1; bit <= this.all; bit <<= 1) {
      if ((missing & bit) === 0) continue;
      const way = this.walk(
        at,
        stays,
        (state) => (this.enabled(state) & bit) === 0,
        (edge) => (this.group(edge) & bit) !== 0,
      );
      edges.push(...way.edges);
      at = way.end;
      for (const edge of way.edges) missing &= ~this.group(edge);
    }
    const home = this.walk(
      at,
      stays,
      () => false,
      (edge) => this.graph.target(edge) === start,
    );
    return at === start && edges.length > 0 ? edges : [...edges, ...home.edges];
  }

  /** The shortest way over `allowed` edges to a state, or over an edge, that is wanted. */
  private walk(
    begin: number,
    allowed: (edge: number) => boolean,
    isState: (state: number) => boolean,
    isEdge: (edge: number) => boolean,
  ): { readonly edges: readonly number[]; readonly end: number } {
    const { graph } = this;
    const via = new Map<number, { readonly edge: number; readonly from: number }>();
    const queue = [begin];
    const back = (state: number, last: readonly number[]): readonly number[] => {
      const edges = [...last];
      for (let at = state; at !== begin;) {
        const step = via.get(at);
        if (step === undefined) break;
        edges.unshift(step.edge);
        at = step.from;
      }
      return edges;
    };
    for (const state of queue) {
      if (state !== begin && isState(state)) return { edges: back(state, []), end: state };
      for (const edge of graph.edges(state)) {
        if (!allowed(edge)) continue;
        const target = graph.target(edge);
        if (isEdge(edge)) return { edges: back(state, [edge]), end: target };
        if (target === begin || via.has(target)) continue;
        via.set(target, { edge, from: state });
        queue.push(target);
      }
    }
    return { edges: [], end: begin };
  }
}

/**
 * Looks for a run on which the goal never comes although everybody who has to be fair is. A run
 * may stop wherever no fair group has an enabled move. Null when there is none.
 */
export function findLasso(graph: Graph, liveness: Liveness): Lasso | null {
  return new Search(graph, liveness).lasso();
}
