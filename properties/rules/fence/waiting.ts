import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
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

const INTERRUPTED = '-512';

/** The wait was reported, before it enabled the fence. */
function annotatedFirst(run: Run): string | null {
  const report = run.violations.find((violation) => violation.kind === 'lockdep');
  if (report === undefined) return 'a wait under a lock that signalling needs is not reported';
  const [enabled] = seen(run, run.environment.fence('f'), 'enable');
  return enabled !== undefined && enabled.step <= report.step ? 'enabled before' : null;
}

/** Properties of a single wait that need no race. */
export const WAITING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-062'],
    plan: `A negative timeout is refused with a warning, before anything is enabled.`,
    programs: [
      program('wait-negative', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.waitTimeout(f, -1); fence.glance(f)' },
      }),
      program('wait-negative-signaled', {
        setup: 'f = fence.create(enable: armed); fence.signal(f)',
        tasks: { A: 'fence.waitTimeout(f, -7, true); fence.glance(f)' },
      }),
    ],
    allows: ['warn'],
    holds: (run) =>
      firstOf(
        same('warnings', warnings(run), 1),
        byProgram({
          'wait-negative': () => answered(run, 'A', '-22 | pending'),
          'wait-negative-signaled': () => answered(run, 'A', '-22 | signaled'),
        })(run),
      ),
    witness: { refused: reached((run) => answers(run, 'A').startsWith('-22')) },
    faults: ['fence-062-enables-first', 'fence-062-negative-is-zero'],
  }),
  property({
    rules: ['FENCE-063'],
    plan: `A timed wait enables before it waits, also with timeout 0; the default wait does not.
      - armed, refused by the op (which completes the fence), custom wait
      - the wait annotation comes first: a lock held at a wait must not be taken in a section`,
    programs: [
      program('wait-0', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.waitTimeout(f, 0); fence.glance(f)' },
      }),
      program('wait-0-refused', {
        setup: 'f = fence.create(enable: refuses)',
        tasks: { A: 'fence.waitTimeout(f, 0); fence.glance(f)' },
      }),
      program('wait-0-custom', {
        setup: 'f = fence.create(enable: armed, wait: late)',
        tasks: { A: 'fence.waitTimeout(f, 0); fence.glance(f)' },
      }),
      program('default-wait-0', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.defaultWait(f, 0); fence.glance(f)' },
      }),
      program('wait-under-mutex', {
        setup: 'f = fence.create(enable: armed); m = mutex.create()',
        tasks: {
          A: `signalling.begin(); mutex.lock(m); mutex.unlock(m); signalling.end()
            mutex.lock(m); fence.waitTimeout(f, 0); mutex.unlock(m)`,
        },
      }),
    ],
    allows: ['lockdep'],
    holds: byProgram({
      'wait-under-mutex': annotatedFirst,
      'wait-0': (run) => answered(run, 'A', '0 | pending enabled'),
      'wait-0-refused': (run) => answered(run, 'A', '1 | signaled enabled'),
      'wait-0-custom': (run) => answered(run, 'A', '-62 | pending enabled'),
      'default-wait-0': (run) => answered(run, 'A', '0 | pending'),
    }),
    witness: {
      completedByEnabling: reached((run) => answers(run, 'A').startsWith('1 |')),
      notEnabled: reached((run) => answers(run, 'A') === '0 | pending'),
      reported: reached((run) => run.violations.some(({ kind }) => kind === 'lockdep')),
    },
    faults: [
      'fence-063-zero-does-not-enable',
      'fence-063-default-wait-enables',
      'fence-063-no-annotation',
    ],
  }),
  property({
    rules: ['FENCE-064'],
    plan: `A default wait on a signaled fence gives the timeout back, 1 for 0, interrupted or not.`,
    programs: [
      program('wait-signaled', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: {
          A: 'fence.waitTimeout(f, 0); fence.waitTimeout(f, 7); fence.defaultWait(f, 0, true)',
        },
      }),
      program('wait-signaled-interrupted', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: {
          A: `task.interrupt(A); fence.waitTimeout(f, 0, true); fence.waitTimeout(f, 7, true)
            fence.defaultWait(f, 1, true)`,
        },
      }),
    ],
    holds: byProgram({
      'wait-signaled': (run) => answered(run, 'A', '1 | 7 | 1'),
      'wait-signaled-interrupted': (run) => answered(run, 'A', '1 | 7 | 1'),
    }),
    witness: { interrupted: reached((run) => run.world.tasks[1]?.signalPending === true) },
    faults: ['BUG-FENCE-01', 'fence-064-interruption-first'],
  }),
  property({
    rules: ['FENCE-065'],
    plan: `An interruption that is pending ends a wait on a pending fence at once, timeout 0 too;
      an uninterruptible wait takes no notice.`,
    programs: [
      program('wait-interrupted', {
        setup: 'f = fence.create()',
        tasks: {
          A: `task.interrupt(A); fence.waitTimeout(f, 0, true); fence.waitTimeout(f, 7, true)
            fence.wait(f, true); fence.waitTimeout(f, 0); clock.now()`,
        },
      }),
    ],
    holds: (run) => answered(run, 'A', '-512 | -512 | -512 | 0 | 1000'),
    witness: { interrupted: reached((run) => answers(run, 'A').startsWith(INTERRUPTED)) },
    faults: ['fence-065-zero-first', 'fence-065-sleeps-first'],
  }),
  property({
    rules: ['FENCE-066'],
    plan: `A wait with timeout 0 on a pending fence gives 0, and neither sleeps nor links a node.`,
    programs: [
      program('wait-0', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.waitTimeout(f, 0); fence.defaultWait(f, 0, true); fence.glance(f)' },
      }),
    ],
    holds: (run) =>
      firstOf(
        answered(run, 'A', '0 | 0 | pending enabled'),
        same('nodes linked', seen(run, null, 'wait.link').length, 0),
      ),
    witness: { waited: reached((run) => answers(run, 'A').startsWith('0 | 0')) },
    faults: ['fence-066-zero-links'],
  }),
  property({
    rules: ['FENCE-067'],
    plan: `A default wait looks at the flag only: hardware that is done may time out.
      - timeout 0 and 2, then a poll that finds it done`,
    programs: [
      program('wait-hardware', {
        setup: 'f = fence.create(signaled: hardware); hardware.finish(f)',
        tasks: { A: 'fence.waitTimeout(f, 0); fence.waitTimeout(f, 2); fence.isSignaled(f)' },
      }),
    ],
    holds: (run) =>
      firstOf(
        answered(run, 'A', '0 | 0 | true'),
        same('questions to the issuer', issuerOf(run, 'f').signaledCalls, 1),
      ),
    witness: { timedOut: reached((run) => answers(run, 'A').startsWith('0 | 0')) },
    faults: ['fence-067-wait-polls'],
  }),
  property({
    rules: ['FENCE-073'],
    plan: `An unbounded wait gives 0, or a negative value; by default only -ERESTARTSYS, and only
      when it is interruptible.
      - signaled before; signal and interruption against the wait, both kinds of sleep
      - a custom wait's own error comes through`,
    programs: [
      program('wait-signaled', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'fence.wait(f); fence.wait(f, true)' },
      }),
      program('wait-custom', {
        setup: 'f = fence.create(wait: late)',
        tasks: { A: 'fence.wait(f)' },
      }),
      program('wait-deaf', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.wait(f)', B: 'task.interrupt(A); fence.signal(f)' },
      }),
      program('wait-interruptible', {
        world: { interruptionsMax: 1 },
        setup: 'f = fence.create()',
        tasks: { A: 'fence.wait(f, true)', B: 'fence.signal(f)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: byProgram({
      'wait-signaled': (run) => answered(run, 'A', '0 | 0'),
      'wait-custom': (run) => answered(run, 'A', '-62'),
      'wait-deaf': (run) => answered(run, 'A', '0'),
      'wait-interruptible': (run) =>
        answers(run, 'A') === INTERRUPTED ? null : answered(run, 'A', '0'),
    }),
    witness: {
      interrupted: reached((run) => answers(run, 'A') === INTERRUPTED),
      deaf: reached(
        (run) => run.program.name === 'wait-deaf' && seen(run, null, 'wait.link').length > 0,
      ),
    },
    faults: ['fence-073-time-left', 'fence-073-always-interruptible'],
  }),
  property({
    rules: ['FENCE-074'],
    plan: `A wait may sleep, so it complains in atomic context, even with timeout 0 and on a
      signaled fence. Only a wrong argument is found before.
      - under the lock of another fence; in an interrupt`,
    programs: [
      program('wait-0-atomic', {
        setup: 'f = fence.create(); g = fence.create()',
        tasks: { A: 'fence.lock(g); fence.waitTimeout(f, 0); fence.unlock(g)' },
      }),
      program('wait-signaled-atomic', {
        setup: 'f = fence.create(); g = fence.create(); fence.signal(f)',
        tasks: { A: 'fence.lock(g); fence.wait(f); fence.unlock(g)' },
      }),
      program('wait-signaled-irq', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { irq: 'fence.waitTimeout(f, 7)' },
      }),
      program('wait-negative-atomic', {
        setup: 'f = fence.create(); g = fence.create()',
        tasks: { A: 'fence.lock(g); fence.waitTimeout(f, -1); fence.unlock(g)' },
      }),
    ],
    allows: ['sleep-in-atomic', 'lockdep', 'warn'],
    holds: (run) => {
      const kinds = new Set(run.violations.map((violation) => violation.kind));
      const isNegative = run.program.name === 'wait-negative-atomic';
      return same('complains about sleeping', kinds.has('sleep-in-atomic'), !isNegative);
    },
    witness: {
      complained: reached((run) =>
        run.violations.some((violation) => violation.kind === 'sleep-in-atomic'),
      ),
      refusedFirst: reached((run) => run.resultOf('A', 'fence.waitTimeout') === -22),
    },
    faults: ['fence-074-no-sleep-check', 'fence-074-check-before-argument'],
  }),
];
