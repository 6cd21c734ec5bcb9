import { JIFFY_NS } from '../../../impl/kernel/clock.ts';
import { StubWatch } from '../../programs/stub-watch.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { callOf, overlap } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, same } from './evidence.ts';

/** Two names stand for one fence. */
function isSameFence(run: Run, first: string, second: string): boolean {
  return run.environment.fence(first) === run.environment.fence(second);
}

function story(run: Run): string {
  return run.environment.find('stubs.watch', StubWatch).story.join(', ');
}

/** Two getters at once. */
function isRaced(run: Run): boolean {
  return overlap(callOf(run, 'A', 'stub.get'), callOf(run, 'B', 'stub.get'));
}

function complainsAboutLocks(run: Run): boolean {
  return run.violations.some(({ kind }) => kind === 'lockdep');
}

/** Milliseconds since boot at which the tasks start. */
const START = 1000;

const WORDS = 'error 0, callbacks 0, context 0, seqno 0, lock stubs:0.0.1.lock, ops stub';

/** Properties of fences that are signaled from birth. */
export const STUB_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-014'],
    plan: `There is one global stub, made at the first call and never changed.
      - two calls, 5 ms apart: one object, one more reference, the first call's time, all fields
      - two first calls at once: one object`,
    programs: [
      program('stub-twice', {
        tasks: {
          A: `task.sleep(3); s = stub.get(); inspect.fence(s); fence.timestamp(s)
              task.sleep(5); t = stub.get(); inspect.fence(t); fence.timestamp(t)
              fence.namesLocked(s); fence.isSignaled(s)`,
        },
      }),
      program('stub-race', {
        tasks: { A: 's = stub.get(); fence.isSignaled(s)', B: 't = stub.get()' },
      }),
    ],
    holds: byProgram({
      'stub-twice': (run) => {
        const flags = 'flags SIGNALED|TIMESTAMP|ENABLE_SIGNAL';
        const stamp = (START + 3) * JIFFY_NS;
        const first = `references 2, ${flags}, ${WORDS} | ${stamp}`;
        const second = `references 3, ${flags}, ${WORDS} | ${stamp}`;
        return firstOf(
          same('one stub', isSameFence(run, 's', 't'), true),
          answered(run, 'A', `${first} | ${second} | stub stub | true`),
        );
      },
      'stub-race': (run) =>
        firstOf(same('one stub', isSameFence(run, 's', 't'), true), answered(run, 'A', 'true')),
    }),
    witness: {
      later: reached((run) => run.program.name === 'stub-twice' && isSameFence(run, 's', 't')),
      race: reached(isRaced, 2),
    },
    faults: [
      'fence-014-new-each-time',
      'fence-014-not-enabled',
      'fence-014-made-without-lock',
      'fence-014-time-of-boot',
    ],
  }),
  property({
    rules: ['FENCE-015'],
    plan: `A private stub is a new signaled fence with the given time, or NULL without memory.
      - two stubs with different times, one of them in the future
      - the allocation fails`,
    programs: [
      program('private-stubs', {
        tasks: {
          A: `s = stub.allocate(7); fence.timestamp(s); t = stub.allocate(5000000000)
              fence.timestamp(t); inspect.fence(t)`,
        },
      }),
      program('private-stub-no-memory', {
        world: { failuresMax: 1 },
        tasks: { A: 's = stub.allocate(7)' },
      }),
    ],
    holds: byProgram({
      'private-stubs': (run) => {
        const flags = 'flags SIGNALED|TIMESTAMP|ENABLE_SIGNAL';
        return firstOf(
          same('one stub', isSameFence(run, 's', 't'), false),
          answered(run, 'A', `7 | 5000000000 | references 1, ${flags}, ${WORDS}`),
        );
      },
      'private-stub-no-memory': (run) => {
        const isEmpty = run.world.failuresLeft === 0;
        return same('result', run.resultOf('A', 'stub.allocate'), isEmpty ? 'NULL' : null);
      },
    }),
    witness: {
      made: reached((run) => answers(run, 'A').startsWith('7 | 5000000000')),
      failed: reached((run) => run.resultOf('A', 'stub.allocate') === 'NULL'),
    },
    faults: ['fence-015-time-of-call', 'fence-015-global-instead', 'fence-015-cached'],
  }),
  property({
    rules: ['FENCE-016'],
    plan: `One lock for all stubs; the getter takes it with interrupts on, and builds under it.
      - the lock, interrupts, creation and signal of two getters and a private stub, in order
      - an interrupt asks a stub for its status: the lock prover complains, or it hangs`,
    programs: [
      program('stub-lock', {
        setup: 'watch.stubs()',
        tasks: { A: 's = stub.get(); t = stub.get(); p = stub.allocate(7)' },
      }),
      program('stub-in-interrupt', {
        setup: 'p = stub.allocate(7)',
        tasks: { A: 'stub.get()', 'irq@A': 'fence.getStatus(p)' },
      }),
    ],
    allows: ['lockdep', 'deadlock'],
    holds: byProgram({
      'stub-lock': (run) => {
        const getter = 'take on, init held, signal held, take';
        return same('what happened', story(run), `${getter}, init free, take off, signal held`);
      },
      'stub-in-interrupt': (run) => same('noticed', complainsAboutLocks(run), true),
    }),
    witness: {
      built: reached((run) => story(run).includes('init held')),
      noticed: reached(complainsAboutLocks),
      stuck: reached((run) => run.blocked.length > 0),
    },
    faults: ['fence-016-getter-disables', 'fence-016-lock-of-its-own', 'fence-016-built-outside'],
  }),
];
