import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import { answered, answers, byProgram, same, seen } from './evidence.ts';

const INTERRUPTED = -512;

/** Result of A's only timed wait. */
function waited(run: Run): number {
  return Number(run.resultOf('A', 'fence.waitTimeout'));
}

function hasLinked(run: Run): boolean {
  return seen(run, null, 'wait.link').length > 0;
}

/** Lists that still hold a node once a wait has returned. */
function leftLinked(run: Run): string | null {
  const looks = run.calls.filter(({ task, call }) => task === 'A' && call.op === 'fence.glance');
  const left = looks.find(({ result }) => String(result).includes('listed'));
  return left === undefined ? null : `after the wait the fence is: ${String(left.result)}`;
}

/** Properties of a sleeping wait and what races with it. */
export const SLEEPING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-068'],
    plan: `A sleeping wait that succeeds gives the time that is left, or the unlimited constant;
      a wake-up without a signal goes on with the time that is left.
      - signal after 3 of 10 jiffies, with a stray wake-up before, and one in between
      - unlimited, with a stray wake-up`,
    programs: [
      program('wait-signal-later', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.waitTimeout(f, 10)',
          B: 'task.wake(A); task.sleep(3); fence.signal(f)',
        },
      }),
      program('wait-stray-later', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.waitTimeout(f, 10)',
          B: 'task.sleep(2); task.wake(A); task.sleep(2); fence.signal(f)',
        },
      }),
      program('wait-unlimited', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f)', B: 'task.wake(A); fence.signal(f)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: byProgram({
      'wait-signal-later': (run) => answered(run, 'A', '7'),
      'wait-stray-later': (run) => answered(run, 'A', '6'),
      'wait-unlimited': (run) => answered(run, 'A', String(Number.MAX_SAFE_INTEGER)),
    }),
    witness: { slept: reached(hasLinked, 10) },
    faults: ['fence-068-stray-wake-up-ends', 'fence-068-whole-timeout', 'fence-068-starts-anew'],
  }),
  property({
    rules: ['FENCE-069'],
    plan: `0 says that time ran out by the waiter's clock, and nothing about the fence.
      - a timer that may fire at any step, against a signaller: 0 comes with a fence that is
        pending and with one that is signaled
      - never 0 before the time is over, stray wake-ups or not, and always 0 afterwards`,
    programs: [
      program('wait-timer-signal', {
        world: { time: 'free' },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 5); fence.glance(f); clock.now()', B: 'fence.signal(f)' },
      }),
      program('wait-timer-stray', {
        world: { time: 'free' },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 5); fence.glance(f); clock.now()', B: 'task.wake(A)' },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 20_000 }],
    holds: (run) => {
      const [left, , now] = run.resultsOf('A');
      const isOver = Number(now) >= 1005;
      if (left === 0) return isOver ? null : `0 at ${String(now)}, before the time was over`;
      return isOver ? `${String(left)} left at ${String(now)}, when the time was over` : null;
    },
    outcomes: (outcomes, { name }) => {
      if (name !== 'wait-timer-signal') return null;
      const hasBoth = outcomes.has('A:0,signaled enabled,1005 B:0');
      return hasBoth ? null : `a time-out never meets a signal: ${[...outcomes].join('; ')}`;
    },
    witness: {
      pending: reached((run) => answers(run, 'A').startsWith('0 | pending')),
      signaled: reached((run) => answers(run, 'A').startsWith('0 | signaled')),
      inTime: reached((run) => answers(run, 'A').startsWith('5 |')),
    },
    faults: ['fence-069-looks-again', 'fence-069-zero-for-stray-wake-up'],
  }),
  property({
    rules: ['FENCE-070'],
    plan: `On a wake-up with time left an interruption beats the fence; without time left, 0 beats
      the interruption.
      - interrupted, then signaled, while the wait sleeps: -ERESTARTSYS
      - time over, then interrupted, before the wait runs: 0
      - both from one interrupt of the machine`,
    programs: [
      program('interrupt-signal', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.waitTimeout(f, 5, true)',
          B: 'task.interrupt(A); fence.signal(f)',
        },
      }),
      program('interrupt-signal-irq', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.waitTimeout(f, 5, true)',
          'irq@A': 'fence.signal(f); task.interrupt(A)',
        },
      }),
      program('timer-interrupt', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 3, true)', B: 'task.sleep(3); task.interrupt(A)' },
      }),
    ],
    holds: (run) => {
      if (!hasLinked(run)) return null;
      const isTimer = run.program.name === 'timer-interrupt';
      // An interrupt that comes once the wait has awoken is too late to count.
      const isLate = run.program.name === 'interrupt-signal-irq' && waited(run) === 0;
      if (isLate) return null;
      return same('the wait gives', waited(run), isTimer ? 0 : INTERRUPTED);
    },
    witness: {
      interrupted: reached((run) => waited(run) === INTERRUPTED && hasLinked(run)),
      timedOut: reached((run) => waited(run) === 0 && run.world.tasks[1]?.signalPending === true),
    },
    faults: ['fence-070-fence-beats-interruption', 'fence-070-interruption-beats-time'],
  }),
  property({
    rules: ['FENCE-071'],
    plan: `However a wait returns, its node is off the list and no signaller touches it again.
      - done, timed out, interrupted; a signal that comes later finds nothing`,
    programs: [
      program('wait-done', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 5); fence.glance(f)', B: 'fence.signal(f)' },
      }),
      program('wait-timed-out', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 1); fence.glance(f); fence.signal(f)' },
      }),
      program('wait-timer-signal', {
        world: { time: 'free' },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 1); fence.glance(f)', B: 'fence.signal(f)' },
      }),
      program('wait-interrupted', {
        world: { interruptionsMax: 1 },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.wait(f, true); fence.glance(f)', B: 'fence.signal(f)' },
      }),
    ],
    forbids: ['use-after-free', 'leak'],
    holds: leftLinked,
    witness: {
      done: reached((run) => answers(run, 'A').startsWith('5')),
      timedOut: reached((run) => answers(run, 'A').startsWith('0 | pending')),
      interrupted: reached((run) => answers(run, 'A').startsWith('-512')),
    },
    faults: ['fence-071-stays-linked'],
  }),
  property({
    rules: ['FENCE-072'],
    plan: `No wake-up is lost: whoever waits can go on once the signal is complete.
      - default wait and any-wait, interruptible or not, against signal; two waiters
      - signal from an interrupt of the waiter's processor; stores that are seen late`,
    programs: [
      program('wait-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f)', B: 'fence.signal(f)' },
      }),
      program('wait-signal-irq', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f)', 'irq@A': 'fence.signal(f)' },
      }),
      program('default-wait-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.defaultWait(f, interruptible: true)', B: 'fence.signal(f)' },
      }),
      program('waits-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f)', B: 'fence.signal(f)', C: 'fence.waitTimeout(f)' },
      }),
      program('wait-any-signal', {
        setup: 'f = fence.create(); g = fence.create()',
        tasks: { A: 'fence.waitAny([f, g])', B: 'fence.signal(g)' },
      }),
      program('wait-any-signal-irq', {
        setup: 'f = fence.create(); g = fence.create()',
        tasks: { A: 'fence.waitAny([f, g], interruptible: true)', 'irq@A': 'fence.signal(f)' },
      }),
      program('wait-signal-late', {
        world: { memory: 'tso' },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f)', B: 'fence.signal(f)' },
      }),
      program('wait-any-signal-late', {
        world: { memory: 'tso' },
        setup: 'f = fence.create(); g = fence.create()',
        tasks: { A: 'fence.waitAny([f, g])', B: 'fence.signal(g)' },
      }),
    ],
    schedules: EVERY_RESULT,
    allows: ['deadlock'],
    holds: (run) => {
      const [stuck] = run.blocked;
      return stuck === undefined ? null : `${stuck.task} waits for ever at ${stuck.at}`;
    },
    witness: {
      slept: reached(hasLinked),
      calledBack: reached((run) => seen(run, null, 'run').length > 0),
      signaledFirst: reached((run) => seen(run, null, 'wait.link', 'addCallback').length === 0),
    },
    faults: [
      'BUG-FENCE-05',
      'fence-072-any-wait-sets-state-late',
      'fence-072-any-wait-without-barrier',
      'fence-072-state-behind-unlock',
    ],
  }),
];
