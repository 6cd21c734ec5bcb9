import type { Claim, FairGroup, Liveness } from './claims.ts';
import { isOf } from './fairness.ts';
import type { Lasso } from './lasso.ts';
import { fieldOf, layoutOf } from './layout.ts';
import type { Component, Move, Network } from './network.ts';
import { FORBIDDEN } from '../tabulate.ts';
import { describeState } from './trace.ts';

/** The states of all components, by number. */
type Places = ReadonlyMap<Component, number>;

/** The places behind a move, or null when it is not enabled. */
function behind({ takes }: Move, places: Places): Places | null {
  const after = new Map(places);
  for (const [component, event] of takes) {
    const next = component.machine.next.get(event)?.[places.get(component) ?? 0] ?? FORBIDDEN;
    if (next === FORBIDDEN) return null;
    after.set(component, next);
  }
  return after;
}

function holds({ over, cells }: Claim, places: Places): boolean {
  const cell = over.reduce(
    (index, component) => index * component.machine.states.length + (places.get(component) ?? 0),
    0,
  );
  return cells[cell] === 1;
}

/** A run as the tables alone have it. */
class Replay {
  readonly network: Network;
  readonly moves: Move[] = [];
  /** Before each move, and after the last. */
  readonly places: Places[];

  constructor(network: Network) {
    this.network = network;
    this.places = [new Map(network.components.map((component) => [component, 0]))];
  }

  get last(): Places {
    return this.places.at(-1) ?? new Map();
  }

  /** Makes the one enabled move of this name; says what is wrong when there is none. */
  step(name: string): string | null {
    const named = this.network.moves.filter((move) => move.name === name);
    const [made, ...others] = named.filter((move) => behind(move, this.last) !== null);
    const after = made === undefined ? null : behind(made, this.last);
    if (made === undefined || after === null) return `move ${name} is not enabled`;
    if (others.length > 0) return `move ${name} is enabled twice`;
    this.moves.push(made);
    this.places.push(after);
    return null;
  }

  isEnabled(group: string, places: Places): boolean {
    return this.network.moves.some((move) => isOf(move, group) && behind(move, places) !== null);
  }

  describe(): readonly string[] {
    const layout = layoutOf(this.network.components);
    const words = Array.from({ length: layout.words }, () => 0);
    for (const [component, state] of this.last) {
      const { word, shift } = fieldOf(layout, component);
      words[word] = (words[word] ?? 0) | (state << shift);
    }
    return describeState(this.network, layout, words);
  }
}

/** Whether a group is as fair as it has to be, when exactly this goes on for ever. */
function isFair(replay: Replay, begin: number, { group, fairness }: FairGroup): boolean {
  if (replay.moves.slice(begin).some((move) => isOf(move, group))) return true;
  const enabled = replay.places.slice(begin).map((places) => replay.isEnabled(group, places));
  return fairness === 'weak' ? enabled.includes(false) : !enabled.includes(true);
}

function isSame(one: Places, other: Places): boolean {
  return [...one].every(([component, state]) => other.get(component) === state);
}

/**
 * Walks a lasso through the network, with nothing but the tables of its machines. Says why it is no
 * counterexample: a move that is not enabled, a cycle that does not close, a goal that comes, a
 * group that is not fair; null when it is one.
 */
export function refuteLasso(network: Network, liveness: Liveness, lasso: Lasso): string | null {
  const { whenever, eventually, fair } = liveness;
  const replay = new Replay(network);
  for (const name of lasso.moves) {
    const wrong = replay.step(name);
    if (wrong !== null) return wrong;
  }
  const begin = lasso.moves.length;
  const described = replay.describe();
  if (described.join('\n') !== lasso.state.join('\n')) return 'the cycle begins elsewhere';
  for (const name of lasso.cycle) {
    const wrong = replay.step(name);
    if (wrong !== null) return wrong;
  }
  if (!isSame(replay.last, replay.places[begin] ?? new Map())) return 'the cycle does not close';
  const lastGoal = replay.places.findLastIndex((places) => holds(eventually, places));
  if (lastGoal >= begin) return 'the goal comes on the cycle';
  const matters = replay.places.some(
    (places, at) => at > lastGoal && (whenever === undefined ? at === 0 : holds(whenever, places)),
  );
  if (!matters) return 'the goal comes, or is not called for';
  const unfair = fair.find((one) => !isFair(replay, begin, one));
  return unfair === undefined ? null : `${unfair.group} is not ${unfair.fairness}ly fair`;
}
