import { litmus, type Litmus, outcome } from '../litmus.ts';
import { results } from '../observables.ts';

const OBJECTS = 'a = exec.object(); b = exec.object()';

/** A transaction whose list changes while it waits for what was in its way. */
export const EXEC_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'exec-list-changed',
    window: 'RW-12',
    setup: OBJECTS,
    tasks: {
      A: 'x = exec.init(); exec.pass(x); exec.lock(x, a); exec.fini(x)',
      B: 'y = exec.init(); exec.lockAll(y, [b, a], [b]); exec.look(y); exec.fini(y)',
    },
    sees: [results],
    isWide: true,
    outcomes: [
      outcome('A true 0; B 0 b a', ['EXEC-002', 'EXEC-009'], 'a is free, or A is younger'),
      outcome('A true 0; B 0 b', ['EXEC-003'], 'a was in the way, and is not named again'),
    ],
  }),
];
