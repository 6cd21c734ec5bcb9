import { createShortestPathsGen } from '@xstate/test';
import type { ActorLogic, Snapshot } from 'xstate';
import type { AbstractState, ObjectKind } from './events.ts';
import type { Lifecycle, ModelEvent } from './lifecycle.ts';
import type { Answer } from './returns.ts';
import { FORBIDDEN, stepOf } from './tabulate.ts';
import type { Table } from './tabulate.ts';

/** One event of a path: what it returns, and what the object must show afterwards. */
export interface PathStep extends Answer {
  readonly event: ModelEvent;
  readonly view: AbstractState;
  /** The table's state behind the event. */
  readonly state: number;
}

/** A run of one object, from before its birth; data, so that anybody can execute it. */
export interface ModelPath {
  readonly kind: ObjectKind;
  readonly scope: Lifecycle['scope'];
  readonly steps: readonly PathStep[];
}

/** A state of the table, and how it was reached: so every transition is a place of its own. */
type Place = Snapshot<undefined> & { readonly state: number; readonly via: string };

const initial = (state: number): Place => ({
  status: 'active',
  output: undefined,
  error: undefined,
  state,
  via: '',
});

/** The table as pure logic: what `@xstate/test` walks through. */
function logicOf(table: Table): ActorLogic<Place, ModelEvent> {
  const numbers = new Map(table.events.map((event, index) => [event, index]));
  return {
    getInitialSnapshot: () => initial(table.initial),
    transition: (before, event) => {
      const number = numbers.get(event) ?? FORBIDDEN;
      const step = stepOf(table, before.state, number);
      if (step === null) return before;
      return { ...before, state: step.state, via: `${before.state} ${number}` };
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  };
}

function allowedEvents(table: Table): readonly (readonly ModelEvent[])[] {
  return Array.from({ length: table.states }, (_, state) =>
    table.events.filter((_event, index) => stepOf(table, state, index) !== null),
  );
}

type Branch = Map<ModelEvent, Branch>;

/**
 * Leaves out paths that are the beginning of another one; the longest come first. The same as
 * `TestModel` does, which compares each with each: on tables of thousands of transitions, seconds.
 */
function withoutBeginnings<Path extends { readonly steps: readonly { event: ModelEvent }[] }>(
  paths: readonly Path[],
): readonly Path[] {
  const root: Branch = new Map();
  const longestFirst = paths.toSorted((a, b) => b.steps.length - a.steps.length);
  return longestFirst.filter(({ steps }) => {
    let branch = root;
    let isNew = false;
    for (const { event } of steps) {
      let next = branch.get(event);
      if (next === undefined) {
        isNew = true;
        next = new Map();
        branch.set(event, next);
      }
      branch = next;
    }
    return isNew;
  });
}

/**
 * Paths that together walk every transition of the table, each by a shortest way to it; paths that
 * are the beginning of another one are left out.
 */
export function modelPaths(table: Table): readonly ModelPath[] {
  const allowed = allowedEvents(table);
  const numbers = new Map(table.events.map((event, index) => [event, index]));
  const shortest = createShortestPathsGen<Place, ModelEvent, unknown>();
  const paths = shortest(logicOf(table), {
    events: ({ state }: Place) => allowed[state] ?? [],
    serializeState: ({ state, via }) => `${via} ${state}`,
  });
  const { kind, scope } = table;
  // The first step of a path says how it begins, and has no event of ours.
  const own = paths.map(({ steps }) => ({ steps: steps.slice(1) }));
  return withoutBeginnings(own).map(({ steps }) => {
    let state = table.initial;
    const walked = steps.map(({ event }): PathStep => {
      const step = stepOf(table, state, numbers.get(event) ?? FORBIDDEN);
      const view = step === null ? undefined : table.views[step.state];
      if (step === null || view === undefined) throw new Error(`${kind}: ${event.type} is no step`);
      state = step.state;
      return { event, view, ...step };
    });
    return { kind, scope, steps: walked };
  });
}
