import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { callOf, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const POINT = 't = sys.timeline(); f = sys.createFence(t, 1)';
/** `g` is the number that the next descriptor gets. */
const NEXT = `${POINT}; g = sys.timeline(); sys.close(g)`;
const LOOKS = 's0 = sys.info(g); s1 = sys.info(g)';

const EBADF = -9;
const ENOMEM = -12;

/** One more reference exactly when the file could be made. */
function countsFile(run: Run): string | null {
  const isMade = resultNamed(run, 'o') === 0;
  const references = resultNamed(run, 'n');
  if (references === (isMade ? 2 : 1)) return null;
  return `a file was ${isMade ? '' : 'not '}made, and the fence has ${String(references)} references`;
}

/** Whoever found the fence has waited for it; whoever came too late has found nothing. */
function waitsOrMisses(run: Run): string | null {
  const waited = resultNamed(run, 'w');
  if (waited === 'NULL') {
    const closed = callOf(run, 'B', 'sys.close');
    return closed === undefined ? 'the descriptor is open, and has no fence' : null;
  }
  const [signal] = sighted(run, 'f.fence', 'signal');
  const wait = callOf(run, 'A', 'driver.waitFor');
  const isEarly = signal === undefined || signal.step > (wait?.end ?? 0);
  return waited === 0 && isEarly ? 'the wait is over, and the fence is pending' : null;
}

/** While a request that fails runs, nobody finds anything under the number that it reserved. */
function neverShown(run: Run): string | null {
  if (resultNamed(run, 'made') === 0) return null;
  const seen = [resultNamed(run, 's0'), resultNamed(run, 's1')].find((result) => result !== EBADF);
  return seen === undefined ? null : `the request fails, and its number gives ${String(seen)}`;
}

/** The job begins behind the in-fence, and its out-fence comes behind the job. */
function keepsOrder(run: Run): string | null {
  const job = callOf(run, 'consumer', 'hardware.finish');
  const signals = ['f.fence', 'g.fence'].map((name) => sighted(run, name, 'signal')[0]?.step);
  const late = signals.some((step) => step === undefined || step > (job?.begin ?? 0));
  if (late) return 'the hardware is at work before the in-fence has signaled';
  const [out] = sighted(run, 'k', 'signal');
  return out === undefined || out.step < (job?.end ?? 0) ? 'the out-fence is early' : null;
}

/** Properties of making, finding and closing files. */
export const LIFE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-001'],
    plan: `A file takes one reference on its fence, or none when it cannot be made.
      - a driver publishes a fence; the allocation succeeds and fails`,
    programs: [
      program('create', {
        setup: 'k = fence.create()',
        world: { failuresMax: 1 },
        tasks: { A: 'o = driver.outFence(k); n = inspect.references(k)' },
      }),
    ],
    forbids: ['refcount', 'use-after-free', 'leak'],
    holds: countsFile,
    witness: {
      made: reached((run) => resultNamed(run, 'o') === 0),
      failed: reached((run) => resultNamed(run, 'o') === ENOMEM),
    },
    faults: ['syncfile-001-borrows', 'syncfile-001-keeps-when-failing'],
  }),
  property({
    rules: ['SYNCFILE-002'],
    plan: `A descriptor gives a new reference on the very fence of its file, or NULL.
      - pending, signaled, a container; closed, never opened, an epoll set, a timeline`,
    programs: [
      program('found', {
        setup: `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1); m = sys.merge(f, g)`,
        tasks: {
          A: `a = driver.inFence(f); n = inspect.references(f.fence); c = driver.inFence(m)
            sys.inc(t, 1); b = driver.inFence(f); n2 = inspect.references(f.fence)`,
        },
      }),
      program('missing', {
        setup: `${POINT}; e = sys.epoll(); sys.close(f)`,
        tasks: {
          A: `a = driver.inFence(f); b = driver.inFence(-1); c = driver.inFence(e)
            d = driver.inFence(t)`,
        },
      }),
    ],
    forbids: ['refcount', 'use-after-free', 'leak'],
    holds: results({
      // Its file, the merged array, and the caller.
      found: { a: 'f.fence', n: 3, c: 'm.fence', b: 'f.fence', n2: 4 },
      missing: { a: 'NULL', b: 'NULL', c: 'NULL', d: 'NULL' },
    }),
    witness: {
      container: reached((run) => resultNamed(run, 'c') === 'm.fence'),
      missing: reached((run) => resultNamed(run, 'd') === 'NULL'),
    },
    faults: [
      'syncfile-002-unpacks',
      'syncfile-002-signaled-is-none',
      'syncfile-003-borrows',
      'syncfile-027-first-part',
    ],
  }),
  property({
    rules: ['SYNCFILE-003'],
    plan: `A fence from a descriptor outlives the descriptor.
      - one task finds the fence and waits for it, another closes, and a third signals`,
    programs: [
      program('close', {
        setup: POINT,
        tasks: { A: 'w = driver.waitFor(f)', B: 'sys.close(f)', C: 'sys.close(t)' },
      }),
    ],
    forbids: ['refcount', 'use-after-free', 'double-free', 'warn', 'leak', 'deadlock'],
    holds: waitsOrMisses,
    witness: {
      waits: reached((run) => resultNamed(run, 'w') === 0),
      misses: reached((run) => resultNamed(run, 'w') === 'NULL'),
      closedDuringWait: reached((run) => {
        const wait = callOf(run, 'A', 'driver.waitFor');
        const close = callOf(run, 'B', 'sys.close');
        if (wait?.result !== 0 || close?.end === null) return false;
        return (close?.end ?? 0) < (wait.end ?? 0) && (close?.begin ?? 0) > wait.begin;
      }),
    },
    faults: ['syncfile-003-borrows'],
  }),
  property({
    rules: ['SYNCFILE-015'],
    plan: `Closing a file takes its callback back, and no callback touches the file afterwards.
      - the file was polled; then its close races with the signal of its fence
      - somebody holds the file while a second task closes it`,
    programs: [
      program('close-signal', {
        setup: `${POINT}; sys.poll(f)`,
        tasks: { A: 'sys.close(f)', B: 'sys.inc(t, 1)' },
      }),
      program('close-poll', {
        setup: POINT,
        tasks: { A: 'sys.close(f)', B: 'sys.poll(f, in)', C: 'sys.inc(t, 1)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['use-after-free', 'double-free', 'refcount', 'warn', 'bug', 'leak', 'refinement'],
    witness: {
      removes: reached((run) => sighted(run, 'f.fence', 'removeCallback')[0]?.result === 1, 10),
      comesTooLate: reached(
        (run) => sighted(run, 'f.fence', 'removeCallback')[0]?.result === 0,
        10,
      ),
    },
    faults: ['syncfile-015-leaves-callback', 'syncfile-015-drops-fence-first'],
  }),
  property({
    rules: ['SYNCFILE-026'],
    plan: `A descriptor is installed last, when nothing can fail any more.
      - a merge and a new point fail for want of memory, or since nobody can be told
      - meanwhile another task tries the number that they have reserved`,
    programs: [
      program('merge', {
        setup: NEXT,
        world: { failuresMax: 1 },
        tasks: { A: 'made = sys.merge(f, f, memory: readOnly)', B: LOOKS },
      }),
      program('createFence', {
        setup: NEXT,
        world: { failuresMax: 1 },
        tasks: { A: 'made = sys.createFence(t, 5, memory: readOnly)', B: LOOKS },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: neverShown,
    witness: {
      during: reached((run) => {
        const [request] = run.calls.filter(({ call }) => call.out === 'made');
        const [look] = run.calls.filter(({ call }) => call.out === 's0');
        return (look?.begin ?? 0) > (request?.begin ?? 0) && (look?.end ?? 0) < (request?.end ?? 0);
      }, 10),
      withoutMemory: reached((run) => resultNamed(run, 'made') === ENOMEM),
    },
    faults: ['syncfile-026-merge-installs-first', 'syncfile-026-point-installs-first'],
  }),
  property({
    rules: ['SYNCFILE-027'],
    plan: `A consumer's hardware starts behind the in-fence, its out-fence signals behind the job.
      - the in-fence is a merge of two points that signal in turn, at any moment
      - the consumer waits in the kernel, runs its job, and signals what it has published`,
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    programs: [
      program('consumer', {
        setup: `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1); m = sys.merge(f, g)
          k = fence.create(); o = driver.outFence(k)`,
        tasks: {
          consumer: 'driver.waitFor(m); hardware.finish(k); fence.signal(k)',
          producer: 'sys.inc(t, 1); sys.inc(u, 1)',
          user: 'p = sys.poll(o, in, -1)',
        },
      }),
    ],
    forbids: ['deadlock'],
    holds: both(keepsOrder, results({ consumer: { p: 'in' } })),
    witness: {
      waits: reached((run) => sighted(run, 'm.fence', 'wait.link').length > 0, 10),
    },
    faults: ['syncfile-027-first-part'],
  }),
];
