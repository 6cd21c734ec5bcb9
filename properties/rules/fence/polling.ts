import { type Property, property, reached } from '../../check/property.ts';
import type { CallRecord } from '../../run/history.ts';
import type { Run } from '../../run/run.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same, seen } from './evidence.ts';

const HARDWARE = 'f = fence.create(signaled: hardware)';
const WATCHED = `${HARDWARE}; cb = callback.create(); fence.addCallback(f, cb)`;

function polls(run: Run): readonly CallRecord[] {
  return run.calls.filter(({ call, end }) => call.op === 'fence.isSignaled' && end !== null);
}

/** A true poll that had ended before another one began, which was false. */
function stable(run: Run): string | null {
  const all = polls(run);
  for (const done of all) {
    if (done.result !== true || done.end === null) continue;
    const { task, end } = done;
    const later = all.find((poll) => poll.begin > end && poll.result === false);
    if (later !== undefined) return `true for ${task}, and later false for ${later.task}`;
  }
  return null;
}

/** In which sections, and by whom, callbacks were called. */
function depths(run: Run): string {
  const calls = seen(run, run.environment.callback('cb'), 'run');
  return calls.map(({ task, signallingDepth }) => `${task} ${signallingDepth}`).join(', ');
}

/** Properties of the two polls. */
export const POLLING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-053'],
    plan: `A poll is true at once on a signaled fence; it signals what the issuer knows to be done.
      - pending without the op, pending with the op, hardware done, signaled
      - callbacks run in the poller; a signaled fence is not asked about again`,
    programs: [
      program('poll-without-op', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.isSignaled(f); fence.signal(f); fence.isSignaled(f)' },
      }),
      program('poll-hardware', {
        setup: WATCHED,
        tasks: {
          A: `fence.isSignaled(f); fence.glance(f); hardware.finish(f)
            fence.isSignaled(f); fence.glance(f); fence.isSignaled(f)`,
        },
      }),
    ],
    holds: byProgram({
      'poll-without-op': (run) => answered(run, 'A', 'false | 0 | true'),
      'poll-hardware': (run) =>
        firstOf(
          answered(run, 'A', 'false | pending enabled listed 1 | true | signaled enabled | true'),
          same('callbacks run', depths(run), 'A 1'),
          same('calls of the op', issuerOf(run, 'f').signaledCalls, 2),
        ),
    }),
    witness: {
      signaledByPoll: reached((run) => answers(run, 'A').includes('| true | signaled')),
    },
    faults: ['fence-053-poll-only-reports', 'fence-053-asks-when-signaled'],
  }),
  property({
    rules: ['FENCE-054'],
    plan: `Polling never enables signalling.
      - a fence that relies on being armed polls false for ever
      - plain poll, locked poll, status and describe`,
    programs: [
      program('poll-many', {
        setup: 'f = fence.create(enable: armed, signaled: hardware)',
        tasks: {
          A: `fence.isSignaled(f); fence.isSignaled(f); fence.isSignaledLocked(f)
            fence.getStatus(f); fence.glance(f)`,
        },
      }),
    ],
    holds: (run) =>
      firstOf(
        answered(run, 'A', 'false | false | false | 0 | pending'),
        same('calls of enable_signaling', issuerOf(run, 'f').enableCalls, 0),
      ),
    witness: { polled: reached((run) => issuerOf(run, 'f').signaledCalls === 4) },
    faults: ['fence-054-poll-arms'],
  }),
  property({
    rules: ['FENCE-055'],
    plan: `A poll that returned true is stable: all later polls by anyone return true.
      - pollers against hardware that finishes, and that even takes its word back
      - pollers against a signaller`,
    programs: [
      program('poll-poll-hardware', {
        setup: HARDWARE,
        tasks: {
          A: 'fence.isSignaled(f); fence.isSignaled(f)',
          B: 'hardware.finish(f); hardware.restart(f)',
        },
      }),
      program('pollers-hardware', {
        setup: HARDWARE,
        tasks: {
          A: 'fence.isSignaled(f)',
          B: 'hardware.finish(f); hardware.restart(f)',
          C: 'fence.isSignaled(f)',
        },
      }),
      program('poll-poll-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.isSignaled(f); fence.isSignaled(f)', B: 'fence.signal(f)' },
      }),
    ],
    // This is about histories only; single answers are FENCE-053.
    allows: ['results', 'refinement'],
    holds: stable,
    witness: {
      wentBack: reached(
        (run) =>
          polls(run).some((poll) => poll.result === true) &&
          run.program.name === 'poll-poll-hardware' &&
          issuerOf(run, 'f').hardwareDone.value === 0,
      ),
      changed: reached((run) => new Set(polls(run).map((poll) => poll.result)).size === 2),
    },
    faults: ['fence-053-poll-only-reports'],
  }),
  property({
    rules: ['FENCE-090'],
    plan: `There are two polls. The plain one signals in a signalling section and takes the lock;
      the locked one has the lock, and opens no section; a status query is the locked one.`,
    programs: [
      program('plain-poll', {
        setup: `${WATCHED}; hardware.finish(f)`,
        tasks: { A: 'fence.isSignaled(f)' },
      }),
      program('locked-poll', {
        setup: `${WATCHED}; hardware.finish(f)`,
        tasks: { A: 'fence.isSignaledLocked(f)' },
      }),
      program('status-poll', {
        setup: `${WATCHED}; hardware.finish(f)`,
        tasks: { A: 'fence.getStatus(f)' },
      }),
      program('locked-status-poll', {
        setup: `${WATCHED}; hardware.finish(f)`,
        tasks: { A: 'fence.getStatusLocked(f)' },
      }),
    ],
    forbids: ['lock-misuse', 'deadlock', 'lockdep'],
    holds: (run) => {
      const isPlain = run.program.name === 'plain-poll';
      const looks = issuerOf(run, 'f').sights.filter((sight) => sight.op === 'signaled');
      return firstOf(
        same('callbacks by depth of sections', depths(run), isPlain ? 'A 1' : 'A 0'),
        same('asked with the lock', looks.map((sight) => sight.isLocked).join(), String(!isPlain)),
      );
    },
    witness: {
      plain: reached((run) => depths(run) === 'A 1'),
      locked: reached((run) => depths(run) === 'A 0'),
    },
    faults: ['fence-090-status-polls-first', 'fence-090-plain-poll-without-section'],
  }),
];
