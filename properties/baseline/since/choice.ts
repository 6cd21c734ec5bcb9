import type { Property } from '../../check/property.ts';
import type { LitmusJob } from '../../check/try-litmus.ts';
import { LITMUS } from '../../litmus/index.ts';
import { PROPERTIES } from '../../rules/registry.ts';
import type { Distances } from './near.ts';

/** Properties of rules that are near a change, the nearest ones first. */
export function propertiesNear(distances: Distances): readonly Property[] {
  return nearestFirst(PROPERTIES, ({ rules: [rule] }) => distances.get(rule) ?? Infinity);
}

/** Litmus programs are about so many rules at a time that only near ones say anything. */
const LITMUS_DISTANCE_MAX = 1;

/** Litmus programs that are about rules near a change, the nearest ones first. */
export function litmusNear(distances: Distances): readonly LitmusJob[] {
  const distance = ({ outcomes }: (typeof LITMUS)[number]): number => {
    const near = outcomes.flatMap(({ rules }) => rules.map((rule) => distances.get(rule)));
    return Math.min(...near.map((one = Infinity) => one));
  };
  const near = LITMUS.filter((one) => distance(one) <= LITMUS_DISTANCE_MAX);
  return nearestFirst(near, distance).map(({ id }) => ({ id, world: 'window' }));
}

/** Without those that are nowhere near; equals stay in their order. */
function nearestFirst<One>(all: readonly One[], distance: (one: One) => number): readonly One[] {
  return all
    .map((one) => ({ one, far: distance(one) }))
    .filter(({ far }) => far < Infinity)
    .toSorted((first, second) => first.far - second.far)
    .map(({ one }) => one);
}
