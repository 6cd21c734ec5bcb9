import { claim } from '../claims.ts';
import type { Component } from '../network.ts';
import { renumber } from '../symmetry.ts';
import type { Symmetry } from '../symmetry.ts';
import { view } from '../views.ts';
import type { View } from '../views.ts';
import { at } from './parts.ts';

/** The machines of a system of fences and callers; fence f's issuer is user `tasks + f` of its lock. */
export interface FenceParts {
  readonly tasks: readonly Component[];
  readonly callbacks: readonly Component<unknown>[];
  readonly waiters: readonly Component[];
  readonly fences: readonly Component[];
  readonly locks: readonly Component[];
  readonly lists: readonly Component[];
  readonly issuers: readonly Component[];
}

/** Tasks of the same machine, and all fences. */
export function fenceSymmetry(parts: FenceParts): readonly Symmetry[] {
  const { tasks, callbacks, waiters, fences, locks, lists, issuers } = parts;
  const machines = [...new Set(tasks.map(({ machine }) => machine))];
  const groups = machines.map((machine) =>
    [...tasks.keys()].filter((t) => at(tasks, t).machine === machine),
  );
  const ofTasks = groups.map((group): Symmetry => {
    const numbered = new Set<Component>([...locks, ...lists]);
    return {
      name: group.map((t) => at(tasks, t).name).join(', '),
      bundles: group.map((t) => [at(tasks, t), at(callbacks, t), at(waiters, t)]),
      rename: (component, event, place) => {
        if (!numbered.has(component)) return event;
        return renumber(event, (user) =>
          group.includes(user) ? at(group, place(group.indexOf(user))) : user,
        );
      },
    };
  });
  const count = tasks.length;
  const ofFences: Symmetry = {
    name: fences.map(({ name }) => name).join(', '),
    bundles: fences.map((fence, f) => [fence, at(locks, f), at(lists, f), at(issuers, f)]),
    rename: (component, event, place) => {
      if (tasks.includes(component)) return renumber(event, place);
      if (!locks.includes(component)) return event;
      return renumber(event, (user) => (user < count ? user : count + place(user - count)));
    },
  };
  return [...ofTasks, ofFences].filter(({ bundles }) => bundles.length > 1);
}

/** What nobody asks about a call that has returned. */
export function fenceViews({ tasks, callbacks }: FenceParts): readonly View[] {
  return tasks.flatMap((task, t) => {
    const isOver = claim('it has returned', [task], ({ value }) => value === 'finished');
    return [
      view(`${task.name} has returned: from which fence`, task, isOver, ({ value }) => value),
      view(
        `${task.name} has returned: whether its callback ran`,
        at(callbacks, t),
        isOver,
        ({ value, context }) => {
          // The machine of callbacks counts its calls; a second one would be a violation.
          const { calls } = context as { readonly calls: number };
          return [value, calls > 1];
        },
      ),
    ];
  });
}
