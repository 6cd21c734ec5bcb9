import type { Claim } from './claims.ts';
import { compileClaims, compileEngine, compileSuccessors } from './compile.ts';
import type { Visit } from './compile.ts';
import type { Engine } from './engine-code.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';

/** A system with more states has no graph of its edges in memory, unless somebody asks for it. */
const GRAPH_STATES_MAX = 4_000_000;

export interface GraphOptions {
  readonly statesMax?: number;
}

/** States of so many words are handed on without making a list. */
const FEW_WORDS = 4;

/** Integers that go on as long as needed. */
class Growing {
  private items = new Int32Array(1 << 12);
  length = 0;

  push(item: number): void {
    if (this.length === this.items.length) {
      const more = new Int32Array(this.length * 2);
      more.set(this.items);
      this.items = more;
    }
    this.items[this.length] = item;
    this.length += 1;
  }

  get array(): Int32Array {
    return this.items.subarray(0, this.length);
  }
}

/** All reachable states of a network and all edges between them; state 0 is the initial one. */
export class Graph {
  readonly network: Network;
  readonly layout: Layout;
  readonly states: number;
  /** The edges of state `s` are `first[s] .. first[s + 1] - 1`. */
  readonly first: Int32Array;
  /** By edge. */
  readonly targets: Int32Array;
  readonly moves: Int32Array;
  /** The words of all states, one state behind the other, and some room. */
  private readonly packed: Int32Array;
  private readonly engine: Engine;

  /** @throws RangeError when the network has too many states, or more than memory has room for. */
  constructor(network: Network, { statesMax = GRAPH_STATES_MAX }: GraphOptions = {}) {
    this.network = network;
    this.layout = layoutOf(network.components);
    const { layout } = this;
    this.engine = emptyEngine(network, layout);
    this.engine.start(...Array.from({ length: layout.words }, () => 0));
    const first = new Growing();
    const targets = new Growing();
    const moves = new Growing();
    const packed = new Growing();
    const visit = this.visitor(moves, targets);
    const successors = compileSuccessors(network, layout);
    first.push(0);
    for (let state = 0; state < this.engine.count(); state += 1) {
      if (this.engine.count() > statesMax) throw new RangeError(`more than ${statesMax} states`);
      const words = this.words(state);
      for (const word of words) packed.push(word);
      successors(visit, words);
      first.push(targets.length);
    }
    // Claims read so many words of each state.
    for (let word = 0; word < FEW_WORDS; word += 1) packed.push(0);
    this.states = this.engine.count();
    this.packed = packed.array;
    this.first = first.array;
    this.targets = targets.array;
    this.moves = moves.array;
  }

  /** Writes down an edge, and its target when that was not known. */
  private visitor(moves: Growing, targets: Growing): Visit {
    const { engine, layout } = this;
    // Words that a state does not have are ignored; four are enough for almost all networks.
    const few = (move: number, a: number = 0, b: number = 0, c: number = 0, d: number = 0) => {
      moves.push(move);
      const known = engine.find(a, b, c, d);
      targets.push(known < 0 ? engine.count() : known);
      if (known < 0) engine.start(a, b, c, d);
    };
    const many = (move: number, ...words: readonly number[]) => {
      moves.push(move);
      const known = engine.find(...words);
      targets.push(known < 0 ? engine.count() : known);
      if (known < 0) engine.start(...words);
    };
    return layout.words <= FEW_WORDS ? few : many;
  }

  words(state: number): readonly number[] {
    return this.engine.wordsAt(state);
  }

  /** 1 for each state in which the claim holds. */
  where(one: Claim): Uint8Array {
    const { words } = this.layout;
    const [holds = () => 0] = compileClaims(this.network, this.layout, [one]);
    const bits = new Uint8Array(this.states);
    for (let state = 0; state < this.states; state += 1) {
      const at = state * words;
      const a = this.packed[at] ?? 0;
      const b = this.packed[at + 1] ?? 0;
      const c = this.packed[at + 2] ?? 0;
      const d = this.packed[at + 3] ?? 0;
      const cell = words <= FEW_WORDS ? holds(a, b, c, d) : holds(...this.words(state));
      bits[state] = cell === 0 ? 0 : 1;
    }
    return bits;
  }

  /** The edges of a state are numbered from here .. */
  begin(state: number): number {
    return this.first[state] ?? 0;
  }

  /** .. to the one before here. */
  end(state: number): number {
    return this.first[state + 1] ?? 0;
  }

  target(edge: number): number {
    return this.targets[edge] ?? 0;
  }

  move(edge: number): number {
    return this.moves[edge] ?? 0;
  }
}

/** The seen-set of a network, without its successor code: the edges are what is asked for here. */
function emptyEngine(network: Network, layout: Layout): Engine {
  const plain = { always: [], sometimes: [], memory: 'exact', bitField: 0 } as const;
  const whole = { network: { ...network, moves: [] }, layout, symmetry: [], views: [] };
  return compileEngine({ ...whole, mayEnd: null, ...plain });
}
