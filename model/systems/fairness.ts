import type { FairGroup } from './claims.ts';
import type { Graph } from './graph.ts';
import type { Move, Network } from './network.ts';

/** Groups are bits of one word. */
const GROUPS_MAX = 30;

/** Whether a move is one of a group: of the family, or of the component, that the group names. */
export function isOf({ family, takes }: Move, group: string): boolean {
  return family === group || takes.some(([component]) => component.name === group);
}

/** Throws unless each group is a component or a family of the network. */
function prove({ name, components, moves }: Network, fair: readonly FairGroup[]): void {
  if (fair.length > GROUPS_MAX) throw new RangeError(`more than ${GROUPS_MAX} fair groups`);
  for (const { group } of fair) {
    const isKnown =
      components.some((component) => component.name === group) ||
      moves.some(({ family }) => family === group);
    if (!isKnown) throw new Error(`system ${name} has no component or family "${group}"`);
  }
}

/** Who is fair, on the edges of a graph: group i is bit i. */
export class Fairness {
  readonly weak: number;
  readonly strong: number;
  /** By state: the groups one of whose moves is enabled. */
  readonly enabled: Int32Array;
  private readonly graph: Graph;
  private readonly byMove: Int32Array;

  constructor(graph: Graph, fair: readonly FairGroup[]) {
    prove(graph.network, fair);
    const bitsOf = (isIn: (one: FairGroup) => boolean): number =>
      fair.reduce((bits, one, index) => (isIn(one) ? bits | (1 << index) : bits), 0);
    this.graph = graph;
    this.weak = bitsOf(({ fairness }) => fairness === 'weak');
    this.strong = bitsOf(({ fairness }) => fairness === 'strong');
    this.byMove = Int32Array.from(graph.network.moves, (move) =>
      bitsOf(({ group }) => isOf(move, group)),
    );
    this.enabled = new Int32Array(graph.states);
    for (let state = 0; state < graph.states; state += 1) {
      let bits = 0;
      const end = graph.end(state);
      for (let edge = graph.begin(state); edge < end; edge += 1) bits |= this.taken(edge);
      this.enabled[state] = bits;
    }
  }

  /** The groups that an edge is a move of. */
  taken(edge: number): number {
    return this.byMove[this.graph.move(edge)] ?? 0;
  }
}
