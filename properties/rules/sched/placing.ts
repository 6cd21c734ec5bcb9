import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { SEQUENTIAL } from './jobs.ts';

const RINGS = `s = sched.create(2); t = sched.create(2); u = sched.create(2)
  e = sched.entity([s, t, u]); x = sched.entity([s]); y = sched.entity([t])`;

/** Locks and waits of the workers while the driver was called from a signalling section. */
function duties(run: Run): string {
  const wrong = run.sightings.filter(
    ({ name, object, task, signallingDepth }) =>
      signallingDepth > 0 &&
      task.startsWith('kworker') &&
      ((name === 'lock' && object.kind === 'resv') || name === 'wait.link'),
  );
  return wrong.map(({ name, object }) => `${name} ${object.label}`).join(', ');
}

/** Properties of where jobs run, and of what must not be done there. */
export const PLACING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-032'],
    plan: `An entity with several rings moves only when a job is armed, with an empty queue and its last job finished; the
      ready ring with the lowest score wins, and the first among equals. With none ready it has no run queue.
      - equal rings; the first one busy; a job in flight and one queued; rings that are not ready
      - another priority, and another list of rings, that count from the next move on`,
    programs: [
      program('moves', {
        setup: RINGS,
        tasks: {
          A: `p0 = sched.place(e); a = sched.submit(e, instant); p1 = sched.place(e); task.sleep(1)
            z = sched.submit(x, waits); b = sched.submit(e, waits); p2 = sched.place(e); task.sleep(1)
            ring.complete(z); w = sched.submit(y, waits); c = sched.submit(e, instant)
            p3 = sched.place(e); ring.complete(b); task.sleep(1); d = sched.submit(e, instant)
            p4 = sched.place(e); task.sleep(1); sched.setReady(s, false); ring.complete(w)
            f = sched.submit(e, instant); p5 = sched.place(e); task.sleep(1)
            sched.setPriority(e, 1); g = sched.submit(e, instant); p6 = sched.place(e)
            task.sleep(1); sched.modify(e, [t]); h = sched.submit(e, instant); p7 = sched.place(e)
            task.sleep(1); n = sched.runs(u)`,
        },
      }),
      program('none', {
        setup: 's = sched.create(2); t = sched.create(2); e = sched.entity([s, t])',
        tasks: {
          A: `a = sched.submit(e, instant); task.sleep(1); j = sched.job(e); sched.setReady(s, false)
            sched.setReady(t, false); sched.abort(j); k = sched.move(e); p = sched.place(e)
            l = sched.job(e)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['refinement', 'bug', 'leak'],
    holds: results({
      moves: {
        p0: 's/2',
        p1: 's/2',
        p2: 't/2',
        p3: 't/2',
        p4: 'u/2',
        p5: 't/2',
        p6: 'u/1',
        p7: 't/1',
        n: 'd g',
      },
      none: { p: 'none', l: -2 },
    }),
    witness: { moved: reached((run) => resultNamed(run, 'p7') === 't/1') },
    faults: [
      'sched-032-moves-in-flight',
      'sched-032-last-among-equals',
      'sched-032-ready-or-not',
      'sched-032-stays-without-ring',
    ],
  }),
  property({
    rules: ['SCHED-032'],
    plan: `The list of rings that a move looks at is one that was in place as a whole.
      - a list that is made shorter while a job is armed`,
    programs: [
      program('shorter', {
        setup:
          's = sched.create(2); t = sched.create(2); u = sched.create(2); e = sched.entity([s, t, u])',
        tasks: { A: 'j = sched.submit(e, instant); p = sched.place(e)', B: 'sched.modify(e, [u])' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 120 }],
    forbids: ['refinement', 'bug'],
    holds: (run) => {
      const p = resultNamed(run, 'p');
      return p === 's/2' || p === 'u/2' ? null : `it goes to ${String(p)}`;
    },
    witness: {
      before: reached((run) => resultNamed(run, 'p') === 's/2'),
      after: reached((run) => resultNamed(run, 'p') === 'u/2'),
    },
    faults: ['BUG-SCHED-13'],
  }),
  property({
    rules: ['SCHED-033'],
    plan: `Run, the handling of time-outs and the hardware's interrupt are in signalling sections: no memory that may have to
      be reclaimed, no reservation lock, no wait for other fences.
      - jobs that run and complete, and a hang with a recovery; lock proving knows what allocations and waits may lead to`,
    programs: [
      program('sections', {
        setup: `s = sched.create(2, 100, resubmit); e = sched.entity([s]); r = resv.create(); f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e); task.sleep(250); ring.complete(a)
            pa = sched.progress(a)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['lockdep', 'sleep-in-atomic', 'lock-misuse'],
    holds: (run) => {
      const wrong = duties(run);
      if (wrong !== '') return `in a signalling section: ${wrong}`;
      const runs = run.sightings.filter(
        ({ name, object }) => name === 'run' && object.kind === 'schedJob',
      );
      return runs.every(({ signallingDepth }) => signallingDepth > 0)
        ? null
        : 'run is in no section';
    },
    witness: {
      again: reached((run) => run.sightings.filter(({ name }) => name === 'run').length > 2),
    },
    faults: [
      'sched-033-allocates',
      'sched-033-locks-a-reservation',
      'sched-033-waits',
      'sched-033-no-section',
    ],
  }),
];
