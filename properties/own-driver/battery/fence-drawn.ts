import fc from 'fast-check';
import { program } from '../../programs/parse.ts';
import type { Limits, Trial } from './trial.ts';

const FENCES_MAX = 3;
const TASKS_MAX = 3;
const CALLS_MAX = 4;
/** Schedules of each drawn program. */
const RUNS_EACH = 12;

/** What a task can do with a fence that it has a reference on. `%`: a name of the task's own. */
const CALLS = [
  'fence.wait(#)',
  'fence.isSignaled(#)',
  'fence.getStatus(#)',
  'fence.waitTimeout(#, 1)',
  'fence.enableSwSignaling(#)',
  'fence.setDeadline(#, 3)',
  'cb% = callback.create(); fence.addCallback(#, cb%); fence.removeCallback(#, cb%)',
  'new% = issuer.submit(d); fence.wait(new%)',
] as const;

/** One task: which fences it uses, and what it does with them before it puts them. */
interface Life {
  readonly calls: readonly { readonly call: (typeof CALLS)[number]; readonly fence: number }[];
  readonly puts: boolean;
}

interface Drawing {
  readonly fences: number;
  readonly jiffies: number;
  readonly lives: readonly Life[];
}

const DRAWING: fc.Arbitrary<Drawing> = fc.record({
  fences: fc.integer({ min: 1, max: FENCES_MAX }),
  jiffies: fc.constantFrom(0, 0, 2),
  lives: fc.array(
    fc.record({
      calls: fc.array(
        fc.record({ call: fc.constantFrom(...CALLS), fence: fc.nat({ max: FENCES_MAX - 1 }) }),
        { minLength: 1, maxLength: CALLS_MAX },
      ),
      puts: fc.boolean(),
    }),
    { minLength: 1, maxLength: TASKS_MAX },
  ),
});

function written({ fences, jiffies, lives }: Drawing, number: number): Trial['program'] {
  const names = Array.from({ length: fences }, (_, index) => `f${index}`);
  // Every task has a reference of its own on every fence; the first one has that of the submission.
  const gets = lives.slice(1).flatMap(() => names.map((name) => `fence.get(${name})`));
  const tasks = lives.map(({ calls, puts }, task) => {
    const made = calls.map(({ call, fence }, index) =>
      call.replaceAll('#', names[fence % fences] ?? '').replaceAll('%', `${task}${index}`),
    );
    const last = puts ? names.map((name) => `fence.put(${name})`) : [];
    return ['ABC'[task] ?? '', [...made, ...last].join('\n')] as const;
  });
  const submits = names.map((name) => `${name} = issuer.submit(d, jiffies: ${jiffies})`);
  return program(`drawn ${number}`, {
    setup: ['d = issuer.open()', ...submits, ...gets].join('\n'),
    tasks: Object.fromEntries(tasks),
  });
}

/** Programs drawn by fast-check: tasks that wait, poll, arm, hurry, submit and put, in any order. */
export function fenceDrawnTrials({ seed, drawn }: Limits): readonly Trial[] {
  return fc.sample(DRAWING, { seed, numRuns: drawn }).map((one, number): Trial => ({
    program: written(one, number + 1),
    schedules: [{ kind: 'random', runs: RUNS_EACH, seed }],
  }));
}
