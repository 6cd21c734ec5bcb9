import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { both, type Expected, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;
const OBJECT = 'r = resv.create(); f = fence.create(); g = fence.create()';

function misuses(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lock-misuse').length;
}

/** A fence of usage `at` is seen by queries of the same and of weaker usage. */
function seenBy(at: number): Expected {
  return Object.fromEntries(
    USAGES.flatMap((name, query) => [
      [`test${name}`, query < at],
      [`wait${name}`, query < at ? 1 : 0],
    ]),
  );
}

const ASK_ALL = USAGES.map(
  (name) => `test${name} = resv.test(r, ${name}); wait${name} = resv.wait(r, ${name}, 0)`,
).join('\n');

/** Properties of fresh objects, of the lock that calls need, and of usages. */
export const BASIC_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-001'],
    plan: `A fresh object is unlocked, has no list, and nothing is pending in it.
      - every query with every usage`,
    programs: [
      program('fresh', {
        setup: 'r = resv.create()',
        tasks: { A: `locked = resv.isLocked(r); list = resv.list(r); ${ASK_ALL}` },
      }),
    ],
    holds: both(results({ fresh: { locked: false, list: 'none', ...seenBy(4) } }), (run) => {
      const { name } = run.environment.find('r', DmaResv).lock.lockClass;
      return name.startsWith('reservation_ww_class') ? null : `the lock is of class ${name}`;
    }),
    witness: { asked: reached((run) => resultNamed(run, 'testKERNEL') === true) },
    faults: ['resv-001-pending-without-a-list'],
  }),
  property({
    rules: ['RESV-006'],
    plan: `Calls that need the lock are reported when the caller does not hold it.
      - reserving, adding while another task holds it, taking promises back, replacing, copying
        into it, walking, listing; a holder as control, who copies from one that nobody holds`,
    programs: [
      program('reserve', { setup: OBJECT, tasks: { A: 'resv.reserve(r, 1)' } }),
      program('reset', { setup: OBJECT, tasks: { A: 'resv.resetMax(r)' } }),
      program('add', {
        setup: OBJECT,
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 2); task.sleep(10); resv.unlock(r)',
          B: 'task.sleep(5); resv.add(r, f, WRITE)',
        },
      }),
      program('replace', { setup: OBJECT, tasks: { A: 'resv.replace(r, 1, f, READ)' } }),
      program('copy', { setup: `${OBJECT}; s = resv.create()`, tasks: { A: 'resv.copy(r, s)' } }),
      program('walk', {
        setup: OBJECT,
        tasks: { A: 'c = resv.begin(r, READ); resv.firstLocked(c)' },
      }),
      program('describe', { setup: OBJECT, tasks: { A: 'resv.describe(r)' } }),
      program('control', {
        setup: `${OBJECT}; s = resv.create()`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE); resv.resetMax(r)
            resv.replace(r, 1, g, READ); c = resv.begin(r, READ); resv.firstLocked(c)
            resv.nextLocked(c); resv.describe(r); resv.copy(r, s); resv.unlock(r)`,
        },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 20 }],
    allows: ['lock-misuse', 'refinement', 'races'],
    holds: (run) => {
      const count = misuses(run);
      const isRight = run.program.name === 'control' ? count === 0 : count > 0;
      return isRight ? null : `${run.program.name}: ${count} reports`;
    },
    witness: { reported: reached((run) => misuses(run) > 0, 7) },
    faults: ['resv-006-unproven'],
  }),
  property({
    rules: ['RESV-009'],
    plan: `A query sees the fences of its own usage and of stronger ones.
      - each usage of a fence against each usage of a test and of a wait
      - a pending writer beside a reader that is done`,
    programs: [
      ...USAGES.map((name) =>
        program(name, {
          setup: `${OBJECT}; resv.lock(r); resv.reserve(r, 1); resv.add(r, f, ${name})
            resv.unlock(r)`,
          tasks: { A: ASK_ALL },
        }),
      ),
      program('reader-done', {
        setup: `${OBJECT}; resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE)
          resv.add(r, g, READ); resv.unlock(r); fence.signal(g)`,
        tasks: { A: ASK_ALL },
      }),
    ],
    holds: results({
      ...Object.fromEntries(USAGES.map((name, at) => [name, seenBy(at)])),
      'reader-done': seenBy(1),
    }),
    witness: {
      seen: reached((run) => resultNamed(run, 'testBOOKKEEP') === false, 5),
      unseen: reached((run) => resultNamed(run, 'testREAD') === true),
    },
    faults: ['resv-009-reads-as-write', 'BUG-RESV-01'],
  }),
  property({
    rules: ['RESV-010'],
    plan: `A writer waits for readers, a reader for writers.
      - both answers, and what a query with them sees`,
    programs: [
      program('read-write', {
        setup: 'r = resv.create()',
        tasks: { A: 'writer = resv.usageRw(r, true); reader = resv.usageRw(r, false)' },
      }),
    ],
    holds: results({ 'read-write': { writer: 'READ', reader: 'WRITE' } }),
    witness: { asked: reached((run) => resultNamed(run, 'writer') !== undefined) },
    faults: ['resv-010-swapped'],
  }),
  property({
    rules: ['RESV-011'],
    plan: `Adding a fence again with a stronger usage promotes its entry; a weaker one changes
      nothing about it.
      - BOOKKEEP to READ to WRITE; WRITE to READ`,
    programs: [
      program('stronger', {
        setup: OBJECT,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, f, BOOKKEEP); resv.add(r, f, READ)
            s1 = resv.slots(r); resv.add(r, f, WRITE); s2 = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('weaker', {
        setup: OBJECT,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, f, WRITE); resv.add(r, f, READ)
            s1 = resv.slots(r); t = resv.test(r, WRITE); resv.unlock(r)`,
        },
      }),
    ],
    holds: results({
      stronger: { s1: 'f/READ', s2: 'f/WRITE' },
      weaker: { s1: 'f/WRITE f/READ', t: false },
    }),
    witness: { promoted: reached((run) => resultNamed(run, 's2') !== undefined) },
    faults: ['resv-025-any-usage', 'resv-011-never-promotes', 'resv-027-strictly-later'],
  }),
];
