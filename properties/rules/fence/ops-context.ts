import type { OpSight } from '../../programs/mock-issuer.ts';
import type { Sighting } from '../../run/log.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import {
  answered,
  byProgram,
  firstOf,
  firstSeen,
  issuerOf,
  same,
  seen,
  warnings,
} from './evidence.ts';

/** Where the last reference of `f` was dropped. */
function lastPut(run: Run): Sighting | undefined {
  return seen(run, run.environment.fence('f'), 'put.last')[0];
}

function sightsOf(run: Run, op: OpSight['op']): readonly OpSight[] {
  return issuerOf(run, 'f').sights.filter((sight) => sight.op === op);
}

/** Once a poll has returned true, every poll that begins later returns true. */
function monotonic(run: Run): string | null {
  const polls = run.calls.filter(({ call, end }) => call.op === 'fence.isSignaled' && end !== null);
  for (const earlier of polls) {
    for (const later of polls) {
      if (earlier.result !== true || later.result !== false) continue;
      if ((earlier.end ?? 0) >= later.begin) continue;
      return `${earlier.task} saw the fence signaled, and ${later.task} later did not`;
    }
  }
  return null;
}

/** An earlier poll was false and a later one true. */
function turned(run: Run): boolean {
  const results = run.resultsOf('A');
  return results.includes(false) && results.includes(true);
}

/** The op was asked again after it had gone back on its word, which nobody may notice. */
function isAskedAfterRestart(run: Run): boolean {
  return run.resultsOf('C').length === 2 && run.resultsOf('A').at(-1) === true;
}

/** All names that a program got are the same ones. */
function sameNames(expected: string): (run: Run) => string | null {
  return (run) => {
    const asked = run.calls.filter(({ call }) => call.op === 'fence.namesLocked');
    const wrong = asked.find(({ result }) => result !== expected);
    return wrong === undefined ? null : `the names are ${String(wrong.result)}, not ${expected}`;
  };
}

const ARRAY = 'c = fence.create(); fence.get(c); a = array.create([c])';

/** Properties of the circumstances in which the core calls ops, and of what they may do there. */
export const OPS_CONTEXT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-022'],
    plan: `The op "signaled" is asked with and without the lock, by several at once, anywhere.
      - a mock, polled and asked for its status, by a task, another task and an interrupt
      - an array and a point of a timeline, likewise: their ops must neither lock nor sleep`,
    programs: [
      program('ask-mock', {
        setup: 'f = fence.create(signaled: hardware)',
        tasks: { A: 'fence.isSignaled(f); fence.getStatus(f)', 'irq@A': 'fence.isSignaled(f)' },
      }),
      program('ask-array', {
        setup: ARRAY,
        tasks: { A: 'fence.isSignaled(a); fence.getStatus(a)', B: 'fence.isSignaled(a)' },
      }),
      program('ask-point', {
        setup: 'p = fence.createPoint(1)',
        tasks: {
          A: 'fence.isSignaled(p); fence.getStatus(p)',
          B: 'point.advance(p, 1)',
          'irq@A': 'fence.isSignaled(p)',
        },
      }),
      program('ask-array-irq', {
        setup: ARRAY,
        tasks: { A: 'fence.getStatus(a)', 'irq@A': 'fence.isSignaled(a)' },
      }),
    ],
    forbids: ['deadlock', 'lockdep', 'sleep-in-atomic'],
    holds: (run) => {
      if (run.program.name !== 'ask-mock') return null;
      const asked = sightsOf(run, 'signaled').map(({ isLocked }) => isLocked);
      return firstOf(
        same('asked with the lock', asked.filter((isLocked) => isLocked).length, 1),
        same('asked without the lock', asked.filter((isLocked) => !isLocked).length, 2),
      );
    },
    witness: {
      container: reached((run) => run.resultOf('A', 'fence.getStatus') === 0, 2),
      inInterrupt: reached(
        (run) =>
          run.program.name === 'ask-mock' &&
          sightsOf(run, 'signaled').some(({ context }) => context === 'hardirq'),
      ),
    },
    faults: [
      'fence-022-array-locks',
      'fence-022-array-sleeps',
      'fence-022-point-locks',
      'fence-022-poll-holds-lock',
    ],
  }),
  property({
    rules: ['FENCE-023'],
    plan: `Polls never go back from true, even when the op does.
      - hardware that says "done" and then "not done", and two tasks that poll
      - an array that is armed while others poll it, and its child signals
      - a point of a timeline that moves on by half the range of its values`,
    programs: [
      program('poll-restarted', {
        setup: 'f = fence.create(signaled: hardware)',
        tasks: {
          A: 'fence.isSignaled(f); fence.isSignaled(f)',
          B: 'fence.isSignaled(f)',
          C: 'hardware.finish(f); hardware.restart(f)',
        },
      }),
      program('poll-array', {
        setup: ARRAY,
        tasks: {
          A: 'fence.isSignaled(a); fence.isSignaled(a)',
          B: 'fence.enableSwSignaling(a); fence.isSignaled(a)',
          C: 'fence.signal(c)',
        },
        teardown: 'fence.isSignaled(a)',
      }),
      program('poll-point', {
        setup: 'p = fence.createPoint(1)',
        tasks: {
          A: 'fence.isSignaled(p); fence.isSignaled(p)',
          B: 'fence.isSignaled(p)',
          C: 'point.advance(p, 1); point.advance(p, 2147483647); point.advance(p, 2)',
        },
      }),
    ],
    forbids: ['results'],
    holds: monotonic,
    witness: {
      turned: reached(turned, 10),
      wentBack: reached(isAskedAfterRestart),
    },
    faults: ['fence-023-poll-keeps-to-itself'],
  }),
  property({
    rules: ['FENCE-024'],
    plan: `Names can be asked for under the lock, in interrupts and after the signal; they stay.
      - a mock, the stub, an array, a point; before, while and after they signal`,
    programs: [
      program('names-mock', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.namesLocked(f); fence.signal(f); fence.namesLocked(f)',
          'irq@A': 'fence.namesLocked(f)',
        },
      }),
      program('names-stub', {
        setup: 's = stub.get()',
        tasks: { A: 'fence.namesLocked(s)', B: 'fence.namesLocked(s)' },
      }),
      program('names-point', {
        setup: 'p = fence.createPoint(1)',
        tasks: {
          A: 'fence.namesLocked(p); point.advance(p, 1); fence.namesLocked(p)',
          'irq@A': 'fence.namesLocked(p)',
        },
      }),
      program('names-array', {
        setup: ARRAY,
        tasks: {
          A: 'fence.signal(c); fence.isSignaled(a); fence.namesLocked(a)',
          'irq@A': 'fence.namesLocked(a)',
        },
      }),
    ],
    forbids: ['sleep-in-atomic', 'deadlock', 'lockdep', 'use-after-free'],
    holds: byProgram({
      'names-mock': sameNames('mock mock'),
      'names-stub': sameNames('stub stub'),
      'names-point': sameNames('sw_sync points'),
      'names-array': sameNames('dma_fence_array unbound'),
    }),
    witness: {
      afterSignal: reached((run) => run.resultOf('A', 'fence.signal') === 0, 2),
    },
    faults: ['fence-024-name-sleeps', 'fence-024-name-of-signaled'],
  }),
  property({
    rules: ['FENCE-025'],
    plan: `A release works in an interrupt, under foreign locks, and never sleeps.
      - the last reference of a fence, an array and a point, dropped by an interrupt
      - the last reference dropped with another fence's lock held`,
    programs: [
      program('release-irq', { setup: 'f = fence.create()', tasks: { irq: 'fence.put(f)' } }),
      program('release-array-irq', {
        setup: 'c = fence.create(); f = array.create([c])',
        tasks: { irq: 'fence.put(f)' },
      }),
      program('release-point-irq', {
        setup: 'f = fence.createPoint(1)',
        tasks: { A: 'point.advance(f, 0)', 'irq@A': 'fence.put(f)' },
      }),
      program('release-under-lock', {
        setup: 'f = fence.create(); g = fence.create(); cb = probe.create(put, f)',
        tasks: { A: 'fence.addCallback(g, cb); fence.signal(g)' },
      }),
    ],
    forbids: ['sleep-in-atomic', 'lockdep', 'deadlock'],
    holds: (run) => same('freed', run.environment.fence('f').freedBy !== null, true),
    witness: {
      inInterrupt: reached((run) => lastPut(run)?.context === 'hardirq', 2),
      underLock: reached((run) => lastPut(run)?.isPinned === true),
    },
    faults: ['fence-025-waits-for-readers', 'fence-025-array-takes-mutex'],
  }),
  property({
    rules: ['FENCE-026'],
    plan: `A custom wait replaces the default one; the core checks, arms and annotates around it.
      - a wait that says -ETIME: pending, and signaled
      - a negative limit never gets that far`,
    programs: [
      program('custom-wait', {
        setup: 'f = fence.create(enable: armed, wait: late)',
        tasks: { A: 'fence.waitTimeout(f, 5); inspect.isEnabled(f); clock.now()' },
      }),
      program('custom-wait-signaled', {
        setup: 'f = fence.create(wait: late); fence.signal(f)',
        tasks: { A: 'fence.waitTimeout(f, 5)' },
      }),
      program('custom-wait-negative', {
        setup: 'f = fence.create(wait: late)',
        tasks: { A: 'fence.waitTimeout(f, -1)' },
      }),
    ],
    allows: ['warn'],
    holds: byProgram({
      'custom-wait': (run) =>
        firstOf(answered(run, 'A', '-62 | true | 1000'), waitedOnce(run), annotated(run)),
      'custom-wait-signaled': (run) => firstOf(answered(run, 'A', '-62'), waitedOnce(run)),
      'custom-wait-negative': (run) =>
        firstOf(
          answered(run, 'A', '-22'),
          same('warnings', warnings(run), 1),
          same('calls of the op', sightsOf(run, 'wait').length, 0),
        ),
    }),
    witness: {
      late: reached((run) => run.resultOf('A', 'fence.waitTimeout') === -62, 2),
      refused: reached((run) => run.resultOf('A', 'fence.waitTimeout') === -22),
    },
    faults: ['fence-026-late-means-0', 'fence-026-not-armed', 'fence-026-default-first'],
  }),
];

/** The op was called once, without the lock, where sleeping is allowed. */
function waitedOnce(run: Run): string | null {
  const waits = sightsOf(run, 'wait');
  return firstOf(
    same('calls of the op', waits.length, 1),
    same('lock held', waits[0]?.isLocked, false),
    same('interrupts on', waits[0]?.irqsEnabled, true),
  );
}

/** Armed first, then the trace points around the op, one of each. */
function annotated(run: Run): string | null {
  const fence = run.environment.fence('f');
  const armed = firstSeen(run, fence, 'enable');
  const begun = firstSeen(run, fence, 'dma_fence_wait_start');
  const points = seen(run, fence, 'dma_fence_wait_start', 'dma_fence_wait_end');
  return firstOf(
    same('armed before it waits', armed >= 0 && armed < begun, true),
    same('trace points', points.map(({ name }) => name).join(' '), WAIT_POINTS),
  );
}

const WAIT_POINTS = 'dma_fence_wait_start dma_fence_wait_end';
