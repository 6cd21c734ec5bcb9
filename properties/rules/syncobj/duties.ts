import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { OPEN } from './calls.ts';

const EBADF = -9;
const ETIME = -62;

const LOCKED = `${OPEN}; a = so.create(t, 1); b = so.create(t); g = dumb.create(t); resv.lock(g.resv)`;

/** Calls that wait for submission, and whether they may while a lock is held. */
const CALLS: Readonly<Record<string, readonly [call: string, isAllowed: boolean]>> = {
  wait: ['so.wait(t, [a])', true],
  'wait-submit': ['so.wait(t, [a], submit)', false],
  'wait-available': ['so.timelineWait(t, [a], [0], available)', false],
  transfer: ['so.transfer(t, a, 0, b, 0)', true],
  'transfer-submit': ['so.transfer(t, a, 0, b, 0, submit)', false],
  lookup: ['so.findFence(t, a)', true],
  'lookup-submit': ['so.findFence(t, a, 0, submit)', false],
  others: ['so.signal(t, [a, b]); so.reset(t, [b]); so.timelineSignal(t, [b], [4])', true],
};

const READING = 'lookup-submit-reading';

function complaints(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lock-misuse').length;
}

/** Properties of what must not be held, and of the end of files. */
export const DUTY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-033'],
    plan: `Who waits for user space to submit something must hold no lock; that is checked when the call
      begins, whether it will have to wait or not.
      - waits, transfers and lookups with and without the flag, with a reservation held
      - the same without a lock
      - a lookup that has nothing to wait for, in a read section`,
    programs: [
      ...Object.entries(CALLS).flatMap(([name, [call]]) => [
        program(name, { tasks: { A: `${LOCKED}; ${call}; resv.unlock(g.resv)` } }),
        program(`${name}-unlocked`, { tasks: { A: `${LOCKED}; resv.unlock(g.resv); ${call}` } }),
      ]),
      program(READING, {
        setup: `${OPEN}; a = so.create(t, 1)`,
        tasks: { A: 'rcu.readLock(); so.findFence(t, a, 0, submit); rcu.readUnlock()' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === READING) {
        const isNoticed = run.violations.some(({ kind }) => kind === 'sleep-in-atomic');
        return isNoticed ? null : 'nobody minds a wait in a read section';
      }
      const [, isAllowed] = CALLS[run.program.name] ?? ['', true];
      const wanted = isAllowed ? 0 : 1;
      const seen = complaints(run);
      return seen === wanted ? null : `${run.program.name}: ${seen} complaints, not ${wanted}`;
    },
    allows: ['lock-misuse', 'sleep-in-atomic'],
    witness: { complained: reached((run) => complaints(run) === 1, 4) },
    faults: [
      'syncobj-033-only-when-waiting',
      'syncobj-033-lookups-may',
      'syncobj-033-always',
      'syncobj-033-anywhere',
    ],
  }),
  property({
    rules: ['SYNCOBJ-034'],
    plan: `The end of a device file drops all handles, once no call on it runs any more; who waits has
      references of its own.
      - a close, and the end of a process, beside a wait; what is left of the objects
      - a descriptor that keeps an object beyond the file`,
    programs: [
      program('waits', {
        setup: `${OPEN}; f = fence.create(); a = so.create(t); b = so.create(t)
          syncobj.replace(a.syncobj, f)`,
        tasks: {
          A: 'w = so.timelineWait(t, [a, b], [0, 0], all+submit, 20); fa = inspect.isFreed(a.syncobj)',
          B: `task.sleep(5); c = sys.close(t); bad = so.wait(t, [a]); na = syncobj.references(a.syncobj)
            syncobj.replace(b.syncobj, f); task.sleep(40); fb = inspect.isFreed(b.syncobj)
            fence.signal(f)`,
        },
      }),
      program('races', {
        setup: `${OPEN}; a = so.create(t)`,
        tasks: { A: 'w = so.wait(t, [a], submit, 5)', B: 'sys.close(t)' },
      }),
      program('kept', {
        tasks: {
          A: `${OPEN}; a = so.create(t, 1); b = so.create(t); x = so.toFd(t, a); sys.close(t)
            ka = inspect.isFreed(a.syncobj); kb = inspect.isFreed(b.syncobj); u = drm.open(s)
            c = so.fromFd(u, x); w = so.wait(u, [c])`,
        },
      }),
      program('killed', {
        setup: `${OPEN}; a = so.create(t); x = so.toFd(t, a); sys.fork(child); sys.close(t)`,
        tasks: {
          'child/B': 'w = so.wait(t, [a], submit, forever)',
          A: `task.sleep(5); n = syncobj.references(a.syncobj); sys.kill(child); task.sleep(5)
            m = syncobj.references(a.syncobj); u = drm.open(s); c = so.fromFd(u, x)
            so.signal(u, [c]); v = so.wait(u, [c])`,
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'races') {
        const w = resultNamed(run, 'w');
        return w === ETIME || w === EBADF ? null : `the wait returns ${String(w)}`;
      }
      return results({
        waits: { c: 0, bad: EBADF, na: 2, w: ETIME, fa: true, fb: true },
        kept: { ka: false, kb: true, c: 1, w: 'first 0' },
        killed: { n: 3, m: 1, c: 1, v: 'first 0' },
      })(run);
    },
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['use-after-free', 'refcount', 'leak', 'deadlock', 'double-free'],
    witness: {
      waited: reached((run) => resultNamed(run, 'fa') === true),
      killed: reached((run) => resultNamed(run, 'm') === 1),
    },
    faults: ['syncobj-034-borrows', 'syncobj-034-not-released', 'syncobj-034-twice'],
  }),
];
