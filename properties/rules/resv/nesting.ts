import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

const OBJECT = 'r = resv.create(); f = fence.create(); fence.signal(f)';

/** How each of the seven is entered and left; a wait for a fence is over at once. */
const PLACES: Readonly<Record<string, readonly [string, string]>> = {
  mmap: ['order.enter(mmap)', 'order.leave(mmap)'],
  context: ['x = ww.init()', 'ww.fini(x)'],
  lock: ['resv.lock(r)', 'resv.unlock(r)'],
  reclaim: ['order.enter(reclaim)', 'order.leave(reclaim)'],
  notifier: ['order.enter(notifier)', 'order.leave(notifier)'],
  wait: ['fence.waitTimeout(f, 1)', ''],
  files: ['order.enter(files)', 'order.leave(files)'],
};

/** One inside the other. */
function nested(outer: string, inner: string): Program {
  const [enter = '', leave = ''] = PLACES[outer] ?? [];
  const [begin = '', end = ''] = PLACES[inner] ?? [];
  return program(`${inner}-in-${outer}`, {
    setup: OBJECT,
    tasks: { A: `${enter}; ${begin}; ${end}; ${leave}` },
  });
}

function one(name: string, calls: string): Program {
  return program(name, { setup: OBJECT, tasks: { A: calls } });
}

function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lockdep').length;
}

/** Lock proving reports the programs that are named, and no others. */
function reportsOnly(...wrong: readonly string[]): (run: Run) => string | null {
  return (run) => {
    const { name } = run.program;
    const wanted = wrong.includes(name) ? 1 : 0;
    const count = reports(run);
    return count === wanted ? null : `${name}: ${count} reports, not ${wanted}`;
  };
}

const CHAIN = ['mmap', 'context', 'lock', 'reclaim', 'notifier', 'wait'];
const RIGHT = CHAIN.flatMap((outer, at) => CHAIN.slice(at + 1).map((inner) => [outer, inner]));
/** A wait holds nothing, and a lock is needed to hold: only these can be turned round. */
const WRONG = RIGHT.filter(([, inner]) => inner !== 'wait');
const nameOf = ([outer = '', inner = '']: readonly string[]): string => `${inner}-in-${outer}`;
const turned = ([outer = '', inner = '']: readonly string[]): Program => nested(inner, outer);

/** Properties of how reservations nest with the rest of the kernel. */
export const NESTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-065'],
    plan: `Lock proving knows from the beginning how seven things nest: a violation is reported when
      it is made the first time, without a deadlock.
      - each pair in the right order, and turned round
      - the lock of file mappings: under reclaim; beside notifiers in both orders`,
    programs: [
      ...RIGHT.map(([outer = '', inner = '']) => nested(outer, inner)),
      ...WRONG.map(turned),
      nested('reclaim', 'files'),
      nested('files', 'reclaim'),
      nested('files', 'notifier'),
      nested('notifier', 'files'),
      nested('files', 'wait'),
    ],
    allows: ['lockdep'],
    holds: reportsOnly(
      ...WRONG.map(([outer = '', inner = '']) => nameOf([inner, outer])),
      'reclaim-in-files',
    ),
    witness: { reported: reached((run) => reports(run) === 1, 10) },
    faults: ['resv-065-untaught'],
  }),
  property({
    rules: ['RESV-066'],
    plan: `With a reservation locked one may allocate and wait for fences, and must not take the
      lock that page faults take.
      - each of the three`,
    programs: [
      one('allocate', 'resv.lock(r); order.allocate(); resv.unlock(r)'),
      one('wait', 'resv.lock(r); fence.waitTimeout(f, 1); resv.unlock(r)'),
      one('mmap', 'resv.lock(r); order.enter(mmap); order.leave(mmap); resv.unlock(r)'),
    ],
    allows: ['lockdep'],
    holds: reportsOnly('mmap'),
    witness: { reported: reached((run) => reports(run) === 1) },
    faults: ['resv-065-untaught'],
  }),
  property({
    rules: ['RESV-067'],
    plan: `Reclaim and notifiers only try for a reservation's lock, and may wait for fences.
      - lock, interruptible lock, trylock and wait in each`,
    programs: ['reclaim', 'notifier'].flatMap((place) => {
      const inside = (calls: string): string =>
        `order.enter(${place}); ${calls}; order.leave(${place})`;
      return [
        one(`${place}-lock`, inside('resv.lock(r); resv.unlock(r)')),
        one(`${place}-interruptible`, inside('resv.lockInterruptible(r); resv.unlock(r)')),
        one(`${place}-trylock`, inside('resv.trylock(r); resv.unlock(r)')),
        one(`${place}-wait`, inside('fence.waitTimeout(f, 1)')),
      ];
    }),
    allows: ['lockdep'],
    holds: reportsOnly(
      'reclaim-lock',
      'reclaim-interruptible',
      'notifier-lock',
      'notifier-interruptible',
    ),
    witness: { reported: reached((run) => reports(run) === 1, 4) },
    faults: ['resv-065-untaught'],
  }),
  property({
    rules: ['RESV-068'],
    plan: `What must run for a fence to signal takes no reservation's lock, and allocates nothing
      for which somebody must make room.
      - both in a signalling section; a section that begins under the lock, as submissions do`,
    programs: [
      one('lock', 'signalling.begin(); resv.lock(r); resv.unlock(r); signalling.end()'),
      one('allocate', 'signalling.begin(); order.allocate(); signalling.end()'),
      one(
        'submits',
        `g = fence.create(); resv.lock(r); resv.reserve(r, 1); signalling.begin()
          resv.add(r, g, WRITE); resv.unlock(r); fence.signal(g); signalling.end()`,
      ),
    ],
    allows: ['lockdep'],
    holds: reportsOnly('lock', 'allocate'),
    witness: { reported: reached((run) => reports(run) === 1, 2) },
    faults: ['resv-065-untaught'],
  }),
];
