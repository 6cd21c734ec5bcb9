import { expect, test } from 'vitest';

import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
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
