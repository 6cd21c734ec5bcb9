import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { RING, SAFE, SEQUENTIAL } from './jobs.ts';

const EIO = -5;
const ECANCELED = -125;

/** A job by its fence: what happened to it, in order, by the names of events. */
function story(run: Run, job: string, names: readonly string[]): string {
  const fence = run.environment.fence(`${job}.scheduled`);
  const mine = run.sightings.filter(({ name, object }) => {
    if (!names.includes(name)) return false;
    if (name === 'signal') return object === fence;
    if (object.kind === 'schedFence') return object === ownerOf(run, job);
    return object.label === job;
  });
  return mine.map(({ name }) => name).join(' ');
}

function ownerOf(run: Run, job: string): unknown {
  const { ops } = run.environment.fence(`${job}.scheduled`);
  return 'owner' in ops ? ops.owner : null;
}

/** The finished fences of `a` and `b` have signaled once, in this order. */
function signalsOnce(run: Run): string | null {
  for (const job of ['a', 'b']) {
    const face = run.environment.value(`${job}.finished`);
    const signals = run.sightings.filter(
      ({ name, object }) => name === 'signal' && object === face,
    );
    if (face !== undefined && signals.length !== 1) return `${job} signals ${signals.length} times`;
  }
  const order = run.sightings.flatMap(({ name, object }) =>
    name === 'signal' && object.label.endsWith('.finished') ? [object.label] : [],
  );
  return order.join(' ') === order.toSorted().join(' ') ? null : `in the order ${order.join(' ')}`;
}

const isSignaled = (run: Run, job: string): boolean =>
  (run.environment.fence(`${job}.finished`).flags.bits & SIGNALED) !== 0;

/** Properties of jobs with the hardware. */
export const RUNNING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-016'],
    plan: `A job is on the list of pending ones, and the timer armed, before run is called; that it was given to the
      hardware is told after run came back, with the hardware's fence in place.
      - a job that waits, and one that is done at once; the events in their order
      - somebody who waits for the first face looks for the hardware's fence`,
    programs: [
      program('order', {
        setup: 's = sched.create(2, 1000); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, late); fence.wait(a.scheduled)
            n = sched.parent(a); p = sched.pending(s); fence.wait(b.scheduled); m = sched.parent(b)
            ring.complete(a)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 30 }],
    forbids: ['refinement'],
    holds: both(results({ order: { n: 'a.hw', m: 'b.hw' } }), (run) => {
      const told = story(run, 'a', ['begin', 'run', 'setParent', 'signal']);
      if (told !== 'begin run setParent signal') return `the order is ${told}`;
      return String(resultNamed(run, 'p')).startsWith('a') ? null : 'it is not on the list';
    }),
    witness: { parent: reached((run) => resultNamed(run, 'n') === 'a.hw') },
    faults: ['sched-016-told-first', 'sched-016-listed-late', 'sched-016-told-before-run'],
  }),
  property({
    rules: ['SCHED-017'],
    plan: `Run may say that the job is done (null), that it failed (an error), or give a fence, which may have
      signaled already: then the job ends at once, else with it, and with its error.
      - all of them, the fence with an error and without; an error that was there before stays with null`,
    programs: [
      program('answers', {
        setup: 's = sched.create(9); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, instant); b = sched.submit(e, fails); c = sched.submit(e, late)
            d = sched.submit(e, late, error: -5); f = sched.submit(e, waits); g = sched.submit(e, waits)
            task.sleep(1); sa = fence.getStatus(a.finished); sb = fence.getStatus(b.finished)
            sc = fence.getStatus(c.finished); sd = fence.getStatus(d.finished)
            pf = fence.getStatus(f.finished); ring.complete(f); ring.complete(g, -110)
            sf = fence.getStatus(f.finished); sg = fence.getStatus(g.finished)`,
        },
      }),
      program('marked', {
        setup: `${RING}; g = fence.create(); a = sched.submit(e, instant, after: [g])`,
        tasks: {
          A: `fence.setError(a.finished, -5); fence.signal(g); task.sleep(1); sa = fence.getStatus(a.finished)
            n = sched.frees(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['leak', 'deadlock', 'refinement'],
    holds: results({
      answers: { sa: 1, sb: EIO, sc: 1, sd: EIO, pf: 0, sf: 1, sg: -110 },
      marked: { sa: EIO, n: 'a' },
    }),
    witness: { failed: reached((run) => resultNamed(run, 'sb') === EIO) },
    faults: ['BUG-SCHED-03', 'sched-017-misses-late', 'sched-017-nothing-is-an-error'],
  }),
  property({
    rules: ['SCHED-018'],
    plan: `The hardware's error becomes that of the finished fence, and an error that was set before is
      overwritten by the result.
      - a mark, then success, then another error`,
    programs: [
      program('errors', {
        setup: RING,
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(1)
            fence.setError(a.finished, -62); fence.setError(b.finished, -62); ring.complete(a, -125)
            ring.complete(b); sa = fence.getStatus(a.finished); sb = fence.getStatus(b.finished)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    holds: results({ errors: { sa: ECANCELED, sb: -62 } }),
    witness: { overwritten: reached((run) => resultNamed(run, 'sa') === ECANCELED) },
    faults: ['sched-018-first-error-stays', 'sched-018-forgets-error', 'BUG-SCHED-03'],
  }),
  property({
    rules: ['SCHED-019'],
    plan: `The finished fence signals once, after the scheduled one, and in an entity in the order of numbers, as
      long as the hardware keeps that order.
      - jobs that complete by interrupts beside their worker; one that is done before run is back`,
    programs: [
      program('interrupts', {
        setup: RING,
        tasks: { A: 'a = sched.submit(e); b = sched.submit(e); fence.wait(b.finished)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 40 }],
    forbids: ['refinement', 'deadlock', 'warn'],
    holds: signalsOnce,
    witness: { early: reached((run) => isSignaled(run, 'a')) },
    faults: ['sched-019-finished-first', 'sched-019-newest-first'],
  }),
  property({
    rules: ['SCHED-019'],
    plan: `The finished fence signals once, whoever completes its job.
      - two who complete the same job`,
    programs: [
      program('twice', {
        setup: `${RING}; a = sched.submit(e, waits); task.sleep(1)`,
        tasks: { irq: 'ring.complete(a)', B: 'ring.complete(a)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 110 }],
    forbids: ['refinement', 'deadlock', 'warn'],
    holds: signalsOnce,
    witness: { done: reached((run) => isSignaled(run, 'a')) },
    faults: ['sched-019-finished-first'],
  }),
  property({
    rules: ['SCHED-020'],
    plan: `Jobs are freed in the order in which they ran, whatever order the hardware finishes them in.
      - three jobs that end in another order`,
    programs: [
      program('order', {
        setup: 's = sched.create(3); e = sched.entity([s]); o = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(o, waits); c = sched.submit(e, waits)
            task.sleep(1); ring.complete(c); ring.complete(b); task.sleep(1); none = sched.frees(s)
            p = sched.pending(s); ring.complete(a); task.sleep(1); all = sched.frees(s)
            q = sched.pending(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['job order', 'refinement', ...SAFE],
    holds: results({ order: { none: '', p: 'a b c', all: 'a b c', q: '' } }),
    witness: { ordered: reached((run) => resultNamed(run, 'p') === 'a b c') },
    faults: ['sched-020-frees-any', 'sched-020-frees-two'],
  }),
  property({
    rules: ['SCHED-020'],
    plan: `Whoever has pushed a job does not touch it again: it may be freed at once.
      - a push beside the whole life of its job`,
    programs: [
      program('push', {
        // The worker is busy with another entity while the job is pushed.
        setup: `${RING}; o = sched.entity([s]); a = sched.submit(o, instant); b = sched.job(e, instant)
          sched.arm(b)`,
        tasks: { A: 'sched.push(b); all = sched.frees(s)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 110 }],
    forbids: ['job order', 'refinement', ...SAFE],
    witness: { freed: reached((run) => resultNamed(run, 'all') === 'a b') },
    faults: ['BUG-SCHED-11'],
  }),
];
