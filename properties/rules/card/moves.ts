import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { ALONE } from './scenes.ts';

/** Properties of moves that a copying engine does. */
export const MOVE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EVICT-011'],
    plan: `Memory of a device shows nothing of those who had it before: the engine clears it in front of an
      object's first use, and the object's users wait for that.
      - a new object in memory that was used by the machine before`,
    programs: [
      program('new', {
        tasks: {
          A: `m = mover.create(1); mover.soil(m); o = ttm.create(m, [vram]); w = resv.wait(o.resv, KERNEL)
            x = mover.look(m, o)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'refinement'],
    holds: results({ new: { m: 0, o: 0, x: 'ZERO, ZERO' } }),
    witness: { clean: reached((run) => resultNamed(run, 'x') === 'ZERO, ZERO') },
    faults: ['evict-011-mover-clears-nothing'],
  }),
];
