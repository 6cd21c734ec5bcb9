import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENODEV = -19;

/** An object that shares a reservation, with content and a job that goes on. */
const SHARING = `r = resv.create(); d = ttm.device(1, 1); a = ttm.create(d, [vram], resv: r)
  x = ttm.submit(a, write, 7)`;

function wasDelayed(run: Run): boolean {
  return run.sightings.some(({ name, object }) => name === 'delay' && object.label === 'a');
}

/** Which ends have to be left to a worker. */
const DELAYED: Readonly<Record<string, boolean>> = {
  idle: false,
  'in-use': true,
  explicit: true,
  shared: true,
  cleared: true,
  locked: true,
  imported: true,
  'other-lock': true,
};

function delayedAsItShould(run: Run): string | null {
  const should = DELAYED[run.program.name];
  if (should === undefined || should === wasDelayed(run)) return null;
  return `${run.program.name}: the end is ${should ? 'not ' : ''}left to a worker`;
}

/** An import has a reference and an attachment, and one that failed has neither. */
function importedOrNot(run: Run): string | null {
  if (run.program.name !== 'no-memory') return null;
  const [result, count, list] = ['x', 'nb', 'lb'].map((name) => resultNamed(run, name));
  const isRight = result === 0 ? count === 2 && list === 'ttm' : count === 1 && list === '';
  return isRight ? null : `after ${String(result)} the buffer has ${String(count)} references`;
}

/** Properties of the end of objects. */
export const ENDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EVICT-008'],
    plan: `The last reference of an idle object frees its storage. If it is in use, imported, to be cleared, or
      locked by somebody, a worker does that when all fences have signaled.
      - idle; a writer, an explicit job in flight; pages that are cleared; a reservation that is held
      - a shared reservation: later users of it, and who holds it, delay nothing
      - an importing object, whose exporter's reservation is held, whose buffer is closed before
      - imports that are refused, or find no memory: the buffer is as it was`,
    programs: [
      program('idle', {
        tasks: {
          A: `d = ttm.device(1, 1); a = ttm.create(d, [vram]); x = ttm.submit(a, write, 7)
            ttm.finish(d, x); ttm.put(a); u = ttm.usage(d, vram)`,
        },
      }),
      program('in-use', {
        setup: 'd = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 6)',
        tasks: {
          A: `x = ttm.submit(a, write, 7); ttm.put(a); u1 = ttm.usage(d, tt); task.sleep(60000)
            u2 = ttm.usage(d, tt); f = ttm.finish(d, x); task.sleep(5); u3 = ttm.usage(d, tt)`,
        },
      }),
      program('explicit', {
        setup: 'd = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 6)',
        tasks: {
          A: `x = ttm.submit(a, explicit, 7); ttm.put(a); task.sleep(5); u2 = ttm.usage(d, tt)
            f = ttm.finish(d, x); task.sleep(5); u3 = ttm.usage(d, tt)`,
        },
      }),
      program('shared', {
        setup: `${SHARING}; f = fence.create()`,
        tasks: {
          A: `ttm.put(a); u1 = ttm.usage(d, vram); resv.lock(r); resv.reserve(r, 1)
            resv.add(r, f, BOOKKEEP); ttm.finish(d, x); task.sleep(5); u2 = ttm.usage(d, vram)
            resv.unlock(r)`,
        },
        teardown: 'fence.signal(f)',
      }),
      program('cleared', {
        setup: 'd = ttm.device(1, 1, clears: true); a = ttm.create(d, [tt]); ttm.store(a, 6)',
        tasks: { A: 'ttm.put(a); task.sleep(5); u = ttm.usage(d, tt)' },
      }),
      program('locked', {
        setup: 'd = ttm.device(1, 1); a = ttm.create(d, [vram])',
        tasks: {
          A: 'task.sleep(5); ttm.put(a); u1 = ttm.usage(d, vram); task.sleep(10); u2 = ttm.usage(d, vram)',
          B: 'resv.lock(a.resv); task.sleep(10); resv.unlock(a.resv)',
        },
      }),
      program('imported', {
        setup: `d = ttm.device(1, 1); b = buf.export(); s = buf.resv(b); a = ttm.import(d, b)
          q = resv.create()`,
        tasks: {
          A: `task.sleep(5); resv.lock(q); ttm.put(a); resv.unlock(q); t = clock.now()
            u1 = ttm.usage(d, tt); task.sleep(10); u2 = ttm.usage(d, tt)`,
          B: 'resv.lock(s); task.sleep(10); resv.unlock(s)',
        },
      }),
      program('other-lock', {
        // A final put takes no reservation lock: its caller may hold any other.
        setup: `d = ttm.device(1, 1); b = buf.export(); a = ttm.import(d, b); q = resv.create()`,
        tasks: {
          A: 'resv.lock(q); ttm.put(a); resv.unlock(q); task.sleep(5); u = ttm.usage(d, tt)',
        },
      }),
      program('refused', {
        tasks: {
          A: `d = ttm.device(1, 1); b = buf.export(4096, fails: [attach], error: ${ENODEV})
            c = buf.export(4096, fails: [map], error: ${ENODEV}); x = ttm.import(d, b)
            y = ttm.import(d, c); nb = buf.count(b); nc = buf.count(c); lb = attach.list(b)
            lc = attach.list(c); u = ttm.usage(d, tt)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'd = ttm.device(1, 1); b = buf.export()',
        tasks: { A: 'x = ttm.import(d, b); task.sleep(5); nb = buf.count(b); lb = attach.list(b)' },
      }),
      program('closed', {
        setup: `d = ttm.device(1, 1); b = buf.export(); a = ttm.import(d, b)
          x = ttm.submit(a, explicit)`,
        tasks: {
          A: 'buf.put(b); ttm.put(a); task.sleep(5); f = ttm.finish(d, x)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 60 }],
    forbids: ['use-after-free', 'double-free', 'leak', 'refinement', 'deadlock', 'lockdep'],
    holds: both(
      delayedAsItShould,
      importedOrNot,
      results({
        idle: { u: 0 },
        'in-use': { u1: 1, u2: 1, f: 'done', u3: 0 },
        explicit: { u2: 1, f: 'done', u3: 0 },
        shared: { u1: 1, u2: 0 },
        cleared: { u: 0 },
        locked: { u1: 1, u2: 0 },
        imported: { t: 1005, u1: 1, u2: 0 },
        'other-lock': { u: 0 },
        refused: { x: ENODEV, y: ENODEV, nb: 1, nc: 1, lb: '', lc: '', u: 0 },
        'no-memory': {},
        closed: { f: 'done' },
      }),
    ),
    witness: {
      atOnce: reached((run) => run.program.name === 'idle' && resultNamed(run, 'u') === 0),
      later: reached((run) => resultNamed(run, 'u3') === 0),
      apart: reached((run) => run.program.name === 'shared' && resultNamed(run, 'u2') === 0),
    },
    faults: [
      'evict-008-frees-at-once',
      'evict-008-implicit-users-only',
      'evict-008-always-later',
      'evict-008-stays-shared',
      'evict-008-clears-at-once',
      'evict-008-waits-for-the-lock',
      'evict-008-worker-gives-up',
      'evict-008-failed-import-stays',
      'BUG-TTM-06',
      'BUG-DRV-04',
    ],
  }),
  property({
    rules: ['EVICT-009'],
    plan: `Without memory for the fences of a shared reservation, the last reference waits for them, for 30
      seconds. Importing objects go on using the exporter's reservation.
      - the fences signal in time; they never do; the reservation of an import is held meanwhile`,
    programs: [
      program('in-time', {
        world: { failuresMax: 1 },
        setup: SHARING,
        tasks: {
          A: 'ttm.put(a); t = clock.now(); u = ttm.usage(d, vram)',
          B: 'task.sleep(10); ttm.finish(d, x)',
        },
      }),
      program('never', {
        world: { failuresMax: 1 },
        setup: SHARING,
        tasks: { A: 'ttm.put(a); t = clock.now(); u = ttm.usage(d, vram); ttm.finish(d, x)' },
      }),
      program('imported', {
        setup: 'd = ttm.device(1, 1); b = buf.export(); s = buf.resv(b); a = ttm.import(d, b)',
        tasks: {
          A: 'task.sleep(5); ttm.put(a); u1 = ttm.usage(d, tt); task.sleep(3); u2 = ttm.usage(d, tt)',
          B: 'resv.lock(s); task.sleep(10); resv.unlock(s); task.sleep(1); u3 = ttm.usage(d, tt)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 60 }],
    forbids: ['use-after-free', 'leak', 'deadlock'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'imported') return results({ imported: { u1: 1, u2: 1, u3: 0 } })(run);
      const failed = run.sightings.some(({ name: event }) => event === 'individualize.failed');
      const end = name === 'never' ? 31_000 : 1010;
      const expected = failed ? { t: end, u: 0 } : { t: 1000, u: 1 };
      return results({ [name]: expected })(run);
    },
    witness: {
      waited: reached((run) => resultNamed(run, 't') === 1010),
      gaveUp: reached((run) => resultNamed(run, 't') === 31_000),
      held: reached((run) => resultNamed(run, 'u2') === 1),
    },
    faults: ['evict-009-does-not-wait', 'evict-009-no-limit', 'evict-009-imports-switch'],
  }),
];
