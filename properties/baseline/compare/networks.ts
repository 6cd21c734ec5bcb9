import type { Component, Move, Network } from '../../../model/systems/network.ts';
import { sidesOf, some } from './difference.ts';

/** How two networks of one name are made differently, in lines. */
export function compareNetworks(before: Network, after: Network): readonly string[] {
  return [...componentLines(before, after), ...moveLines(before, after)];
}

function componentLines(before: Network, after: Network): readonly string[] {
  const old = byName(before.components);
  const now = byName(after.components);
  const { gone, added, both } = sidesOf(old.keys(), now.keys());
  const changed = both.filter((name) => tableOf(old.get(name)) !== tableOf(now.get(name)));
  return [
    ...line('component', 'gone', gone),
    ...line('component', 'new', added),
    ...line('component', 'another machine now', changed),
  ];
}

function moveLines(before: Network, after: Network): readonly string[] {
  const old = byName(before.moves);
  const now = byName(after.moves);
  const { gone, added, both } = sidesOf(old.keys(), now.keys());
  const changed = both.filter((name) => takesOf(old.get(name)) !== takesOf(now.get(name)));
  return [
    ...line('move', 'gone', gone),
    ...line('move', 'new', added),
    ...changed.slice(0, MOVES_MAX).map((name) => {
      const takes = takesOf(now.get(name));
      return `move ${name} takes ${takes}; it took ${takesOf(old.get(name))}`;
    }),
    ...(changed.length > MOVES_MAX ? line('move', 'otherwise now', changed) : []),
  ];
}

/** So many moves are told in full. */
const MOVES_MAX = 3;

function line(noun: string, how: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const are = names.length === 1 ? `${noun} is` : `${noun}s are`;
  return [`${names.length} ${are} ${how}: ${some(names)}`];
}

function byName<Named extends { readonly name: string }>(
  list: readonly Named[],
): Map<string, Named> {
  return new Map(list.map((one) => [one.name, one]));
}

function takesOf(move: Move | undefined): string {
  return (move?.takes ?? []).map(([component, event]) => `${component.name}.${event}`).join(' + ');
}

/** A machine as text: equal for equal tables. */
function tableOf(component: Component | undefined): string {
  if (component === undefined) return '';
  const { states, next } = component.machine;
  return JSON.stringify([states, [...next].map(([event, row]) => [event, [...row]])]);
}
