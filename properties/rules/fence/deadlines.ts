import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { answered, byProgram, firstOf, issuerOf, same } from './evidence.ts';

function hints(run: Run): string {
  return issuerOf(run, 'f').deadlines.join(' ');
}

/** Properties of deadline hints. */
export const DEADLINE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-087'],
    plan: `A hint reaches the op only if there is one and the fence polls pending. It completes
      nothing, but for what the poll finds.
      - no op: nothing is polled, although the hardware is done
      - pending, signaled, hardware done`,
    programs: [
      program('hint-without-op', {
        setup: 'f = fence.create(signaled: hardware); hardware.finish(f)',
        tasks: { A: 'fence.setDeadline(f, 5); fence.glance(f)' },
      }),
      program('hint-pending', {
        setup: 'f = fence.create(signaled: hardware, deadline: true)',
        tasks: { A: 'fence.setDeadline(f, 5); fence.setDeadline(f, 3); fence.glance(f)' },
      }),
      program('hint-signaled', {
        setup: 'f = fence.create(deadline: true); fence.signal(f)',
        tasks: { A: 'fence.setDeadline(f, 5); fence.glance(f)' },
      }),
      program('hint-hardware', {
        setup: 'f = fence.create(signaled: hardware, deadline: true); hardware.finish(f)',
        tasks: { A: 'fence.setDeadline(f, 5); fence.glance(f)' },
      }),
    ],
    holds: byProgram({
      'hint-without-op': (run) =>
        firstOf(answered(run, 'A', 'pending'), same('polls', issuerOf(run, 'f').signaledCalls, 0)),
      'hint-pending': (run) =>
        firstOf(answered(run, 'A', 'pending'), same('hints', hints(run), '5 3')),
      'hint-signaled': (run) =>
        firstOf(answered(run, 'A', 'signaled'), same('hints', hints(run), '')),
      'hint-hardware': (run) =>
        firstOf(answered(run, 'A', 'signaled'), same('hints', hints(run), '')),
    }),
    witness: {
      forwarded: reached((run) => hints(run) === '5 3'),
      foundDone: reached(
        (run) => run.program.name === 'hint-hardware' && issuerOf(run, 'f').signaledCalls > 0,
      ),
    },
    faults: ['fence-087-always-forwards', 'fence-087-polls-without-op', 'fence-087-flag-only'],
  }),
  property({
    rules: ['FENCE-088'],
    plan: `The op is called without the lock, from any context, in parallel, and even just after
      the signal; several hints come out as the earliest, a past time included.
      - from two tasks and an interrupt; against a signaller
      - a point of a software timeline keeps the earliest`,
    programs: [
      program('hints-parallel', {
        setup: 'f = fence.create(deadline: true)',
        tasks: {
          A: 'fence.setDeadline(f, 5)',
          'irq@A': 'fence.setDeadline(f, 3)',
          B: 'fence.setDeadline(f, 9)',
        },
      }),
      program('hint-signal', {
        setup: 'f = fence.create(deadline: true)',
        tasks: { A: 'fence.setDeadline(f, 5)', B: 'fence.signal(f)' },
      }),
      program('hints-point', {
        setup: 'f = fence.createPoint()',
        tasks: {
          A: 'fence.setDeadline(f, 5000000000)',
          B: 'fence.setDeadline(f, 1)',
          C: 'fence.setDeadline(f, 7000000000)',
        },
        teardown: 'r = fence.deadlineOf(f)',
      }),
    ],
    forbids: ['deadlock', 'lockdep', 'lock-misuse'],
    holds: (run) => {
      if (run.program.name === 'hints-point') {
        const kept = run.calls.find(({ call }) => call.op === 'fence.deadlineOf')?.result;
        return same('deadline kept', kept, 1);
      }
      const { sights } = issuerOf(run, 'f');
      const calls = sights.filter((sight) => sight.op === 'setDeadline');
      const locked = calls.find((sight) => sight.isLocked);
      if (locked !== undefined) return `the op is called with the lock held, in ${locked.task}`;
      const isParallel = run.program.name === 'hints-parallel';
      return isParallel ? same('hints', calls.length, 3) : null;
    },
    witness: {
      inInterrupt: reached((run) => sightsOf(run).some(({ context }) => context === 'hardirq')),
      afterSignal: reached((run) => sightsOf(run).some(({ isSignaled }) => isSignaled)),
      kept: reached((run) =>
        run.calls.some(({ call, result }) => call.op === 'fence.deadlineOf' && result === 1),
      ),
    },
    faults: ['fence-088-op-under-lock', 'fence-088-point-keeps-last'],
  }),
];

/** What the deadline op of the mock found; points have no mock. */
function sightsOf(run: Run): readonly ReturnType<typeof issuerOf>['sights'][number][] {
  if (run.program.name === 'hints-point') return [];
  return issuerOf(run, 'f').sights.filter((sight) => sight.op === 'setDeadline');
}
