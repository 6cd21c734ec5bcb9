import { claim } from './claims.ts';
import type { Claim } from './claims.ts';
import { compileClaims, compileEngine, compileSuccessors } from './compile.ts';
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
    this.engine = closureOf(network, layout, statesMax);
    this.states = this.engine.count();
    const first = new Int32Array(this.states + 1);
    const targets = new Growing();
    const moves = new Growing();
    const successors = compileSuccessors(network, layout);
    // Words that a state does not have are ignored; four are enough for almost all networks.
    const visitFew = (move: number, a: number = 0, b: number = 0, c: number = 0, d: number = 0) => {
      moves.push(move);
      targets.push(this.engine.find(a, b, c, d));
    };
    const visitMany = (move: number, ...words: readonly number[]) => {
      moves.push(move);
      targets.push(this.engine.find(...words));
    };
    const visit = layout.words <= FEW_WORDS ? visitFew : visitMany;
    this.packed = new Int32Array(this.states * layout.words + FEW_WORDS);
    for (let state = 0; state < this.states; state += 1) {
      const words = this.words(state);
      this.packed.set(words, state * layout.words);
      successors(visit, words);
      first[state + 1] = targets.length;
    }
    this.first = first;
    this.targets = targets.array;
    this.moves = moves.array;
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
      const [a = 0, b = 0, c = 0, d = 0] = [
        this.packed[at],
        this.packed[at + 1],
        this.packed[at + 2],
        this.packed[at + 3],
      ];
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

/** Finds all states, whether or not the system may end somewhere. */
function closureOf(network: Network, layout: Layout, statesMax: number): Engine {
  const mayEnd = claim('anywhere', network.components.slice(0, 1), () => true);
  const plain = { always: [], sometimes: [], symmetry: [], memory: 'exact', bitField: 0 } as const;
  const engine = compileEngine({ network, layout, mayEnd, ...plain });
  engine.start(...Array.from({ length: layout.words }, () => 0));
  for (let begin = 0; begin < engine.count();) {
    const end = engine.count();
    if (end > statesMax) throw new RangeError(`more than ${statesMax} states`);
    engine.scan(begin, end);
    begin = end;
  }
  return engine;
}
