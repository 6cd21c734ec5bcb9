import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';

const ENOENT = -2;
const ENOMEM = -12;
const EINVAL = -22;

/** One ring with room for two jobs, and one entity on it. */
export const RING = 's = sched.create(2); e = sched.entity([s])';

/** One task alone: the worker and interrupts go on where it waits. */
export const SEQUENTIAL: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 20 }];

/** Nothing of a job or a fence is lost, or used by two. */
export const SAFE = ['leak', 'use-after-free', 'double-free', 'refcount'] as const;

/** What the machines say of a run that misuses jobs. */
const refused = (run: Run): string =>
  run.findings
    .filter(({ judge }) => judge === 'refinement')
    .map(({ message }) => message)
    .join('; ');

const judged = (run: Run, judge: string): number =>
  run.findings.filter((finding) => finding.judge === judge).length;

/** Properties of a job before the scheduler has it. */
export const JOB_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-001'],
    plan: `A job is initialised, gets its dependencies, is armed, pushed, run, done, freed; or it is given up
      before it is armed. Whatever it had is given back.
      - a whole life; a job given up with dependencies and without
      - a job given up after it was armed: the model minds`,
    programs: [
      program('life', {
        setup: RING,
        tasks: {
          A: `f = fence.create(); j = sched.job(e); sched.depend(j, f); sched.arm(j); sched.push(j)
            p = sched.progress(j); fence.signal(f); w = fence.wait(j.finished); task.sleep(1)
            q = sched.progress(j); r = sched.frees(s); n = inspect.references(f)`,
        },
      }),
      program('given-up', {
        setup: RING,
        tasks: {
          A: `f = fence.create(); j = sched.job(e); sched.depend(j, f); sched.abort(j)
            k = sched.job(e); sched.abort(k); n = inspect.references(f); r = sched.runs(s)`,
        },
      }),
      program('too-late', {
        setup: RING,
        tasks: { A: 'j = sched.job(e); sched.arm(j); sched.abort(j)' },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'refinement'],
    allows: ['refinement'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'too-late') {
        const said = refused(run);
        return said.startsWith('j: free is forbidden here')
          ? null
          : `an armed job is given up: ${said}`;
      }
      if (refused(run) !== '') return refused(run);
      return results({
        life: { j: 0, p: 'pending', w: 0, q: 'done', r: 'j', n: 1 },
        'given-up': { j: 0, k: 0, n: 1, r: '' },
      })(run);
    },
    witness: {
      freed: reached((run) => resultNamed(run, 'r') === 'j'),
      refused: reached((run) => refused(run) !== ''),
    },
    faults: ['sched-001-keeps-memory', 'sched-001-keeps-dependencies'],
  }),
  property({
    rules: ['SCHED-002'],
    plan: `A job of an entity without a run queue is refused with -ENOENT, then one without credits with
      -EINVAL, then one without memory; there is no fence yet, and nothing is left behind.
      - each, and two at once; an entity with a priority that its ring does not have`,
    programs: [
      program('errors', {
        setup: `${RING}; x = sched.entity([]); t = sched.create(2, runQueues: 3); y = sched.entity([t], 9)
          z = sched.entity([t], 2); v = sched.entity([t], 0)`,
        tasks: {
          A: `none = sched.job(x); both = sched.job(x, credits: 0); zero = sched.job(e, credits: 0)
            w = inspect.world(); again = sched.job(e, credits: 0); c = inspect.changes(w)
            py = sched.place(y); pz = sched.place(z); pv = sched.place(v); j = sched.submit(y)
            fence.wait(j.finished)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${RING}; x = sched.entity([])`,
        tasks: {
          A: `w = inspect.world(); j = sched.job(e); c = inspect.changes(w); none = sched.job(x)
            zero = sched.job(e, credits: 0)`,
        },
        teardown: 'sched.abandon(j)',
      }),
    ],
    forbids: [...SAFE, 'bug'],
    holds: (run) => {
      if (run.program.name === 'errors') {
        return results({
          errors: {
            none: ENOENT,
            both: ENOENT,
            zero: EINVAL,
            again: EINVAL,
            c: 'nothing',
            py: 't/2',
            pz: 't/2',
            pv: 't/0',
            j: 0,
          },
        })(run);
      }
      const [j, changes] = [resultNamed(run, 'j'), resultNamed(run, 'c')];
      if (resultNamed(run, 'none') !== ENOENT || resultNamed(run, 'zero') !== EINVAL) {
        return 'memory is asked for before arguments are looked at';
      }
      if (j === 0) return run.world.failuresLeft === 0 ? 'a job is made without memory' : null;
      return j === ENOMEM && changes === 'nothing' ? null : `${String(j)}, and ${String(changes)}`;
    },
    schedules: SEQUENTIAL,
    witness: {
      failed: reached((run) => resultNamed(run, 'j') === ENOMEM),
      clamped: reached((run) => resultNamed(run, 'py') === 't/2'),
    },
    faults: [
      'sched-002-credits-first',
      'sched-002-takes-zero',
      'sched-002-keeps-job',
      'BUG-SCHED-05',
    ],
  }),
  property({
    rules: ['SCHED-003'],
    plan: `Arming picks the ring, and gives the next number of the entity to both fences, which are in two
      contexts next to each other.
      - two entities in turn; a job that is given up in between takes no number`,
    programs: [
      program('numbers', {
        setup: `${RING}; o = sched.entity([s])`,
        tasks: {
          A: `a = sched.submit(e, instant); x = sched.job(e); sched.abort(x); b = sched.submit(o, instant)
            fence.wait(a.finished); c = sched.submit(e, instant); fence.wait(c.finished)
            sa = inspect.seqno(a.scheduled); fa = inspect.seqno(a.finished)
            sb = inspect.seqno(b.scheduled); sc = inspect.seqno(c.scheduled)
            fc = inspect.seqno(c.finished); ca = inspect.context(a.scheduled)
            da = inspect.context(a.finished); cc = inspect.context(c.scheduled)
            cb = inspect.context(b.scheduled); db = inspect.context(b.finished)
            text = fence.describe(c.finished)`,
        },
      }),
    ],
    holds: both(
      results({
        numbers: {
          sa: 1,
          fa: 1,
          sb: 1,
          sc: 2,
          fc: 2,
          text: 'drm_sched s seq 2 signalled\n',
        },
      }),
      (run) => {
        const [ca, da, cc, cb, db] = ['ca', 'da', 'cc', 'cb', 'db'].map((name) =>
          Number(resultNamed(run, name)),
        );
        if (da !== Number(ca) + 1 || db !== Number(cb) + 1) return 'contexts are not adjacent';
        return cc === ca && cb !== ca && cb !== da
          ? null
          : 'contexts are not those of the entities';
      },
    ),
    schedules: SEQUENTIAL,
    witness: { second: reached((run) => resultNamed(run, 'sc') === 2) },
    faults: ['sched-003-one-context', 'sched-003-faces-differ', 'sched-003-numbers-of-ring'],
  }),
  property({
    rules: ['SCHED-004'],
    plan: `Whoever arms and pushes jobs of one entity does both under one lock: then numbers rise from push
      to push.
      - two submitters with the lock of their driver
      - control: without it, the judge of the order of jobs finds a push with a lower number`,
    programs: [
      program('locked', {
        setup: RING,
        tasks: { A: 'a = sched.submit(e, instant)', B: 'b = sched.submit(e, instant)' },
      }),
      program('unlocked', {
        setup: `${RING}; a = sched.job(e, instant); b = sched.job(e, instant)`,
        tasks: { A: 'sched.arm(a); sched.push(a)', B: 'sched.arm(b); sched.push(b)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 40 }],
    forbids: ['job order'],
    allows: ['job order'],
    holds: (run) => {
      if (run.program.name === 'locked') {
        return judged(run, 'job order') === 0 ? null : 'numbers fall though there is a lock';
      }
      const pushes = run.sightings.filter(
        ({ name, object }) => name === 'push' && object.kind === 'schedJob',
      );
      const isFalling = (pushes[0]?.detail ?? 0) > (pushes[1]?.detail ?? 0);
      return isFalling === judged(run, 'job order') > 0 ? null : 'the judge has not seen it';
    },
    witness: {
      falling: reached((run) => run.program.name === 'unlocked' && judged(run, 'job order') > 0),
    },
    faults: ['sched-004-numbers-begin-again', 'sched-004-numbers-fall'],
  }),
];
