import { expect, test } from 'vitest';

import { LITMUS } from '../litmus/index.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { FIRST } from '../schedules/strategy.ts';
import { Run } from './run.ts';

/** An engine draws and a screen flips, each with its interrupt, while two tasks wait for them. */
const DEVICES: Program = program('devices', {
  setup: `g = gfx.create(timeout: 20, fallback: 5); d = disp.create(at: g); b = gfx.buffer(g)
    o = gfx.buffer(g); p = gfx.buffer(g); do = disp.share(d, o); dp = disp.share(d, p)
    disp.plane(d, do); disp.set(d, ENABLE, 1)`,
  tasks: {
    A: 'gfx.context(g, 0); gfx.write(g, b, 1, 3); e = gfx.submit(g); we = fence.wait(e)',
    B: 'h = disp.flip(d, dp); wh = fence.waitAny([h], 200)',
  },
});

/** A timer fires, and a signal may come: what nature may do is listed, and never taken first. */
const TIMERS: Program = program('timers', {
  world: { interruptionsMax: 1 },
  setup: 'f = fence.create(context: 1, seqno: 1)',
  tasks: {
    A: 'w = fence.waitTimeout(f, timeout: 5, interruptible: true)',
    B: 't = clock.now(); s = fence.signal(f)',
  },
});

function steps(one: Program, isUncounted: boolean): { names: string[]; run: Run } {
  const names: string[] = [];
  const run = new Run(one, {
    isUncounted,
    onStep: ({ name, pending }) => names.push(`${name}: ${pending?.label ?? ''}`),
  });
  return { names, run: run.execute(FIRST) };
}

/** Locks that are waited for, an interrupt that comes in between, and a lock that is given back by the wrong task. */
const CONTENDED: Program = program('contended', {
  setup: 'f = fence.create(context: 1, seqno: 1); r = resv.create()',
  tasks: {
    A: 'a = resv.lock(r); n = resv.reserve(r, 1); resv.add(r, f, WRITE); resv.unlock(r)',
    B: 'b = resv.lock(r); resv.unlock(r); w = fence.wait(f)',
    'irq@A': 's = fence.signal(f)',
    D: 'resv.unlock(r)',
  },
});

/** All that is known of a run afterwards. */
function account(one: Program, onStep?: () => void): object {
  const run = new Run(one, { isUncounted: true, ...(onStep === undefined ? {} : { onStep }) });
  const { world, calls, sightings, outcome, blocked } = run.execute(FIRST);
  return {
    outcome,
    blocked,
    steps: world.steps,
    taskSteps: world.taskSteps,
    ns: world.clock.valueNs,
    calls: calls.map(({ task, begin, end, result }) => [task, begin, end, String(result)]),
    sightings: sightings.map((seen) => JSON.stringify(seen, ['name', 'step', 'detail', 'result'])),
    violations: world.violations.map(({ message, step, task }) => [message, step, task.name]),
  };
}

for (const one of [DEVICES, TIMERS, CONTENDED]) {
  test(`${one.name}: steps that are made in place are the steps that would be asked for`, () => {
    let asked = 0;
    const watched = account(one, () => {
      asked += 1;
    });

    expect(account(one)).toEqual(watched);
    expect(asked).toBeGreaterThan(0);
  });
}

for (const one of [DEVICES, TIMERS]) {
  test(`${one.name}: a run whose choices are not counted makes the same steps`, () => {
    const counted = steps(one, false);
    const uncounted = steps(one, true);

    expect(uncounted.names).toEqual(counted.names);
    expect(uncounted.run.outcome).toBe(counted.run.outcome);
    expect(counted.run.isOver).toBe(true);
    expect(counted.run.choices.length).toBeGreaterThan(0);
    expect(uncounted.run.choices).toEqual([]);
  });
}

test('so it is for all programs that are written down', () => {
  const plays = SCENARIOS.flatMap(({ plays: own, variants }) => [
    ...own,
    ...variants.map(({ play }) => play),
  ]);
  const programs = [...plays, ...LITMUS].map((one) => one.program);
  const differ = programs.filter(
    (one) => JSON.stringify(account(one)) !== JSON.stringify(account(one, () => undefined)),
  );

  expect(differ.map(({ name }) => name)).toEqual([]);
  expect(programs.length).toBeGreaterThan(300);
});

test('whoever begins to listen to steps in the middle of a run hears each one from there on', () => {
  const run = new Run(DEVICES, { isUncounted: true, notes: false });
  const { world } = run;
  let since = 0;
  let heard = 0;
  world.observe({
    event: () => {
      if (since > 0 || world.steps < 20) return;
      since = world.steps;
      world.observe({ stepped: () => void (heard += 1) });
    },
  });
  run.execute(FIRST);

  expect(since).toBeGreaterThan(0);
  expect(heard).toBe(world.steps - since + 1);
});
