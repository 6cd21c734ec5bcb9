import { claim } from './claims.ts';
import type { Properties } from './claims.ts';
import { compileClaims, compileEngine, compileSuccessors } from './compile.ts';
import type { Engine } from './engine-code.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { describeState } from './trace.ts';
import type { View } from './views.ts';

/** The engine of a network without claims. */
function engineOf(network: Network, layout: Layout, views: readonly View[]): Engine {
  const mayEnd = claim('anywhere', network.components.slice(0, 1), () => true);
  const claims = { always: [], sometimes: [], mayEnd };
  const rest = { symmetry: [], views, memory: 'exact', bitField: 0 } as const;
  return compileEngine({ network, layout, ...claims, ...rest });
}

/** All states without any view; null when there are more than `statesMax`. */
function allStates(network: Network, layout: Layout, statesMax: number): Engine | null {
  const engine = engineOf(network, layout, []);
  engine.start(...Array.from({ length: layout.words }, () => 0));
  for (let begin = 0; begin < engine.count();) {
    const end = engine.count();
    if (end > statesMax) return null;
    engine.scan(begin, end);
    begin = end;
  }
  return engine;
}

/**
 * Tries views out: in every state, and in the one that the views put in its place, the same claims
 * hold and the same moves are enabled, and what follows them is again one state to the views. Then
 * the views hide no violation. Returns false when there are too many states to try.
 *
 * @throws Error when a view makes a difference
 */
export function proveViews(
  network: Network,
  { always = [], sometimes = [], mayEnd }: Properties,
  views: readonly View[],
  statesMax: number,
): boolean {
  const layout = layoutOf(network.components);
  const all = allStates(network, layout, statesMax);
  if (all === null) return false;
  const { key } = engineOf(network, layout, views);
  const claims = [...always, ...sometimes, ...(mayEnd === undefined ? [] : [mayEnd])];
  const holds = compileClaims(network, layout, claims);
  const successors = compileSuccessors(network, layout);
  const behind = (words: readonly number[]): ReadonlyMap<number, string> => {
    const found = new Map<number, string>();
    successors((move, ...next) => found.set(move, key(...next).join()), words);
    return found;
  };
  for (let state = 0; state < all.count(); state += 1) {
    const words = all.wordsAt(state);
    const seen = key(...words);
    if (words.every((word, index) => word === seen[index])) continue;
    const broken = holds.findIndex((one) => (one(...words) === 0) !== (one(...seen) === 0));
    const here = behind(words);
    const there = behind(seen);
    const moves = new Set([...here.keys(), ...there.keys()]);
    const other = [...moves].find((move) => here.get(move) !== there.get(move));
    if (broken < 0 && other === undefined) continue;
    const what =
      other === undefined
        ? `claim "${claims[broken]?.name ?? ''}"`
        : `move ${network.moves[other]?.name ?? ''}`;
    const names = views.map(({ name }) => `"${name}"`).join(', ');
    const where = describeState(network, layout, words).join(', ');
    throw new Error(
      `system ${network.name}: a view of ${names} makes a difference to ${what} in ${where}`,
    );
  }
  return true;
}
