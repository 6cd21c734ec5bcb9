import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same, warnings } from './evidence.ts';

const DONE = `f = fence.create(signaled: hardware); cb = callback.create()
  fence.addCallback(f, cb); hardware.finish(f)`;

/** Properties of status and error. */
export const STATUS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-056'],
    plan: `Status is 0 while pending, then the raw error or else 1.
      - no error, an error, and a positive value stored by mistake`,
    programs: [
      program('status-plain', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.getStatus(f); fence.signal(f); fence.getStatus(f)' },
      }),
      program('status-error', {
        setup: 'f = fence.create(); fence.setError(f, -5)',
        tasks: { A: 'fence.getStatus(f); fence.signal(f); fence.getStatus(f)' },
      }),
      program('status-misused', {
        setup: 'f = fence.create(); fence.setError(f, 5)',
        tasks: { A: 'fence.getStatus(f); fence.signal(f); fence.getStatusLocked(f)' },
      }),
    ],
    allows: ['warn'],
    holds: byProgram({
      'status-plain': (run) => answered(run, 'A', '0 | 0 | 1'),
      'status-error': (run) => answered(run, 'A', '0 | 0 | -5'),
      'status-misused': (run) => answered(run, 'A', '0 | 0 | 5'),
    }),
    witness: { failed: reached((run) => answers(run, 'A').endsWith('-5')) },
    faults: ['fence-056-hides-error', 'fence-056-positive-is-one'],
  }),
  property({
    rules: ['FENCE-057'],
    plan: `A status query polls under the lock: it signals what the issuer knows to be done.
      - the callback runs inside the query, and the issuer is asked with the lock held
      - against another one that polls`,
    programs: [
      program('status-hardware', { setup: DONE, tasks: { A: 'fence.getStatus(f)' } }),
      program('status-poll', {
        setup: DONE,
        tasks: { A: 'fence.getStatus(f)', B: 'fence.isSignaled(f)' },
      }),
    ],
    holds: (run) => {
      const looks = issuerOf(run, 'f').sights.filter((sight) => sight.op === 'signaled');
      const unlocked = looks.filter((sight) => sight.task === 'A' && !sight.isLocked);
      return firstOf(
        answered(run, 'A', '1'),
        same('calls of the callback', run.environment.callback('cb').calls, 1),
        same('questions of A without the lock', unlocked.length, 0),
      );
    },
    witness: {
      asked: reached((run) =>
        issuerOf(run, 'f').sights.some((sight) => sight.task === 'A' && sight.isLocked),
      ),
    },
    faults: ['fence-057-looks-at-flag-only', 'fence-090-status-polls-first'],
  }),
  property({
    rules: ['FENCE-058'],
    plan: `Storing an error stores it even where it complains: once for a signaled fence, once for
      a value that is no error number, twice for both.
      - 0, 5, -4095, -4096; pending and signaled`,
    programs: [
      program('error-0', { setup: 'f = fence.create()', tasks: { A: 'fence.setError(f, 0)' } }),
      program('error-5', { setup: 'f = fence.create()', tasks: { A: 'fence.setError(f, 5)' } }),
      program('error--4095', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.setError(f, -4095)' },
      }),
      program('error--4096', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.setError(f, -4096)' },
      }),
      program('late-error--5', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'fence.setError(f, -5)' },
      }),
      program('late-error-7', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'fence.setError(f, 7)' },
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      const stored = run.environment.fence('f').error.value;
      const told = (value: number, complaints: number): string | null =>
        firstOf(same('stored', stored, value), same('warnings', warnings(run), complaints));
      return byProgram({
        'error-0': () => told(0, 1),
        'error-5': () => told(5, 1),
        'error--4095': () => told(-4095, 0),
        'error--4096': () => told(-4096, 1),
        'late-error--5': () => told(-5, 1),
        'late-error-7': () => told(7, 2),
      })(run);
    },
    witness: {
      silent: reached((run) => warnings(run) === 0),
      twice: reached((run) => warnings(run) === 2),
    },
    faults: ['fence-058-drops-wrong-value', 'fence-058-complains-once'],
  }),
  property({
    rules: ['FENCE-059'],
    plan: `The last of several errors wins, storing takes no lock, and nothing shows it before the
      signal.
      - in a row; by a holder of the lock; two tasks and one that queries`,
    programs: [
      program('errors-in-a-row', {
        setup: 'f = fence.create()',
        tasks: {
          A: `fence.setError(f, -5); fence.getStatus(f); fence.setError(f, -22)
            fence.getStatus(f); fence.signal(f); fence.getStatus(f)`,
        },
      }),
      program('error-under-lock', {
        setup: 'f = fence.create()',
        tasks: {
          A: `fence.lock(f); fence.setError(f, -5); fence.unlock(f); fence.signal(f)
            fence.getStatus(f)`,
        },
      }),
      program('error-query', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.setError(f, -5); fence.setError(f, -22)', B: 'fence.getStatus(f)' },
      }),
    ],
    forbids: ['deadlock', 'lockdep'],
    holds: byProgram({
      'errors-in-a-row': (run) => answered(run, 'A', '0 | 0 | 0 | -22'),
      'error-under-lock': (run) => answered(run, 'A', '0 | -5'),
      'error-query': (run) =>
        firstOf(
          answered(run, 'B', '0'),
          same('stored', run.environment.fence('f').error.value, -22),
        ),
    }),
    witness: { overwritten: reached((run) => answers(run, 'A').endsWith('-22')) },
    faults: ['fence-059-first-error-wins', 'fence-059-error-locks', 'fence-059-error-shows-early'],
  }),
  property({
    rules: ['FENCE-061'],
    plan: `A description is one line: driver, timeline, seq, unsigned number, state. It polls.
      - pending, signaled, hardware done; a number above 2^31`,
    programs: [
      program('describe-pending', {
        setup: 'f = fence.create(seqno: 7)',
        tasks: { A: 'fence.describe(f)' },
      }),
      program('describe-signaled', {
        setup: 'f = fence.create(seqno: 4294967295); fence.signal(f)',
        tasks: { A: 'fence.describe(f)' },
      }),
      program('describe-hardware', { setup: DONE, tasks: { A: 'fence.describe(f)' } }),
    ],
    holds: byProgram({
      'describe-pending': (run) => answered(run, 'A', 'mock mock seq 7 unsignalled\n'),
      'describe-signaled': (run) => answered(run, 'A', 'mock mock seq 4294967295 signalled\n'),
      'describe-hardware': (run) =>
        firstOf(
          answered(run, 'A', 'mock mock seq 1 signalled\n'),
          same('calls of the callback', run.environment.callback('cb').calls, 1),
        ),
    }),
    witness: { polled: reached((run) => run.environment.callback('cb').calls === 1) },
    faults: ['fence-061-signed-number', 'fence-061-looks-at-flag-only'],
  }),
  property({
    rules: ['FENCE-092'],
    plan: `The two value functions of the ops serve debug listings only.
      - a life with and without them is the same, and they are never called`,
    programs: [
      program('life-without-values', {
        setup: 'f = fence.create(enable: armed, signaled: hardware)',
        tasks: {
          A: `fence.enableSwSignaling(f); fence.isSignaled(f); fence.describe(f)
            hardware.finish(f); fence.getStatus(f); fence.waitTimeout(f, 1); fence.describe(f)`,
        },
      }),
      program('life-with-values', {
        setup: 'f = fence.create(enable: armed, signaled: hardware, values: true)',
        tasks: {
          A: `fence.enableSwSignaling(f); fence.isSignaled(f); fence.describe(f)
            hardware.finish(f); fence.getStatus(f); fence.waitTimeout(f, 1); fence.describe(f)`,
        },
      }),
    ],
    holds: (run) =>
      firstOf(
        same('calls of value functions', issuerOf(run, 'f').valueCalls, 0),
        answered(
          run,
          'A',
          'false | mock mock seq 1 unsignalled\n | 1 | 1 | mock mock seq 1 signalled\n',
        ),
      ),
    witness: {
      absent: reached((run) => issuerOf(run, 'f').fenceValueStr === undefined),
      present: reached((run) => issuerOf(run, 'f').fenceValueStr !== undefined),
    },
    faults: ['fence-092-describe-asks-value'],
  }),
];
