import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

/** 2^63: the first value that is taken as negative. 2^32: a pad whose lower half is 0. */
const HALF = '9223372036854775808';
const UPPER = '4294967296';

/** Properties of SET_DEADLINE. */
export const DEADLINE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-025'],
    plan: `SET_DEADLINE refuses what is unreadable or padded, and else hands the time on.
      - pad in either half; a signaled fence; an issuer without deadlines; a container
      - times in any order; beyond 2^63, which count as negative and so as the earliest`,
    programs: [
      program('checks', {
        setup: `t = sys.timeline(); f = sys.createFence(t, 1); k = fence.create()
          g = driver.outFence(k); h = sys.createFence(t, 0)`,
        tasks: {
          A: `bad = sys.deadline(f, 5, memory: bad); pad = sys.deadline(f, 5, pad: 1)
            upper = sys.deadline(f, 5, pad: ${UPPER}); unset = sys.getDeadline(t, f)
            fine = sys.deadline(f, 5); plain = sys.deadline(g, 5); done = sys.deadline(h, 5)
            readOnly = sys.deadline(f, 3, memory: readOnly); set = sys.getDeadline(t, f)`,
        },
      }),
      program('values', {
        setup: 't = sys.timeline(); f = sys.createFence(t, 1)',
        tasks: {
          A: `sys.deadline(f, 9); a = sys.getDeadline(t, f); sys.deadline(f, ${HALF})
            b = sys.getDeadline(t, f); sys.deadline(f, 0); c = sys.getDeadline(t, f)`,
        },
      }),
      program('container', {
        setup: `t = sys.timeline(); u = sys.timeline(); f = sys.createFence(t, 1)
          g = sys.createFence(u, 1); m = sys.merge(f, g)`,
        tasks: {
          A: `sys.deadline(m, 7); a = sys.getDeadline(t, f); b = sys.getDeadline(t, g)`,
        },
      }),
    ],
    holds: results({
      checks: {
        bad: -14,
        pad: -22,
        upper: -22,
        unset: -2,
        fine: 0,
        plain: 0,
        done: 0,
        readOnly: 0,
        set: '3',
      },
      values: { a: '9', b: HALF, c: HALF },
      container: { a: '7', b: '7' },
    }),
    witness: {
      upper: reached((run) => resultNamed(run, 'upper') === -22),
      negative: reached((run) => resultNamed(run, 'c') === HALF),
      parts: reached((run) => run.program.name === 'container' && resultNamed(run, 'b') === '7'),
    },
    faults: ['syncfile-025-half-a-pad', 'syncfile-025-unsigned', 'syncfile-025-first-part-only'],
  }),
];
