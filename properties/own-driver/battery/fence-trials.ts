import { WATCHDOG_JIFFIES } from '../command-ring.ts';
import { program, type Written } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';
import { alone, atOnce, type Limits, type Trial } from './trial.ts';

const DEVICE = 'd = issuer.open()';
const F = 'f = issuer.submit(d)';
const G = 'g = issuer.submit(d)';
const ONE = `${DEVICE}; ${F}`;
const TWO = `${ONE}; ${G}`;
/** References for a second task. */
const SHARED = `${ONE}; fence.get(f)`;
/** Longer than any job. Unit: jiffies. */
const LONG = 10_000;

function trial(name: string, written: Written, schedules: readonly Schedules[]): Trial {
  return { program: program(name, written), schedules, claim: waitsSucceed };
}

/** A wait without a limit and without interruptions comes back with 0. */
function waitsSucceed(run: Run): string | null {
  for (const { call, result } of run.calls) {
    if (call.op !== 'fence.wait' || call.args['interruptible'] === true) continue;
    if (result !== 0) return `fence.wait without a limit returns ${String(result)}`;
  }
  return null;
}

/** One task and the hardware: each way to learn that a job is done. */
function oneTask(limits: Limits): readonly Trial[] {
  const tasks: Readonly<Record<string, string>> = {
    'waited for': `${F}; fence.wait(f); fence.isSignaled(f)`,
    polled: `${F}; fence.isSignaled(f); fence.isSignaled(f); fence.getStatus(f)`,
    'asked for its status': `${F}; fence.getStatus(f); fence.wait(f); fence.getStatus(f)`,
    'called back': `${F}; cb = callback.create(); fence.addCallback(f, cb); fence.wait(f)`,
    'called off': `${F}; cb = callback.create(); fence.addCallback(f, cb)
      fence.removeCallback(f, cb)`,
    'put by its callback': `${F}; cb = callback.create(put, f); fence.addCallback(f, cb)`,
    'armed and put': `${F}; fence.enableSwSignaling(f); fence.put(f)`,
    'put at once': `${F}; fence.put(f)`,
    'hurried, then waited for': `${F}; fence.setDeadline(f, 5); fence.wait(f)
      fence.setDeadline(f, 6)`,
    'one after the other': `${F}; ${G}; fence.wait(f); fence.wait(g)`,
    'last one first': `${F}; ${G}; fence.wait(g); fence.isSignaled(f)`,
    'armed once more later': `${F}; fence.wait(f); g = issuer.submit(d); fence.wait(g)`,
    'three in flight': `${F}; ${G}; h = issuer.submit(d); fence.enableSwSignaling(g)
      fence.wait(h); fence.put(g)`,
    'any of two': `${F}; ${G}; fence.waitAny([g, f])`,
  };
  // The hardware may come between any two steps of the one who waits for it.
  const beside = ['waited for'];
  return Object.entries(tasks).map(([name, A]) => {
    const schedules = beside.includes(name) ? atOnce(limits) : alone(limits);
    return trial(name, { setup: DEVICE, tasks: { A } }, schedules);
  });
}

/** Time that runs out, memory that runs out, sleepers that are interrupted. */
function nature(limits: Limits): readonly Trial[] {
  const schedules: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 200 }];
  const slow = 'f = issuer.submit(d, jiffies: 5)';
  return [
    trial(
      'waited for in vain, then again',
      {
        setup: DEVICE,
        tasks: { A: `${slow}; fence.waitTimeout(f, 2); fence.waitTimeout(f, ${LONG})` },
      },
      alone(limits),
    ),
    trial(
      'not waited for',
      { setup: DEVICE, tasks: { A: `${slow}; fence.waitTimeout(f, 0)` } },
      alone(limits),
    ),
    trial(
      'armed, and time passes',
      { setup: DEVICE, tasks: { A: `${slow}; fence.setDeadline(f, 1); fence.wait(f)` } },
      alone(limits),
    ),
    trial(
      'interrupted',
      {
        world: { interruptionsMax: 1 },
        setup: `${DEVICE}; ${F}`,
        tasks: { A: 'fence.wait(f, true); fence.wait(f)' },
      },
      alone(limits),
    ),
    trial(
      'without memory later',
      { world: { failuresMax: 1 }, setup: `${DEVICE}; ${F}`, tasks: { A: 'fence.wait(f)' } },
      schedules,
    ),
    trial(
      'without memory',
      {
        world: { failuresMax: 1 },
        tasks: { A: `${DEVICE}; ${F}; ${G}` },
      },
      schedules,
    ),
  ];
}

/** Several tasks, an interrupt, and the hardware. */
function together(limits: Limits): readonly Trial[] {
  const wait = 'fence.wait(f)';
  const poll = 'fence.isSignaled(f); fence.isSignaled(f)';
  const worlds: Readonly<Record<string, Written>> = {
    'waited for by two': { setup: SHARED, tasks: { A: wait, B: wait } },
    'waited for and polled': { setup: SHARED, tasks: { A: wait, B: poll } },
    'waited for, and put elsewhere': {
      setup: SHARED,
      tasks: { A: `${wait}; fence.put(f)`, B: 'fence.getStatus(f); fence.put(f)' },
    },
    'polled and put': {
      setup: SHARED,
      tasks: { A: 'fence.enableSwSignaling(f); fence.put(f)', B: `${poll}; fence.put(f)` },
    },
    'added twice': {
      setup: `${SHARED}; cb = callback.create(); c = callback.create()`,
      tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.addCallback(f, c)' },
    },
    'hurried from two sides': {
      setup: `${SHARED}; fence.get(f)`,
      tasks: { A: 'fence.setDeadline(f, 5)', B: 'fence.setDeadline(f, 3)', C: wait },
    },
    'two jobs, two waiters': {
      setup: TWO,
      tasks: { A: 'fence.wait(g); fence.put(g)', B: 'fence.wait(f); fence.put(f)' },
    },
    'submitted at once': {
      setup: DEVICE,
      tasks: {
        A: 'f = issuer.submit(d); fence.wait(f); fence.put(f)',
        B: 'g = issuer.submit(d); fence.wait(g); fence.put(g)',
      },
    },
    'more submitted while somebody waits': {
      setup: ONE,
      tasks: { A: wait, B: 'g = issuer.submit(d); h = issuer.submit(d); fence.wait(h)' },
    },
    'put last in an interrupt': {
      setup: SHARED,
      tasks: { A: `${wait}; fence.put(f)`, irq: 'fence.isSignaled(f); fence.put(f)' },
    },
    'polled and hurried in an interrupt': {
      setup: SHARED,
      tasks: { A: wait, irq: 'fence.getStatus(f); fence.setDeadline(f, 2)' },
    },
  };
  return Object.entries(worlds).map(([name, written]) => trial(name, written, atOnce(limits)));
}

/** Jobs that hang, and one that ends just when the watchdog barks. */
function hanging(limits: Limits): readonly Trial[] {
  const H = 'f = issuer.submit(d, hangs: true)';
  const SLOW = `f = issuer.submit(d, jiffies: ${WATCHDOG_JIFFIES})`;
  const worlds: Readonly<Record<string, Written>> = {
    'hangs, and is waited for': {
      setup: DEVICE,
      tasks: { A: `${H}; fence.wait(f); fence.getStatus(f); fence.wait(f)` },
    },
    'hangs, and is polled': {
      setup: DEVICE,
      tasks: { A: `${H}; fence.isSignaled(f); task.sleep(${LONG}); fence.isSignaled(f)` },
    },
    'hangs, and was put': {
      setup: DEVICE,
      tasks: { A: `${H}; fence.put(f); ${G}; fence.wait(g)` },
    },
    'behind one that hangs': {
      setup: DEVICE,
      tasks: { A: `${H}; ${G}; fence.wait(g); fence.wait(f)` },
    },
    'before one that hangs': {
      setup: DEVICE,
      tasks: { A: `${F}; g = issuer.submit(d, hangs: true); fence.wait(g); fence.wait(f)` },
    },
    'two that hang': {
      setup: DEVICE,
      tasks: { A: `${H}; g = issuer.submit(d, hangs: true); fence.wait(f); fence.wait(g)` },
    },
    'hangs under two waiters': {
      setup: `${DEVICE}; ${H}; ${G}`,
      tasks: { A: 'fence.wait(f); fence.put(f)', B: 'fence.wait(g); fence.put(g)' },
    },
    'hangs while more is submitted': {
      setup: `${DEVICE}; ${H}`,
      tasks: { A: 'fence.wait(f)', B: `task.sleep(${WATCHDOG_JIFFIES}); ${G}` },
    },
    'hangs in a chain': {
      setup: `${DEVICE}; ${H}; ${G}; c = chain.create(null, f, 1); e = chain.create(c, g, 2)`,
      tasks: { A: 'fence.wait(e)' },
    },
    'as slow as the watchdog': {
      setup: `${DEVICE}; ${SLOW}; fence.get(f)`,
      tasks: {
        A: 'fence.wait(f); fence.getStatus(f)',
        B: `task.sleep(${WATCHDOG_JIFFIES}); fence.isSignaled(f)`,
      },
    },
  };
  return Object.entries(worlds).map(([name, written]) => trial(name, written, atOnce(limits)));
}

/** Whatever is built over fences must work over these. */
function containers(limits: Limits): readonly Trial[] {
  const locked = 'resv.lock(r); resv.reserve(r, 1); resv.add(r, f, WRITE); resv.unlock(r)';
  const worlds: Readonly<Record<string, Written>> = {
    'in an array': {
      setup: `${TWO}; fence.get(f); a = array.create([f, g]); fence.get(a)`,
      tasks: { A: 'fence.wait(a); fence.put(a)', B: 'fence.isSignaled(a); fence.put(a)' },
    },
    'in an array of any': {
      setup: `${TWO}; a = array.create([g, f], true)`,
      tasks: { A: 'fence.wait(a); fence.put(a)' },
    },
    'in a chain': {
      setup: `${TWO}; fence.get(g); c = chain.create(null, f, 1); e = chain.create(c, g, 2)
        fence.get(e)`,
      tasks: {
        A: 'fence.wait(e); fence.put(e)',
        B: 'fence.isSignaled(e); fence.put(e); fence.wait(g)',
      },
    },
    'in a reservation': {
      setup: `${SHARED}; r = resv.create(); ${locked}`,
      tasks: { A: 'resv.wait(r, READ)', B: 'resv.test(r, READ); fence.wait(f)' },
    },
    'replaced in a reservation': {
      setup: `${ONE}; r = resv.create(); ${locked}`,
      tasks: {
        A: `g = issuer.submit(d); resv.lock(r); resv.reserve(r, 1); resv.add(r, g, WRITE)
          resv.unlock(r); fence.put(g)`,
        B: 'resv.wait(r, WRITE)',
      },
    },
    'waited for under a reservation lock': {
      setup: `${SHARED}; r = resv.create(); ${locked}`,
      tasks: { A: 'resv.lock(r); resv.wait(r, READ); resv.unlock(r)', B: 'fence.wait(f)' },
    },
    'in a sync_file': {
      setup: `${SHARED}; s = syncFile.create(f)`,
      tasks: { A: 'syncFile.poll(s); syncFile.wait(s)', B: 'fence.isSignaled(f)' },
    },
  };
  return Object.entries(worlds).map(([name, written]) => trial(name, written, atOnce(limits)));
}

/**
 * Everything that is written by hand; see `fence-drawn.ts` for what is drawn. `recovers`: the driver
 * says what it does when a job hangs.
 */
export function fenceTrials(limits: Limits, recovers: boolean): readonly Trial[] {
  return [
    ...oneTask(limits),
    ...nature(limits),
    ...together(limits),
    ...containers(limits),
    ...(recovers ? hanging(limits) : []),
  ];
}
