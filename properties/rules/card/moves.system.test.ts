import '../../programs/operations/index.ts';
import { describe, expect, test } from 'vitest';
import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import type { DmaMover } from '../../../impl/drm/dma/dma-mover.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { resultNamed } from '../../check/results.ts';
import { devices } from '../../faults/hw-gpu/engine.ts';
import { withFault } from '../../faults/fault.ts';
import { MOVE_FAULTS } from '../../faults/card/moves.ts';
import { judgesOf } from '../../judges/standard.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { explore } from '../../run/explore.ts';

/** An object is drawn into, evicted by another one, and comes back. */
const AROUND = program('around', {
  tasks: {
    A: `m = mover.create(1); mover.soil(m); o = ttm.create(m, [vram]); a = resv.wait(o.resv, KERNEL)
      l = mover.place(m, o); mover.paint(l, 5); p = ttm.create(m, [vram]); b = resv.wait(o.resv, KERNEL)
      c = resv.wait(p.resv, KERNEL); x = mover.look(m, o); y = mover.look(m, p)
      r = ttm.validate(o, [vram]); d = resv.wait(o.resv, KERNEL); z = mover.look(m, o)`,
  },
});

/** Somebody still draws while the object is moved: the copy comes behind that. */
const USED = program('used', {
  tasks: {
    A: `m = mover.create(1); o = ttm.create(m, [tt]); l = mover.place(m, o); f = fence.create()
      resv.lock(o.resv); resv.reserve(o.resv, 1); resv.add(o.resv, f, WRITE); resv.unlock(o.resv)
      r = ttm.validate(o, [vram]); task.sleep(1); mover.paint(l, 7); fence.signal(f)
      a = resv.wait(o.resv, KERNEL); x = mover.look(m, o)`,
  },
});

/** What is wrong in some of so many runs, in words. */
function wrong(
  one: Program,
  expected: Readonly<Record<string, string>>,
  types: StackTypes,
): string[] {
  const found = new Set<string>();
  const schedules = { kind: 'random', runs: 15, seed: 1 } as const;
  explore(one, schedules, {
    types,
    ...judgesOf(schedules),
    visit: (run) => {
      for (const { message } of run.findings) found.add(message);
      for (const [name, text] of Object.entries(expected)) {
        const result = String(resultNamed(run, name));
        if (result !== text) found.add(`${name} is ${result}`);
      }
      return true;
    },
  });
  return [...found];
}

const DRAWN = 'client v0 f5 l0, client v0 f5 l63';

describe('content of objects that a copying engine moves', () => {
  test('goes with them, and shows nothing of others', () => {
    expect(wrong(AROUND, { x: DRAWN, y: 'ZERO, ZERO', z: DRAWN }, INTACT)).toEqual([]);
  });

  test('is copied when those are done who still use it', () => {
    expect(wrong(USED, { x: 'client v0 f7 l0, client v0 f7 l63' }, INTACT)).toEqual([]);
  });

  test.each(MOVE_FAULTS)('$id is seen in it', (seeded) => {
    const types = withFault(INTACT, seeded);
    expect(wrong(AROUND, { x: DRAWN, y: 'ZERO, ZERO', z: DRAWN }, types)).not.toEqual([]);
  });

  test('a copy that waits for nobody is seen in it', () => {
    const types = {
      ...INTACT,
      ...devices(INTACT, ({ DmaMover }) => ({ DmaMover: hasty(DmaMover) })),
    };
    expect(wrong(USED, { x: 'client v0 f7 l0, client v0 f7 l63' }, types)).not.toEqual([]);
  });
});

function hasty(Mover: typeof DmaMover): typeof DmaMover {
  return class extends Mover {
    protected override *depend(_job: DrmSchedJob): KernelTask<number> {
      return 0;
    }
  };
}
