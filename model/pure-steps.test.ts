import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import { describe, expect, test } from 'vitest';
import { boundedLifecycles } from './lifecycles.ts';
import { PureSteps } from './pure-steps.ts';

/** States of each machine that are looked at. */
const STATES_MAX = 60;

/** What a step comes to, for a comparison. */
function shown([after, actions]: readonly [
  AnyMachineSnapshot,
  readonly { readonly type: string; readonly params?: unknown }[],
]): string {
  const told = actions.map(({ type, params }) => [type, params]);
  return JSON.stringify([after.value, after.context, told]);
}

describe('a step of', () => {
  test.each(boundedLifecycles().map((one) => [`${one.kind} ${JSON.stringify(one.scope)}`, one]))(
    '%s is the one that XState makes by itself',
    (_name, { machine, alphabet }) => {
      const steps = new PureSteps(machine);
      const [first] = initialTransition(machine);
      const states: AnyMachineSnapshot[] = [first];
      const known = new Set([JSON.stringify([first.value, first.context])]);
      for (const before of states) {
        for (const event of alphabet.filter((one) => before.can(one))) {
          const own = transition(machine, before, event);
          const made = steps.step(before, event);
          expect(shown(made)).toBe(shown(own));
          const key = JSON.stringify([made[0].value, made[0].context]);
          if (known.has(key) || states.length >= STATES_MAX) continue;
          known.add(key);
          // What one step has left behind must not show in the next.
          states.push(made[0]);
        }
      }
      expect(states.length).toBeGreaterThan(1);
    },
  );
});
