import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { BUFFERS, CLEAN, END, FENCE, IN_TURN } from './displays.ts';

const EBUSY = -16;

/** Two planes of a display without vertical blanks, both shown. */
const LAYERS = `v = kms.host(1, 1); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)
  kms.show(d, f, plane: overlay); ${FENCE}`;

/** The same on a display whose checks want every plane. */
const MANUAL_LAYERS = `v = kms.manual(1); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)
  kms.show(d, f, plane: overlay, flags: nonblock); kms.settle(v)`;

/** Calls give way for nothing at the first or the second lock where that can be, once in sixteen. */
const COMMITS: readonly string[] = Array.from({ length: 16 }, (_all, index) => {
  const descriptor = `o${index} = kms.fence(w)`;
  return `a${index} = kms.show(d, ${index % 2 === 0 ? 'e' : 'f'}, out: w, flags: nonblock); ${descriptor}; kms.settle(v); sys.close(o${index})`;
});

/** Somebody had to give way. */
const gaveWay = (run: Run): boolean => run.sightings.some(({ name }) => name === 'kill');

/** Properties of calls that want the same locks in different orders. */
export const CONTENTION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-020'],
    plan: `Who has to give way clears what it has, backs off and sets everything anew; user space never hears of it,
      and nothing is left of the first attempt: no fence, event, number, framebuffer.
      - two calls that lock planes in opposite orders, one with an in-fence
      - a page flip that gives way behind the lookup, and finds nothing to flip from after that`,
    programs: [
      program('planes', {
        setup: LAYERS,
        tasks: {
          A: 'a = kms.atomic(d, [plane, IN_FENCE_FD, n, overlay, alpha, 4], test)',
          B: 'b = kms.atomic(d, [overlay, alpha, 5, plane, alpha, 6], test)',
        },
      }),
      program('flip', {
        setup: MANUAL_LAYERS,
        tasks: {
          B: 'b = kms.atomic(d, [overlay, alpha, 5, plane, FB_ID, 0, plane, CRTC_ID, 0], nonblock)',
          A: 'a = kms.pageFlip(d, e, event)',
        },
        teardown: `kms.settle(v); r = kms.references(e); ${END}`,
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 60 }],
    holds: (run) => {
      const [a, b] = [resultNamed(run, 'a'), resultNamed(run, 'b')];
      if (run.program.name === 'flip') {
        const isRight = (a === 0 && b === EBUSY) || (a === EBUSY && b === 0);
        if (!isRight) return `the flip returns ${String(a)}, the other call ${String(b)}`;
        const left = resultNamed(run, 'r');
        return left === (a === 0 ? 2 : 1) ? null : `${String(left)} references on the framebuffer`;
      }
      return a === 0 && b === 0 ? null : `calls return ${String(a)} and ${String(b)}`;
    },
    forbids: [...CLEAN, 'races', 'lockdep'],
    // Time passes while nobody makes a vertical blank.
    allows: ['warn'],
    witness: {
      planes: reached((run) => run.program.name === 'planes' && gaveWay(run)),
      flips: reached((run) => resultNamed(run, 'a') === EBUSY && gaveWay(run)),
    },
    faults: ['BUG-KMS-03', 'kms-020-tells-of-it', 'kms-020-does-not-clear'],
  }),
  property({
    rules: ['KMS-020'],
    plan: `A call that gives way behind its out-fence takes the fence back, and makes another one.
      - sixteen commits, of which locks fail for nothing now and then, before and behind the fence`,
    programs: [
      program('for-nothing', {
        world: { wwInjection: true },
        tasks: {
          A: `${MANUAL_LAYERS}; m0 = sys.nextNumber(); ${COMMITS.join('; ')}
            q = inspect.seqno(o15.fence); m1 = sys.nextNumber(); ${END}`,
        },
      }),
    ],
    schedules: IN_TURN,
    holds: (run) => {
      if (resultNamed(run, 'm0') !== resultNamed(run, 'm1')) return 'a number is not free again';
      const all = COMMITS.map((_all, index) => resultNamed(run, `a${index}`));
      return all.every((result) => result === 0) ? null : `calls return ${all.join(', ')}`;
    },
    forbids: CLEAN,
    witness: {
      injected: reached((run) => run.sightings.some(({ name }) => name === 'inject')),
      // It had an out-fence already.
      anew: reached((run) => resultNamed(run, 'q') === COMMITS.length + 1),
    },
    faults: ['kms-020-keeps-promises', 'kms-020-tells-of-it'],
  }),
];
