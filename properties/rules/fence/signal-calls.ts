import { JIFFY_NS } from '../../../impl/kernel/clock.ts';
import { FenceWatch } from '../../programs/fence-watch.ts';
import { Probe } from '../../programs/probe.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { answered, byProgram, firstOf, issuerOf, same } from './evidence.ts';

function sectionsSeen(run: Run): number | undefined {
  return run.environment.find('cb.probe', Probe).sights[0]?.signallingDepth;
}

/** Signalling sections that were open when the callback ran, and afterwards. */
function sections(expected: number): (run: Run) => string | null {
  return (run) => {
    const open = run.world.tasks.some(({ signallingDepth }) => signallingDepth !== 0);
    return firstOf(
      same('sections in the callback', sectionsSeen(run), expected),
      same('a section is left open', open, false),
    );
  };
}

/** The stored time lies between taking the lock and the moment at which the flag was seen. */
function readInTime(run: Run): string | null {
  const watch = run.environment.find('f.watch', FenceWatch);
  const { changes } = watch;
  const flag = changes.findIndex(({ kind }) => kind === 'SIGNALED');
  const seenNs = changes[flag]?.clockNs ?? 0;
  const lockedNs = changes.findLast(({ kind }, at) => kind === 'lock' && at < flag)?.clockNs ?? 0;
  const storedNs = run.environment.fence('f').timestampNs.value;
  if (storedNs > seenNs) return `the timestamp is ${storedNs - seenNs} ns after the flag`;
  if (storedNs < lockedNs) return `the timestamp is ${lockedNs - storedNs} ns before the lock`;
  return null;
}

/** Time passed between two visible changes of the signal. */
function timePassed(run: Run, from: 'lock' | 'SIGNALED', to: 'SIGNALED' | 'store'): boolean {
  const watch = run.environment.find('f.watch', FenceWatch);
  const first = watch.first(from);
  const last = watch.first(to);
  return first !== undefined && last !== undefined && first.clockNs < last.clockNs;
}

const PROBED = 'f = fence.create(); cb = probe.create(); fence.addCallback(f, cb)';
const TIMED = 'f = fence.create(); watch.fence(f)';

/** Properties of the variants of signalling: sections, timestamps, arming. */
export const SIGNAL_CALLS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-037'],
    plan: `Only the plain unlocked signal opens a signalling section, and it closes it again.
      - a callback counts sections: plain, timestamped, both locked variants, the two polls`,
    programs: [
      program('section-plain', { setup: PROBED, tasks: { A: 'fence.signal(f)' } }),
      program('section-timestamp', { setup: PROBED, tasks: { A: 'fence.signalTimestamp(f, 7)' } }),
      program('section-locked', { setup: PROBED, tasks: { A: 'fence.signalLocked(f)' } }),
      program('section-timestamp-locked', {
        setup: PROBED,
        tasks: { A: 'fence.signalTimestampLocked(f, 7)' },
      }),
      program('section-again', {
        setup: PROBED,
        tasks: { A: 'fence.signal(f); fence.signal(f)', B: 'fence.signal(f)' },
      }),
    ],
    holds: byProgram({
      'section-plain': sections(1),
      'section-timestamp': sections(0),
      'section-locked': sections(0),
      'section-timestamp-locked': sections(0),
      'section-again': sections(1),
    }),
    witness: {
      inside: reached((run) => sectionsSeen(run) === 1),
      outside: reached((run) => sectionsSeen(run) === 0, 3),
    },
    faults: [
      'fence-037-no-section',
      'fence-037-timestamp-opens',
      'fence-037-locked-opens',
      'fence-037-loser-leaves-open',
    ],
  }),
  property({
    rules: ['FENCE-038'],
    plan: `Without a given timestamp the clock is read under the lock, before the flag is set.
      - time may pass at any step while a signaller competes for the lock
      - signals that the core makes: for polls, for status queries, for an issuer who refuses to arm`,
    programs: [
      program('time-passes', {
        world: { time: 'free' },
        setup: TIMED,
        tasks: {
          A: 'fence.signal(f)',
          B: 'fence.lock(f); inspect.flag(f); fence.unlock(f)',
          C: 'task.sleep(1)',
        },
      }),
      program('time-passes-locked', {
        world: { time: 'free' },
        setup: TIMED,
        tasks: { A: 'fence.signalLocked(f)', C: 'task.sleep(1)' },
      }),
      program('by-the-core', {
        setup: `p = fence.create(signaled: hardware); q = fence.create(signaled: hardware)
          f = fence.create(enable: refuses); hardware.finish(p); hardware.finish(q)`,
        tasks: {
          A: `task.sleep(3); fence.isSignaled(p); fence.getStatus(q); fence.enableSwSignaling(f)
            tp = fence.timestamp(p); tq = fence.timestamp(q); tf = fence.timestamp(f)`,
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name !== 'by-the-core') return readInTime(run);
      const now = BOOT_NS + 3 * JIFFY_NS;
      return results({ 'by-the-core': { tp: now, tq: now, tf: now } })(run);
    },
    witness: {
      afterFlag: reached((run) => timePassed(run, 'SIGNALED', 'store')),
      beforeLock: reached((run) => run.environment.fence('f').timestampNs.value > BOOT_NS),
    },
    faults: [
      'fence-038-read-before-lock',
      'fence-038-read-when-stored',
      'fence-038-no-time-for-status',
    ],
  }),
  property({
    rules: ['FENCE-039'],
    plan: `A given timestamp is stored as it is: the past, the future, and out of order.
      - with and without the lock; two fences of one context the wrong way round`,
    programs: [
      program('timestamp-past', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.signalTimestamp(f, 7); fence.timestamp(f)' },
      }),
      program('timestamp-future', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.signalTimestampLocked(f, 9000000000); fence.timestamp(f)' },
      }),
      program('timestamp-order', {
        setup: 'f = fence.create(1, 9); g = fence.create(2, 9)',
        tasks: {
          A: `fence.signalTimestamp(f, 9000000000); fence.signalTimestamp(g, 7)
              fence.timestamp(f); fence.timestamp(g)`,
        },
      }),
    ],
    holds: byProgram({
      'timestamp-past': (run) => answered(run, 'A', '0 | 7'),
      'timestamp-future': (run) => answered(run, 'A', '0 | 9000000000'),
      'timestamp-order': (run) => answered(run, 'A', '0 | 0 | 9000000000 | 7'),
    }),
    witness: {
      past: reached((run) => run.resultOf('A', 'fence.timestamp') === 7),
      future: reached((run) => run.resultOf('A', 'fence.timestamp') === 9_000_000_000),
    },
    faults: ['fence-039-not-after-now', 'fence-039-not-before-now'],
  }),
  property({
    rules: ['FENCE-040'],
    plan: `A fence that nobody has armed can be signaled, and is never armed afterwards.
      - the signal, then an add and an enabling: the op is not called
      - the signal against an add`,
    programs: [
      program('signal-unarmed', {
        setup: 'f = fence.create(enable: armed); cb = callback.create()',
        tasks: {
          A: `inspect.isEnabled(f); fence.signal(f); inspect.isEnabled(f)
              fence.addCallback(f, cb); fence.enableSwSignaling(f)`,
        },
      }),
      program('signal-unarmed-locked', {
        setup: 'f = fence.create(enable: armed); cb = callback.create()',
        tasks: {
          A: `inspect.isEnabled(f); fence.signalTimestampLocked(f, 7); inspect.isEnabled(f)
              fence.addCallback(f, cb); fence.enableSwSignaling(f)`,
        },
      }),
    ],
    holds: (run) =>
      firstOf(
        answered(run, 'A', 'false | 0 | false | -2'),
        same('calls of the op', issuerOf(run, 'f').enableCalls, 0),
      ),
    witness: { refused: reached((run) => run.resultOf('A', 'fence.addCallback') === -2, 2) },
    faults: ['fence-040-arms-first', 'fence-040-unarmed-refused'],
  }),
];

/** The time at which the tasks start. Unit: nanoseconds. */
const BOOT_NS = 1000 * JIFFY_NS;
