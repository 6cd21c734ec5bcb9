import { FORBIDDEN } from '../tabulate.ts';
import type { Claim } from './claims.ts';
import type { MachineState } from './machine.ts';
import type { Component } from './network.ts';

/**
 * What nobody will look at again: while `during` holds, the states of a component that `as` maps
 * to the same one are taken for one state.
 */
export interface View {
  readonly name: string;
  readonly of: Component;
  readonly during: Claim;
  /** By state of the component: the one that stands for it. */
  readonly as: Int32Array;
}

/**
 * A view: during the claim, two states of the component are one when the same of them `matters`.
 * The first of them stands for all.
 */
export function view<Context>(
  name: string,
  of: Component<Context>,
  during: Claim,
  matters: (state: MachineState<Context>) => unknown,
): View {
  const first = new Map<string, number>();
  const as = new Int32Array(of.machine.states.length).fill(FORBIDDEN);
  for (const [number, state] of of.machine.states.entries()) {
    const key = JSON.stringify(matters(state)) ?? '';
    const known = first.get(key) ?? number;
    first.set(key, known);
    as[number] = known;
  }
  return { name, of, during, as };
}
