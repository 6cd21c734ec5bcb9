import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import {
  answered,
  answers,
  byProgram,
  firstOf,
  issuerOf,
  same,
  seen,
  warnings,
} from './evidence.ts';

const TWO = 'f = fence.create(); g = fence.create()';
const FOUR = `f = fence.create(enable: armed); g = fence.create(enable: armed)
  h = fence.create(enable: armed); k = fence.create(enable: armed)`;
const LOOKS = 'fence.glance(f); fence.glance(g); fence.glance(h); fence.glance(k)';

/** The result of A's only any-wait. */
function found(run: Run): string {
  return String(run.resultOf('A', 'fence.waitAny'));
}

/** How many nodes A's any-wait has linked. */
function linked(run: Run): number {
  return seen(run, null, 'add').filter((sighting) => sighting.task === 'A').length;
}

/** Everything was linked before the first fence signaled: only a sleep can have been ended. */
function allLinkedFirst(run: Run, count: number): boolean {
  const before = run.sightings.findIndex(({ name }) => name === 'signal');
  const adds = run.sightings.slice(0, before).filter(({ name }) => name === 'add');
  return adds.length === count;
}

function leftLinked(run: Run): string | null {
  const looks = run.calls.filter(({ task, call }) => task === 'A' && call.op === 'fence.glance');
  const left = looks.find(({ result }) => String(result).includes('listed'));
  return left === undefined ? null : `after the wait a fence is: ${String(left.result)}`;
}

/** Properties of waiting for the first of several fences. */
export const WAIT_ANY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-075'],
    plan: `Wrong arguments give -EINVAL and a warning, lack of memory -ENOMEM; a fence with a
      custom wait is taken like any other.
      - no vector, no fences, negative timeout; nothing is enabled`,
    programs: [
      program('any-null', { tasks: { A: 'fence.waitAny(null, 5)' } }),
      program('any-none', { tasks: { A: 'fence.waitAny([], 5)' } }),
      program('any-none-0', { tasks: { A: 'fence.waitAny([], 0)' } }),
      program('any-negative', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.waitAny([f], -1); fence.glance(f)' },
      }),
      program('any-no-memory', {
        world: { failuresMax: 1 },
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.waitAny([f], 1); fence.glance(f)' },
      }),
      program('any-custom-wait', {
        setup: 'f = fence.create(wait: late); g = fence.create(); fence.signal(g)',
        tasks: { A: 'fence.waitAny([f, g], 5)' },
      }),
    ],
    allows: ['warn'],
    holds: byProgram({
      'any-null': (run) => firstOf(answered(run, 'A', '-22'), same('warnings', warnings(run), 1)),
      'any-none': (run) => firstOf(answered(run, 'A', '-22'), same('warnings', warnings(run), 1)),
      'any-none-0': (run) => firstOf(answered(run, 'A', '-22'), same('warnings', warnings(run), 1)),
      'any-negative': (run) =>
        firstOf(answered(run, 'A', '-22 | pending'), same('warnings', warnings(run), 1)),
      'any-no-memory': (run) => {
        const hasMemory = run.world.failuresLeft === 1;
        return answered(run, 'A', hasMemory ? '0 | pending enabled' : '-12 | pending');
      },
      'any-custom-wait': (run) => answered(run, 'A', '5 #1'),
    }),
    witness: {
      refused: reached((run) => warnings(run) === 1, 4),
      noMemory: reached((run) => answers(run, 'A').startsWith('-12')),
    },
    faults: ['fence-075-none-is-timeout', 'fence-075-refuses-custom-wait', 'fence-075-no-memory'],
  }),
  property({
    rules: ['FENCE-076'],
    plan: `With timeout 0 an any-wait polls in order: 1 and the first that is done, else 0.
      - nothing is enabled or linked, an interruption does not matter
      - hardware that is done counts; fences behind it are not asked`,
    programs: [
      program('any-0-pending', {
        setup: FOUR,
        tasks: { A: `task.interrupt(A); fence.waitAny([f, g, h, k], 0, true); ${LOOKS}` },
      }),
      program('any-0-hardware', {
        setup: `f = fence.create(enable: armed, signaled: hardware)
          g = fence.create(enable: armed, signaled: hardware)
          h = fence.create(enable: armed, signaled: hardware); hardware.finish(g)`,
        tasks: {
          A: 'fence.waitAny([f, g, h], 0); fence.glance(f); fence.glance(g); fence.glance(h)',
        },
      }),
    ],
    holds: byProgram({
      'any-0-pending': (run) => answered(run, 'A', '0 | pending | pending | pending | pending'),
      'any-0-hardware': (run) =>
        firstOf(
          answered(run, 'A', '1 #1 | pending | signaled | pending'),
          same('questions to the last issuer', issuerOf(run, 'h').signaledCalls, 0),
        ),
    }),
    witness: { found: reached((run) => found(run) === '1 #1') },
    faults: ['fence-076-zero-enables', 'fence-076-looks-at-flags-only'],
  }),
  property({
    rules: ['FENCE-077'],
    plan: `With a positive timeout callbacks are added in order up to the first refusal, which
      gives the whole timeout and that index.
      - third of four signaled before: it is not enabled, nor is the fourth
      - third of four refuses to be armed: it is enabled`,
    programs: [
      program('any-third-signaled', {
        setup: `${FOUR}; fence.signal(h)`,
        tasks: { A: `fence.waitAny([f, g, h, k], 5); ${LOOKS}` },
      }),
      program('any-third-refuses', {
        setup: `f = fence.create(enable: armed); g = fence.create(enable: armed)
          h = fence.create(enable: refuses); k = fence.create(enable: armed)`,
        tasks: { A: `fence.waitAny([f, g, h, k], 5, true); ${LOOKS}` },
      }),
    ],
    holds: byProgram({
      'any-third-signaled': (run) =>
        answered(run, 'A', '5 #2 | pending enabled | pending enabled | signaled | pending'),
      'any-third-refuses': (run) =>
        answered(run, 'A', '5 #2 | pending enabled | pending enabled | signaled enabled | pending'),
    }),
    witness: { refused: reached((run) => found(run) === '5 #2', 2) },
    faults: ['fence-077-enables-all', 'fence-077-reports-one'],
  }),
  property({
    rules: ['FENCE-078'],
    plan: `A sleeping any-wait reports the lowest fence that is signaled when it looks, and it looks
      before it sleeps.
      - both signal while it sleeps and before it can run, the higher one first: the lower one
        is reported
      - a signal during the adds beats an interruption that is pending
      - it looks at flags: hardware that is done, and nobody noticed, is waited for in vain
      - control: woken with time left, an interruptible wait looks at the fences, and one that is not
        interruptible does so whatever is pending`,
    programs: [
      program('any-both', {
        setup: TWO,
        tasks: {
          A: 'fence.waitAny([f, g], 5)',
          'B@A': `task.sleep(1); preempt.disable(); fence.signal(g); fence.signal(f)
            preempt.enable()`,
        },
      }),
      program('any-interrupted', {
        setup: TWO,
        tasks: {
          A: 'task.interrupt(A); fence.waitAny([f, g], 5, true)',
          B: 'fence.signal(f)',
        },
      }),
      program('any-woken', {
        setup: TWO,
        tasks: { A: 'fence.waitAny([f, g], 5, true)', B: 'task.sleep(1); fence.signal(g)' },
      }),
      program('any-deaf', {
        setup: TWO,
        tasks: {
          A: 'task.interrupt(A); fence.waitAny([f, g], 5)',
          B: 'task.sleep(1); task.wake(A); task.sleep(1); fence.signal(g)',
        },
      }),
      program('any-unnoticed', {
        setup: `f = fence.create(enable: armed, signaled: hardware); g = fence.create()
          hardware.finish(f)`,
        tasks: { A: 'fence.waitAny([f, g], 3); fence.glance(f)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: byProgram({
      'any-both': (run) => answered(run, 'A', '4 #0'),
      'any-interrupted': (run) => {
        const signaled = run.sightings.findIndex(({ name }) => name === 'signal');
        const linkedLast = run.sightings.findLastIndex(({ name }) => name === 'add');
        return signaled < linkedLast ? answered(run, 'A', '5 #0') : null;
      },
      'any-woken': (run) => answered(run, 'A', '4 #1'),
      'any-deaf': (run) => answered(run, 'A', '3 #1'),
      'any-unnoticed': (run) =>
        firstOf(
          answered(run, 'A', '0 | pending enabled'),
          same('questions to the issuer', issuerOf(run, 'f').signaledCalls, 0),
        ),
    }),
    witness: {
      bothWhileAsleep: reached((run) => found(run) === '4 #0'),
      interrupted: reached((run) => found(run) === '-512'),
      unnoticed: reached((run) => found(run) === '0'),
      woken: reached((run) => found(run) === '4 #1'),
      deaf: reached((run) => found(run) === '3 #1'),
      signaledDuringAdds: reached((run) => {
        const isAdding = linked(run) === 2 && !allLinkedFirst(run, 2);
        return run.program.name === 'any-interrupted' && isAdding;
      }),
    },
    faults: [
      'fence-078-highest-index',
      'fence-078-sleeps-before-it-looks',
      'fence-078-polls',
      'fence-078-woken-is-interrupted',
      'fence-078-always-interruptible',
    ],
  }),
  property({
    rules: ['FENCE-079'],
    plan: `0 and -ERESTARTSYS say nothing about the fences: one may have signaled meanwhile.
      - a timer that may fire at any step, against a signal
      - a signal and an interruption from one interrupt of the machine
      - never 0 before the time is over, and success only with all the time left`,
    programs: [
      program('any-timer-signal', {
        world: { time: 'free' },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitAny([f], 5); fence.glance(f); clock.now()', B: 'fence.signal(f)' },
      }),
      program('any-interrupt-signal', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.waitAny([f], 5, true); fence.glance(f); clock.now()',
          'irq@A': 'fence.signal(f); task.interrupt(A)',
        },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 20_000 }],
    holds: (run) => {
      const result = found(run);
      const isOver = Number(run.resultOf('A', 'clock.now')) >= 1005;
      if (result === '0') return isOver ? null : '0 before the time was over';
      // Either nothing has passed, or everything: the only timer is the waiter's own.
      const isWhole = result === '5 #0' && !isOver;
      return isWhole || result === '-512' ? null : `${result}, which no moment explains`;
    },
    outcomes: (outcomes, { name }) => {
      const isTimer = name === 'any-timer-signal';
      const wanted = isTimer
        ? 'A:0,signaled enabled,1005 B:0'
        : 'A:-512,signaled enabled,1000 irq:0,';
      return outcomes.has(wanted) ? null : `never (${wanted}): ${[...outcomes].join('; ')}`;
    },
    witness: {
      timedOut: reached((run) => answers(run, 'A').startsWith('0 | signaled')),
      interrupted: reached((run) => answers(run, 'A').startsWith('-512 | signaled')),
      done: reached((run) => found(run) === '5 #0'),
    },
    faults: ['fence-079-looks-again'],
  }),
  property({
    rules: ['FENCE-080'],
    plan: `An any-wait takes back every node before it returns; later signals find none.
      - done, refused half-way, timed out, interrupted; two fences, signaled in both orders`,
    programs: [
      program('any-done', {
        setup: TWO,
        tasks: {
          A: 'fence.waitAny([f, g], 5); fence.glance(f); fence.glance(g)',
          B: 'fence.signal(g); fence.signal(f)',
        },
      }),
      program('any-timed-out', {
        setup: TWO,
        tasks: {
          A: `fence.waitAny([f, g], 1); fence.glance(f); fence.glance(g)
            fence.signal(f); fence.signal(g)`,
        },
      }),
      program('any-interrupted', {
        world: { interruptionsMax: 1 },
        setup: TWO,
        tasks: {
          A: 'fence.waitAny([f, g], interruptible: true); fence.glance(f); fence.glance(g)',
          B: 'fence.signal(f)',
        },
        teardown: 'fence.signal(g)',
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['use-after-free', 'leak', 'deadlock'],
    holds: leftLinked,
    witness: {
      done: reached((run) => found(run).startsWith('5 #')),
      refusedHalfWay: reached((run) => found(run) === '5 #1' && linked(run) === 1),
      timedOut: reached((run) => found(run) === '0'),
      interrupted: reached((run) => found(run) === '-512'),
    },
    faults: ['fence-080-leaves-others', 'fence-080-leaves-when-refused'],
  }),
];
