import { claim } from './claims.ts';
import { explore } from './explore.ts';
import { Graph } from './graph.ts';
import { findLasso } from './liveness.ts';
import { network } from './network.ts';
import type { Component, Move } from './network.ts';
import { refuteLasso } from './replay-lasso.ts';
import type { System } from './required/system.ts';

/** What is done wrong on purpose: the moves of a system, with some missing, maimed or added. */
export type Mutation = (
  moves: readonly Move[],
  part: (name: string) => Component,
) => readonly Move[];

/** Whether a move is of a family, or called like this but for its parameters. */
function isCalled(move: Move, name: string): boolean {
  return move.family === name || move.name.startsWith(`${name}(`);
}

/** Some families of moves are missing. */
export function without(...families: readonly string[]): Mutation {
  return (moves) => {
    for (const gone of families) {
      if (!moves.some((move) => isCalled(move, gone))) throw new Error(`no moves ${gone}`);
    }
    return moves.filter((move) => !families.some((gone) => isCalled(move, gone)));
  };
}

/** The moves of a family happen without some components: those of which the name begins so. */
export function unbound(family: string, ...names: readonly string[]): Mutation {
  const isGone = ({ name }: Component): boolean => names.some((begin) => name.startsWith(begin));
  return (moves) => {
    const maimed = moves.map((move) =>
      isCalled(move, family)
        ? { ...move, takes: move.takes.filter(([component]) => !isGone(component)) }
        : move,
    );
    const isMaimed = maimed.some(({ takes }, index) => takes.length !== moves[index]?.takes.length);
    if (!isMaimed) throw new Error(`no move of ${family} takes ${names.join()}`);
    return maimed;
  };
}

/** In the moves of a family, components of which the name begins so take another event. */
export function mistaken(family: string, name: string, event: string): Mutation {
  return (moves) =>
    moves.map((move) =>
      isCalled(move, family)
        ? {
            ...move,
            takes: move.takes.map(([component, right]) => [
              component,
              component.name.startsWith(name) ? event : right,
            ]),
          }
        : move,
    );
}

/** Somebody outside the system makes one component take an event, whenever it can. */
export function rogue(component: string, ...events: readonly string[]): Mutation {
  return (moves, part) => [
    ...moves,
    ...events.map((event) => ({
      name: `rogue ${component} ${event}`,
      family: 'rogue',
      takes: [[part(component), event]] as const,
    })),
  ];
}

export function both(...mutations: readonly Mutation[]): Mutation {
  return (moves, part) => mutations.reduce((all, mutation) => mutation(all, part), moves);
}

function mutated(
  { network: { name, components, moves }, properties }: System,
  by: Mutation,
): System {
  const part = (wanted: string): Component => {
    const found = components.find((component) => component.name === wanted);
    if (found === undefined) throw new Error(`system ${name} has no ${wanted}`);
    return found;
  };
  return { network: network(`mutant of ${name}`, components, by(moves, part)), properties };
}

/** Whether each claim of this name is broken, looked at alone: other damage does not count. */
function isBroken({ network: system, properties }: System, kind: string, name: string): boolean {
  const { always = [], sometimes = [], eventually = [], mayEnd } = properties;
  const anywhere = claim('anywhere', system.components.slice(0, 1), () => true);
  const ofName = (one: { readonly name: string }): boolean => one.name === name;
  switch (kind) {
    case 'always':
      return (
        explore(system, { always: always.filter(ofName), mayEnd: anywhere }).violation !== null
      );
    case 'sometimes':
      return explore(system, {
        sometimes: sometimes.filter(ofName),
        mayEnd: anywhere,
      }).neverMet.includes(name);
    case 'deadlock':
      return explore(system, mayEnd === undefined ? {} : { mayEnd }).violation?.kind === kind;
    default: {
      const graph = new Graph(system);
      return eventually.filter(ofName).every((one) => {
        const lasso = findLasso(graph, one);
        return lasso !== null && refuteLasso(system, one, lasso) === null;
      });
    }
  }
}

/** What is wrong by kind of property, and by how its name begins. */
export interface Mutants {
  readonly always: Readonly<Record<string, Mutation>>;
  readonly deadlock: Mutation;
  readonly sometimes: Readonly<Record<string, Mutation>>;
  readonly eventually: Readonly<Record<string, Mutation>>;
}

/**
 * Breaks each property of a system with its mutation. Says what is left: a property that survives
 * or has no mutation, and a mutation without property.
 */
export function survivors(system: System, mutants: Mutants): readonly string[] {
  const { always = [], sometimes = [], eventually = [] } = system.properties;
  const kinds = { always, sometimes, eventually };
  const left = (['always', 'sometimes', 'eventually'] as const).flatMap((kind) => {
    const names = [...new Set(kinds[kind].map(({ name }) => name))];
    const mutations = Object.entries(mutants[kind]);
    const unused = mutations.filter(([begin]) => !names.some((name) => name.startsWith(begin)));
    return [
      ...unused.map(([begin]) => `${kind} ${begin}: no such property`),
      ...names.flatMap((name) => {
        const mutation = mutations.find(([begin]) => name.startsWith(begin))?.[1];
        if (mutation === undefined) return [`${kind} ${name}: no mutation`];
        return isBroken(mutated(system, mutation), kind, name) ? [] : [`${kind} ${name}: survives`];
      }),
    ];
  });
  const isAlive = !isBroken(mutated(system, mutants.deadlock), 'deadlock', '');
  return isAlive ? [...left, 'no dead end: survives'] : left;
}
