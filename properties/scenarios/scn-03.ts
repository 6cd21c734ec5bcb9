import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** Two processes with a file of the device each, one timeline that both know, one shared number. */
const SHARED = `v = drm.device(virtio_gpu); d = drm.open(v); h = so.create(d); x = so.toFd(d, h)
  p = drm.open(v); q = so.fromFd(p, x); b = so.create(p)`;

/** Two engines; the later job of the two may end first. */
const ENGINES = `s0 = sched.create(); s1 = sched.create(); e0 = sched.entity([s0])
  e1 = sched.entity([s1])`;

/** One point that comes after somebody has begun to wait for it. */
function onePoint(name: string): Program {
  return program(name, {
    setup: `${SHARED}; f = fence.create()`,
    tasks: {
      R: 'syncobj.addPoint(h.syncobj, f, 1); fence.signal(f)',
      P: 'w = so.timelineWait(p, [q], [1], submit, forever); z = so.query(p, [q])',
    },
  });
}

/** Points 1 to 3 from two engines, which are done in another order; the presenter wants 2. */
function threePoints(name: string): Program {
  return program(name, {
    setup: `${SHARED}; ${ENGINES}; j1 = sched.submit(e0, waits); j2 = sched.submit(e1, waits)
      j3 = sched.submit(e0, waits); o = so.create(p); g = fence.create()`,
    tasks: {
      R: `syncobj.addPoint(h.syncobj, j1.finished, 1); syncobj.addPoint(h.syncobj, j2.finished, 2)
        syncobj.addPoint(h.syncobj, j3.finished, 3)`,
      H: 'ring.complete(j2); ring.complete(j1); ring.complete(j3)',
      P: `a = so.query(p, [q]); w = so.timelineWait(p, [q], [2], submit, forever); c = so.query(p, [q])
        t = so.transfer(p, q, 2, b, 0); n = so.toFd(p, b, 1); y = sys.poll(n, in, 10000)
        syncobj.addPoint(o.syncobj, g, 2); fence.signal(g)
        u = so.timelineWait(p, [o], [2], submit, forever); e = so.query(p, [q])`,
    },
    teardown: 's1 = fence.getStatus(j1.finished); s2 = fence.getStatus(j2.finished)',
  });
}

/** A frame from a point of the timeline, shown when its fence says so; the screen's goes to another one. */
function present(point: number, frame: string): string {
  return `w${point} = so.timelineWait(p, [q], [${point}], submit+available, forever)
    t${point} = so.transfer(p, q, ${point}, b, 0); n${point} = so.toFd(p, b, 1)
    f${point} = pipe.commit(sc, ${frame}, ${point}, fd: n${point})
    syncobj.addPoint(o.syncobj, f${point}, ${point})`;
}

/** The screen is switched off, and says what it has shown. */
const OFF = `disp.sleep(sc, 3); disp.set(sc, ENABLE, 0); disp.sleep(sc, 4); s = pipe.shown(sc)`;

/** Two engines draw for points 1 to 3, the first job is the slowest; a screen shows them. */
function onScreen(name: string): Program {
  return program(name, {
    setup: `${SHARED}; o = so.create(p); g1 = gfx.create(isQuiet: true); sc = pipe.screen(g1)
      g2 = gfx.create(at: g1); f0 = pipe.frame(g1, sc); fa = pipe.frame(g1, sc)
      fb = pipe.frame(g2, sc); fc = pipe.frame(g1, sc); pipe.paint(sc, f0, 0)
      pipe.turnOn(sc, f0)`,
    tasks: {
      R: `gfx.plain(g1, FLUSH, 4); e1 = pipe.draw(g1, fa, 1); syncobj.addPoint(h.syncobj, e1, 1)
        e2 = pipe.draw(g2, fb, 2); syncobj.addPoint(h.syncobj, e2, 2); e3 = pipe.draw(g1, fc, 3)
        syncobj.addPoint(h.syncobj, e3, 3)`,
      P: `${present(1, 'fa')}; ${present(2, 'fb')}; ${present(3, 'fc')}
        u = so.timelineWait(p, [o], [3], submit, forever); ${OFF}`,
    },
  });
}

function waited(...names: readonly string[]): (run: Run) => string | null {
  return (run) => {
    const wrong = names.find((name) => resultNamed(run, name) !== 'first 0');
    return wrong === undefined ? null : `${wrong} is ${String(resultNamed(run, wrong))}`;
  };
}

/** What was asked of a timeline first is not more than what was asked later. */
function rises(...names: readonly string[]): (run: Run) => string | null {
  return (run) => {
    const values = names.map((name) => Number(resultNamed(run, name)));
    const falls = values.some((value, index) => value < (values[index - 1] ?? 0));
    return falls || values.some(Number.isNaN) ? `the timeline is at ${values.join(', ')}` : null;
  };
}

/** What was waited for has come. */
function cameBack(run: Run): boolean {
  return resultNamed(run, 'w') === 'first 0';
}

/** Frames are shown in the order of their points, as if their fences had been handed over themselves. */
function inOrder(run: Run): string | null {
  const shown = resultNamed(run, 's');
  return shown === '0.0 1.1 2.2 3.3' ? null : `the screen shows ${String(shown)}`;
}

/** Whoever has waited for a point finds the timeline there. */
function reaches(name: string, point: number): (run: Run) => string | null {
  return (run) => {
    if (!cameBack(run)) return null;
    const value = Number(resultNamed(run, name));
    return value >= point ? null : `behind the wait the timeline is at ${value}, not ${point}`;
  };
}

/** The wait for point 2 is back, and neither that job nor the one before it is open. */
function jobsAreDone(run: Run): string | null {
  if (!cameBack(run)) return null;
  const wait = run.calls.find(({ call }) => call.out === 'w');
  const steps = ['j1.finished', 'j2.finished'].map(
    (label) =>
      run.sightings.find(({ name, object }) => name === 'signal' && object.label === label)?.step,
  );
  const isEarly = steps.some((step) => step === undefined || step > (wait?.end ?? 0));
  return isEarly ? `signals at ${steps.join(' and ')}, and the wait is back before` : null;
}

/** The file of the point's fence is ready at last. */
function isReady(run: Run): string | null {
  const y = resultNamed(run, 'y');
  return y === 'in' ? null : `the file of point 2 is ready for '${String(y)}'`;
}

const NO_LOST_WAKE: Expectation = { rules: ['SYNCOBJ-019'], holds: waited('w') };
const RISES: Expectation = { rules: ['SYNCOBJ-024'], holds: rises('a', 'c', 'e') };

/** A renderer and a presenter with a timeline between them. */
export const SCN_03: Scenario = scenario({
  name: 'scn-03',
  title: 'explicit timeline between a renderer and a presenter',
  text: `Two processes share a timeline. The presenter waits for point 2 before anything was submitted;
    the renderer submits three jobs on two engines, which end in another order. Point 2 completes
    only when the jobs of both points have ended. The presenter takes its fence by way of a binary
    object into a sync_file, polls that, and tells a second timeline. What is asked never falls.`,
  plays: [
    {
      program: onePoint,
      schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 300 }],
      deeper: [{ kind: 'stateful', statesMax: 30_000 }, drawn(100)],
      expectations: [NO_LOST_WAKE, { rules: ['SYNCOBJ-025'], holds: reaches('z', 1) }],
      forbids: { deadlock: ['SYNCOBJ-019'] },
    },
    {
      size: 'normal',
      program: threePoints,
      schedules: [drawn(3)],
      deeper: [drawn(120), { kind: 'pct', runs: 40, depth: 3, seed: 0 }],
      expectations: [
        NO_LOST_WAKE,
        RISES,
        { rules: ['SYNCOBJ-025'], holds: jobsAreDone },
        { rules: ['SYNCOBJ-025'], holds: reaches('c', 2) },
        { rules: ['SYNCOBJ-018'], holds: waited('u') },
        { rules: ['SYNCOBJ-006'], holds: isReady, isTimed: true },
      ],
      forbids: { deadlock: ['SYNCOBJ-019'] },
    },
    {
      size: 'normal',
      name: 'display',
      program: onScreen,
      schedules: [drawn(1)],
      deeper: [drawn(10)],
      expectations: [{ rules: ['E2E-002', 'E2E-017'], holds: inOrder, isTimed: true }],
    },
  ],
  variants: [
    {
      name: 'no-second-look',
      mistake: 'a waiter does not look again when it is registered',
      fault: 'syncobj-019-no-second-look',
      breaks: ['SYNCOBJ-019'],
    },
    {
      name: 'own-fence-only',
      mistake: 'a point is complete with its own fence',
      fault: 'syncobj-025-own-fence-only',
      like: 'normal',
      breaks: ['SYNCOBJ-025'],
    },
    {
      name: 'commit-order',
      mistake: 'a frame does not wait until the one before it is shown',
      fault: 'e2e-commit-order',
      like: 'display',
      breaks: ['E2E-002'],
    },
  ],
});
