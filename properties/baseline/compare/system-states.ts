import type { MachineState } from '../../../model/systems/machine.ts';
import type { Network } from '../../../model/systems/network.ts';
import { type Reachable, reachable } from '../../../model/systems/reachable.ts';
import { counted } from '../../../traces/report/text.ts';

/** More states than this are not compared one by one. */
const STATES_MAX = 4_000_000;

/** Which reachable states of a network are gone, which are new, and the way to the nearest: lines. */
export function statesBetween(before: Network, after: Network): readonly string[] {
  if (namesOf(before) !== namesOf(after)) {
    return ['other components: their states cannot be compared one by one'];
  }
  const old = reachable(before, STATES_MAX);
  const now = reachable(after, STATES_MAX);
  const limit = old.limit ?? now.limit;
  if (limit !== null) return [`too many states to be compared one by one (${limit})`];
  return [
    ...onOneSide('gone', old, { others: now, there: namesakes(before, after) }),
    ...onOneSide('new', now, { others: old, there: namesakes(after, before) }),
  ];
}

function namesOf({ components }: Network): string {
  return components
    .map(({ name }) => name)
    .toSorted()
    .join('\n');
}

/** By component of `to`: which component of `from` it is, and what its states are called here. */
type Namesakes = readonly { readonly index: number; readonly states: readonly number[] }[];

/** What is only on one side has the number -1 on the other. */
function namesakes(from: Network, to: Network): Namesakes {
  return to.components.map(({ name, machine }) => {
    const numbers = new Map(machine.states.map((state, number) => [textOf(state), number]));
    const index = from.components.findIndex((component) => component.name === name);
    const states = from.components[index]?.machine.states ?? [];
    return { index, states: states.map((state) => numbers.get(textOf(state)) ?? -1) };
  });
}

function textOf({ value, context }: MachineState): string {
  return JSON.stringify([value, context]);
}

interface Other {
  readonly others: Reachable;
  readonly there: Namesakes;
}

function onOneSide(
  how: 'gone' | 'new',
  states: Reachable,
  { others, there }: Other,
): readonly string[] {
  let count = 0;
  let nearest = -1;
  for (let state = 0; state < states.count; state += 1) {
    const held = states.at(state);
    const same = there.map(({ index, states: numbers }) => numbers[held[index] ?? 0] ?? -1);
    if (!same.includes(-1) && others.numberOf(same) >= 0) continue;
    count += 1;
    if (nearest < 0) nearest = state;
  }
  if (nearest < 0) return [];
  const { moves, states: passed } = states.pathTo(nearest);
  const are = count === 1 ? 'is' : 'are';
  return [
    `${counted(count, 'reachable state')} ${are} ${how}, for example behind ${pathText(moves)}:`,
    `  ${(passed.at(-1) ?? []).join('; ')}`,
  ];
}

function pathText(moves: readonly string[]): string {
  return moves.length === 0 ? 'no move at all' : moves.join(', ');
}
