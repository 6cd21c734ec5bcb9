import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';
import { ALONE, card, ECANCELED, ENODEV, ETIME } from './scenes.ts';

/** The doorbell comes early, and an orderly search comes to it last. */
const UNHEARD: readonly Schedules[] = [{ kind: 'random', runs: 4, seed: 1 }];

function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}

/** The engine has heard of a job only after its time was up. */
function wasRungAgain({ sightings }: Run): boolean {
  const names = sightings.map(({ name }) => name);
  const expired = names.indexOf('expire');
  return expired >= 0 && names.indexOf('doorbell') > expired;
}

/** Properties of what becomes of jobs when the engine hangs, or seems to. */
export const RECOVERY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-004'],
    plan: `A job that hangs ends with an error, and later ones of its client are cancelled. Those of others that
      are with the hardware run again, and what they draw is there; the ring works as before.
      - two clients: one hangs, the other has a drawing behind it on the ring`,
    programs: [
      program('two', {
        setup: `${card('timeout: 30, fallback: -1')}; e = drm.open(c.device); b = dumb.create(e, 16, 16)`,
        tasks: {
          A: `f = card.submit(d, hang, outFence: true)
            g = card.submit(e, draw, writes: [b], lines: 1, version: 3, outFence: true)
            w = card.wait(e, b); x = card.look(c, b, 0); sf = fence.getStatus(f.fence)
            sg = fence.getStatus(g.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'refinement'],
    holds: results({ two: { w: 0, x: 'gpu v2 f3 l0', sf: ETIME, sg: 1 } }),
    witness: { both: reached((run) => resultNamed(run, 'sg') === 1) },
    faults: ['contract-004-card-runs-nothing-again', 'contract-004-card-blames-all'],
  }),
  property({
    rules: ['SCHED-028'],
    plan: `Jobs of a client behind the one that hung are cancelled, and do not reach the ring again; a new one
      of another client runs.
      - one that hangs, and one behind it`,
    programs: [
      program('own', {
        setup: `${card('timeout: 30, fallback: -1')}; b = dumb.create(d, 16, 16)`,
        tasks: {
          A: `f = card.submit(d, hang, outFence: true)
            g = card.submit(d, draw, writes: [b], lines: 1, version: 3, outFence: true)
            w = card.wait(d, b); x = card.look(c, b, 0); sf = fence.getStatus(f.fence)
            sg = fence.getStatus(g.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'refinement'],
    holds: results({ own: { w: 0, x: 'ZERO', sf: ETIME, sg: ECANCELED } }),
    witness: { cancelled: reached((run) => resultNamed(run, 'sg') === ECANCELED) },
    faults: ['sched-028-card-does-not-look', 'sched-028-card-without-karma'],
  }),
  property({
    rules: ['SCHED-023'],
    plan: `A job whose time is up may be done, with an interrupt that has yet to come: who handles the time-out
      looks before it blames, and what else is on the ring stays there. Every job is freed.
      - interrupts that come 50 ms late, and 30 ms for a job; one of another client behind it hangs`,
    programs: [
      program('late', {
        setup: `${card('timeout: 30, fallback: -1, latency: 50000000')}; e = drm.open(c.device)`,
        tasks: {
          A: `f = card.submit(d, nop, outFence: true); g = card.submit(e, hang, outFence: true)
            w = fence.wait(g.fence); s = fence.getStatus(f.fence); t = fence.getStatus(g.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'livelock'],
    holds: (run) => {
      const resets = run.sightings.filter(({ name }) => name === 'reset').length;
      if (resets > 1) return 'an engine that is not to blame is reset';
      return results({ late: { w: 0, s: 1, t: ETIME } })(run);
    },
    witness: { late: reached((run) => resultNamed(run, 't') === ETIME) },
    faults: [
      'sched-023-card-blames-at-once',
      'sched-023-card-leaves-the-job',
      'sched-023-card-takes-fences-away',
    ],
  }),
  property({
    rules: ['HW-GPU-011'],
    plan: `A job that the engine was told of with a doorbell that got lost is no reason for a reset: who handles its
      time-out rings again, and it ends as if nothing had been.
      - one job, and nature makes one mistake anywhere: only an engine that hangs is reset`,
    programs: [
      program('unheard', {
        world: { hardwareFaultsMax: 1 },
        setup: 'c = card.create(timeout: 30, fallback: -1, isQuiet: true); d = drm.open(c.device)',
        tasks: {
          A: `f = card.submit(d, nop, outFence: true); w = fence.wait(f.fence)
            s = fence.getStatus(f.fence)`,
        },
      }),
    ],
    schedules: UNHEARD,
    forbids: ['deadlock', 'leak', 'livelock'],
    holds: (run) => {
      const isHung = happened(run, 'hang');
      if (happened(run, 'reset') && !isHung) return 'an engine that is not to blame is reset';
      // One that hangs behind the job may still have done it.
      if (isHung && resultNamed(run, 's') === ETIME) return null;
      return results({ unheard: { w: 0, s: 1 } })(run);
    },
    witness: { rung: reached((run) => wasRungAgain(run)) },
    faults: ['hw-gpu-011-card-does-not-ring'],
  }),
  property({
    rules: ['SCHED-034'],
    plan: `A device that is gone tells nothing any more: the handler of the time-out ends everything that is
      with the hardware, with the error that says so.
      - two jobs are with it when it is pulled out`,
    programs: [
      program('gone', {
        setup: card('timeout: 30, fallback: -1'),
        tasks: {
          A: `f = card.submit(d, hang, outFence: true); g = card.submit(d, nop, outFence: true)
            task.sleep(1); card.unplug(c); w = fence.wait(g.fence); s = fence.getStatus(f.fence)
            t = fence.getStatus(g.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'livelock'],
    holds: results({ gone: { w: 0, s: ENODEV, t: ENODEV } }),
    witness: { gone: reached((run) => resultNamed(run, 't') === ENODEV) },
    faults: ['sched-034-card-keeps-fences'],
  }),
  property({
    rules: ['SCHED-033'],
    plan: `Nothing that others wait for asks for memory, or for a lock under which somebody waits: the fence of
      the ring was paid for by the submission.
      - a job runs, with lock proving`,
    programs: [
      program('runs', {
        setup: card('timeout: -1, fallback: -1'),
        tasks: { A: 'f = card.submit(d, nop, outFence: true); w = fence.wait(f.fence)' },
      }),
    ],
    schedules: ALONE,
    forbids: ['lockdep', 'deadlock'],
    holds: results({ runs: { f: 0, w: 0 } }),
    witness: { run: reached((run) => resultNamed(run, 'w') === 0) },
    faults: ['sched-033-card-allocates'],
  }),
];
