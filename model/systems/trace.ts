import { compileSuccessors } from './compile.ts';
import type { Engine } from './engine-code.ts';
import { fieldOf, unpack } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';

/** A run from the initial state, move by move. */
export interface Trace {
  readonly moves: readonly string[];
  /** The states of all components, before each move and after the last. */
  readonly states: readonly (readonly string[])[];
}

/** A packed state in words: `fence {"life":"alive"} {"references":1}` for each component. */
export function describeState(
  { components }: Network,
  layout: Layout,
  packed: readonly number[],
): readonly string[] {
  return components.map((component) => {
    const state = component.machine.states[unpack(fieldOf(layout, component), packed)];
    const context = JSON.stringify(state?.context);
    const words = `${component.name} ${JSON.stringify(state?.value)}`;
    return context === '{}' ? words : `${words} ${context}`;
  });
}

/** The numbers of the states on the way to a state, the initial one first. */
function pathTo(engine: Engine, state: number): readonly number[] {
  const path: number[] = [];
  for (let at = state; at >= 0; at = engine.parent(at)) path.push(at);
  return path.toReversed();
}

/**
 * Walks the path once more, from the initial state: a fingerprint says nothing of its state, and
 * of symmetric twins only one is remembered, but each step can be recognised by its key.
 */
export function traceTo(network: Network, layout: Layout, engine: Engine, state: number): Trace {
  const successors = compileSuccessors(network, layout);
  let words: readonly number[] = Array.from({ length: layout.words }, () => 0);
  const moves: string[] = [];
  const states = [describeState(network, layout, words)];
  for (const number of pathTo(engine, state).slice(1)) {
    const wanted = engine.keyAt(number);
    let found: readonly number[] | null = null;
    successors((move, ...next) => {
      if (found !== null) return;
      if (engine.key(...next).some((part, index) => part !== wanted[index])) return;
      found = next;
      moves.push(network.moves[move]?.name ?? '');
    }, words);
    if (found === null) throw new Error(`system ${network.name}: a state has lost its way`);
    words = found;
    states.push(describeState(network, layout, words));
  }
  return { moves, states };
}
