import type { Claim } from '../../model/systems/claims.ts';
import { compileClaims, compileSuccessors, type Visit } from '../../model/systems/compile.ts';
import { fieldOf, type Layout, layoutOf, unpack } from '../../model/systems/layout.ts';
import type { System } from '../../model/systems/required/system.ts';

/** A state of all components, packed. */
export type ModelState = readonly number[];

/** A move that can be made, and the state behind it. */
export interface Next {
  readonly move: number;
  readonly state: ModelState;
}

/** A claim that is about single states. */
export interface StateClaim {
  readonly kind: 'always' | 'sometimes' | 'may end';
  readonly name: string;
}

/** What a search from some state has shown. */
export interface FoundWrong {
  /** The shortest way to a state in which something is wrong; null: none was met. */
  readonly way: readonly Next[] | null;
  readonly wrong: string;
  readonly states: number;
  /** Everything that can be reached was met. */
  readonly isComplete: boolean;
}

/** What is wrong with a state that nothing leads out of. */
const DEAD_END = 'no dead end';

/** Walks through a system of the model state by state, from wherever one stands. */
export class SystemWalk {
  readonly initial: ModelState;
  readonly claims: readonly StateClaim[];
  private readonly system: System;
  private readonly layout: Layout;
  private readonly expand: (visit: Visit, words: ModelState) => number;
  private readonly holding: ReturnType<typeof compileClaims>;

  constructor(system: System) {
    const { network, properties } = system;
    const { always = [], sometimes = [], mayEnd } = properties;
    this.system = system;
    this.layout = layoutOf(network.components);
    this.initial = Array.from({ length: this.layout.words }, () => 0);
    this.expand = compileSuccessors(network, this.layout);
    const ends = mayEnd === undefined ? [] : [mayEnd];
    const named = (kind: StateClaim['kind'], list: readonly Claim[]): readonly StateClaim[] =>
      list.map(({ name }) => ({ kind, name }));
    this.claims = [
      ...named('always', always),
      ...named('sometimes', sometimes),
      ...named('may end', ends),
    ];
    this.holding = compileClaims(network, this.layout, [...always, ...sometimes, ...ends]);
  }

  moveName(move: number): string {
    return this.system.network.moves[move]?.name ?? '';
  }

  /** What can happen in a state, in the order of the network's moves. */
  successors(state: ModelState): readonly Next[] {
    const found: Next[] = [];
    this.expand((move, ...words) => found.push({ move, state: words }), state);
    return found;
  }

  holds(claim: number, state: ModelState): boolean {
    return this.holding[claim]?.(...state) === 1;
  }

  /** What must not be so in a state. */
  wrongIn(state: ModelState): readonly string[] {
    const wrong = this.claims
      .filter(({ kind }, index) => kind === 'always' && !this.holds(index, state))
      .map(({ name }) => name);
    const mayEnd = this.claims.findIndex(({ kind }) => kind === 'may end');
    const isAllowed = mayEnd >= 0 && this.holds(mayEnd, state);
    const isDead = !isAllowed && this.successors(state).length === 0;
    return isDead ? [...wrong, DEAD_END] : wrong;
  }

  /** The state of each component, in words. */
  describe(state: ModelState): readonly { readonly name: string; readonly text: string }[] {
    return this.system.network.components.map((component) => {
      const { name, machine } = component;
      const found = machine.states[unpack(fieldOf(this.layout, component), state)];
      const context = JSON.stringify(found?.context);
      const value = valueText(found?.value ?? '');
      return { name, text: context === '{}' ? value : `${value} ${context}` };
    });
  }

  /** Searches breadth first from a state, so that the way is a shortest one. */
  findWrong(from: ModelState, statesMax: number): FoundWrong {
    const met: Met[] = [{ state: from, move: -1, parent: -1 }];
    const known = new Set([keyOf(from)]);
    let isComplete = true;
    for (let at = 0; at < met.length; at += 1) {
      const state = met[at]?.state ?? from;
      const [wrong] = this.wrongIn(state);
      if (wrong !== undefined) {
        return { way: wayTo(met, at), wrong, states: met.length, isComplete: false };
      }
      for (const next of this.successors(state)) {
        const key = keyOf(next.state);
        if (known.has(key)) continue;
        if (met.length >= statesMax) {
          isComplete = false;
          continue;
        }
        known.add(key);
        met.push({ ...next, parent: at });
      }
    }
    return { way: null, wrong: '', states: met.length, isComplete };
  }
}

interface Met extends Next {
  /** The number of the state before; -1: it is the first. */
  readonly parent: number;
}

function wayTo(met: readonly Met[], last: number): readonly Next[] {
  const way: Next[] = [];
  for (let at = last; at > 0; at = met[at]?.parent ?? 0) {
    const found = met[at];
    if (found !== undefined) way.push({ move: found.move, state: found.state });
  }
  return way.toReversed();
}

/** Equal states have equal keys. */
export function keyOf(state: ModelState): string {
  return state.join(' ');
}

/** `alive`, or with states inside `life.alive, queue.empty`. */
function valueText(value: string | object): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value).replaceAll(/[{}"]/g, '').replaceAll(':', '.').replaceAll(',', ', ');
}
