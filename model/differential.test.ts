import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { LazyTable } from './lazy-table.ts';
import { scopeName } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { boundedLifecycles } from './lifecycles.ts';
import { answerOf } from './returns.ts';
import { stepOf, tabulate } from './tabulate.ts';
import type { Table } from './tabulate.ts';

/** Long enough to pass the farthest state of every bounded machine. Unit: events. */
const LENGTH_MAX = 40;

/** Walks table, lazy table and XState side by side, and counts the steps of each sort. */
function walk(
  lifecycle: Lifecycle,
  table: Table,
  choices: readonly number[],
): { taken: number; forbidden: number } {
  const { machine, alphabet } = lifecycle;
  const lazy = new LazyTable(lifecycle);
  let [snapshot] = initialTransition(machine);
  let state = table.initial;
  let lazyState: number = lazy.initial;
  const counts = { taken: 0, forbidden: 0 };
  for (const choice of choices) {
    const possible = alphabet.filter((_event, index) => stepOf(table, state, index) !== null);
    if (possible.length === 0) {
      [snapshot] = initialTransition(machine);
      state = table.initial;
      lazyState = lazy.initial;
      continue;
    }
    // Most choices go on; one in four may ask for anything, to be refused.
    const events = choice % 4 === 0 ? alphabet : possible;
    const event = events[choice % events.length];
    if (event === undefined) throw new Error('an alphabet without events');
    const step = stepOf(table, state, alphabet.indexOf(event));
    const lazyStep = lazy.next(lazyState, lazy.eventOf(event));
    expect(step !== null).toBe(snapshot.can(event));
    expect(lazyStep !== null).toBe(step !== null);
    if (step === null || lazyStep === null) {
      counts.forbidden += 1;
      continue;
    }
    const [after, actions] = transition(machine, snapshot, event);
    const { returns, rules } = answerOf(actions, event.type);
    expect({ returns: step.returns, rules: step.rules }).toEqual({ returns, rules });
    expect({ returns: lazyStep.returns, rules: lazyStep.rules }).toEqual({ returns, rules });
    expect(table.views[step.state]).toEqual(lifecycle.view(after));
    expect(lazy.view(lazyStep.state)).toEqual(lifecycle.view(after));
    snapshot = after;
    state = step.state;
    lazyState = lazyStep.state;
    counts.taken += 1;
  }
  return counts;
}

describe.each(boundedLifecycles().map((one) => [one.kind, scopeName(one), one] as const))(
  '%s %s',
  (_kind, _scope, lifecycle) => {
    test('table and XState agree on random walks', () => {
      const table = tabulate(lifecycle);
      const sum = { taken: 0, forbidden: 0 };
      fc.assert(
        fc.property(
          fc.array(fc.nat(), { minLength: LENGTH_MAX, maxLength: LENGTH_MAX }),
          (choices) => {
            const { taken, forbidden } = walk(lifecycle, table, choices);
            sum.taken += taken;
            sum.forbidden += forbidden;
          },
        ),
        { seed: 612, numRuns: 100 },
      );
      expect(sum.taken).toBeGreaterThan(300);
      expect(sum.forbidden).toBeGreaterThan(300);
    });
  },
);
