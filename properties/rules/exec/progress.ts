import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import type { Program } from '../../programs/program.ts';
import type { Schedules } from '../../run/explore.ts';
import {
  EALREADY,
  EINTR,
  elder,
  lockTrail,
  ORDERED,
  passesAgain,
  RESERVATIONS,
  stamps,
  withObjects,
} from './programs.ts';

/** Which objects each task names, in this order. */
const CROSSED: Readonly<Record<string, readonly string[]>> = {
  'two-by-two': ['[a, b]', '[b, a]'],
  'two-by-three': ['[a, b, c]', '[c, b, a]'],
  cycle: ['[a, b]', '[b, c]', '[c, a]'],
};

const TRANSACTIONS: readonly Program[] = Object.entries(CROSSED).map(([name, lists]) =>
  withObjects(name, {
    tasks: Object.fromEntries(
      lists.map((list, number) => [
        'ABC'.charAt(number),
        `x${number} = exec.init(); r${number} = exec.lockAll(x${number}, ${list})
          exec.fini(x${number})`,
      ]),
    ),
  }),
);

const DRAWN: readonly Schedules[] = [{ kind: 'random', runs: 30, seed: 1 }];

/** Each older transaction throws a younger one back at most once for each of its objects. */
const AGAIN_MAX = 6;

/** The task whose stamp is the oldest. */
function oldest(run: Parameters<typeof stamps>[0]): string | undefined {
  const first = stamps(run)
    .split('; ')
    .find((words) => words.split(' ')[1] === '1');
  return first?.split(' ')[0];
}

/** Locks all reservations of a list, in an order that is another one's backwards. */
const LOCKS = 'e = gem.lockAll([rb, ra]); ha = exec.holder(a); hb = exec.holder(b)';

/** Properties of several transactions at once, and of the older routine for arrays. */
export const PROGRESS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EXEC-009'],
    plan: `Every transaction comes to its end after a bounded number of passes, and the oldest one
      needs one.
      - two and three tasks over two and three objects, in crossed orders`,
    programs: TRANSACTIONS,
    schedules: DRAWN,
    forbids: ['deadlock', 'livelock'],
    holds: (run) => {
      const errors = run.program.tasks.map((_task, number) => resultNamed(run, `r${number}`));
      if (errors.some((error) => error !== 0)) return `results are ${errors.join(' ')}`;
      const first = oldest(run);
      if (first === undefined) return `nobody has the first stamp: ${stamps(run)}`;
      if (passesAgain(run, first) > 0) return `${first} is the oldest, and begins again`;
      const again = passesAgain(run);
      return again <= AGAIN_MAX ? null : `passes began again ${again} times`;
    },
    witness: { again: reached((run) => passesAgain(run) > 0, 20) },
    faults: ['exec-009-plain-locks', 'exec-002-does-not-wait', 'exec-009-gives-way-to-anybody'],
  }),
  property({
    rules: ['EXEC-011'],
    plan: `The routine for arrays begins again with what was in the way. It ends with nothing held
      when a reservation is named twice, and when a signal comes, in both kinds of lock.
      - one in the way, last and first of the list; duplicates, with and without; signals`,
    programs: [
      withObjects('contended', {
        setup: RESERVATIONS,
        tasks: { E: elder('a'), B: `task.sleep(5); ${LOCKS}` },
      }),
      withObjects('twice', {
        setup: RESERVATIONS,
        tasks: {
          B: `e = gem.lockAll([ra, rb, ra]); ha = exec.holder(a); hb = exec.holder(b)
            f = gem.lockAll([rb, rb]); g = exec.holder(b); n = gem.lockAll([])`,
        },
      }),
      withObjects('twice-contended', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `task.sleep(5); e = gem.lockAll([rb, ra, ra]); ha = exec.holder(a)
            hb = exec.holder(b)`,
        },
      }),
      withObjects('signal', {
        setup: RESERVATIONS,
        tasks: {
          H: 'resv.lock(ra); task.sleep(20); resv.unlock(ra)',
          B: `task.sleep(5); ${LOCKS}`,
          S: 'task.sleep(10); task.interrupt(B)',
        },
      }),
      withObjects('signal-slow', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `task.sleep(5); ${LOCKS}`,
          S: 'task.sleep(10); task.interrupt(B)',
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['lockdep', 'lock-misuse', 'refinement', 'livelock', 'deadlock'],
    holds: (run) => {
      const { name } = run.program;
      const wrong = results({
        contended: { e: 0, ha: 'free', hb: 'free' },
        twice: { e: EALREADY, ha: 'free', hb: 'free', f: EALREADY, g: 'free', n: 0 },
        'twice-contended': { e: EALREADY, ha: 'free', hb: 'free' },
        signal: { e: EINTR, ha: 'H', hb: 'free' },
        'signal-slow': { e: EINTR, ha: 'E', hb: 'free' },
      })(run);
      if (wrong !== null || name !== 'contended') return wrong;
      const trail = lockTrail(run, 'B');
      return trail.startsWith('+b -b +a +b') ? null : `the order is ${trail}`;
    },
    witness: { signal: reached((run) => resultNamed(run, 'e') === EINTR, 2) },
    faults: [
      'exec-011-duplicates-pass',
      'exec-011-keeps-others',
      'exec-011-deaf',
      'exec-011-from-the-front',
    ],
  }),
];
