import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd } from '../observables.ts';

const RING = 's = sched.create(1); e = sched.entity([s])';

/** A ring and its hardware, its timer, and those who end what is on it. */
export const SCHED_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'deadline-run',
    window: 'SCHED-021',
    isWide: true,
    setup: `${RING}; a = sched.submit(e, waits)`,
    tasks: { A: 'fence.setDeadline(a.finished, 5000)' },
    teardown: 'ring.deadlines(s)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally a.hw@5000', ['SCHED-021'], 'one of the two has seen the other'),
      outcome('finally a.hw@5000 a.hw@5000', ['SCHED-021'], 'each has seen the other'),
    ],
  }),
  litmus({
    name: 'kill-worker',
    window: 'SCHED-029',
    isWide: true,
    setup: `${RING}; a = sched.submit(e, instant)`,
    tasks: { A: 'sched.kill(e)' },
    teardown: 'sched.progress(a); sched.frees(s)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally done a', ['SCHED-017', 'SCHED-020'], 'the worker had it already'),
      outcome('finally -ESRCH a', ['SCHED-029'], 'it was still in the queue'),
    ],
  }),
  litmus({
    name: 'push-kill',
    window: 'SCHED-031',
    isWide: true,
    setup: `${RING}; a = sched.job(e, instant); sched.arm(a)`,
    tasks: { A: 'sched.push(a)', B: 'sched.kill(e)' },
    teardown: 'sched.progress(a); sched.frees(s)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally done a', ['SCHED-017'], 'it ran before the kill'),
      outcome('finally -ESRCH a', ['SCHED-029', 'SCHED-031'], 'killed, or late'),
    ],
  }),
  litmus({
    name: 'complete-timeout',
    window: 'SCHED-023',
    isWide: true,
    setup: `s = sched.create(1, 100, looks); e = sched.entity([s]); a = sched.submit(e, waits)
      task.sleep(100)`,
    tasks: { A: 'ring.complete(a)' },
    teardown: 'sched.progress(a); sched.timeouts(s); sched.frees(s)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally done  a', ['SCHED-022'], 'it was done and freed before its time was up'),
      outcome('finally done a a', ['SCHED-023', 'SCHED-024'], 'done when the driver looked'),
      outcome('finally -ECANCELED a a', ['SCHED-026'], 'the driver was quicker'),
    ],
  }),
];
