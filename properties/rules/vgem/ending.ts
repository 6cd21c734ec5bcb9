import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const ENOENT = -2;
const EINVAL = -22;
const ETIMEDOUT = -110;

const OPEN = 'v = drm.device(vgem); d = drm.open(v); g = dumb.create(d)';
const BUSY = `${OPEN}; b = prime.export(d, g); f = vgem.attach(d, g, true)`;

/** Properties of how vgem's fences end. */
export const ENDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VGEM-005'],
    plan: `A fence that nobody signals does so itself ten seconds after it was attached, without an
      error. Its end waits for its timer, and nobody waits for its end.
      - just before and at the time; a waiter and a poller that sleep through it
      - file, object and descriptor gone before; the timer and the last reference at once`,
    programs: [
      program('expiry', {
        tasks: {
          A: `${BUSY}; task.sleep(9999); before = fence.getStatus(f.fence)
            pb = sys.poll(b, in+out, 0); task.sleep(1); at = fence.getStatus(f.fence)
            pa = sys.poll(b, in+out, 0)`,
        },
      }),
      program('sleeper', {
        setup: BUSY,
        tasks: { A: 'p = sys.poll(b, out, 20000)' },
      }),
      program('waiter', {
        setup: BUSY,
        tasks: { A: 'w = resv.wait(g.resv, WRITE); s = fence.getStatus(f.fence)' },
      }),
      program('last-reference', {
        // The file has the last one, and ends.
        world: { time: 'free' },
        setup: `${BUSY}; sys.close(b)`,
        tasks: { A: 'sys.close(d)' },
      }),
      program('all-gone', {
        tasks: {
          A: `${BUSY}; sys.close(b); gem.close(d, g); sys.close(d); task.sleep(12000)
            n = sys.nextNumber()`,
        },
      }),
    ],
    holds: results({
      expiry: { before: 0, pb: 'none', at: 1, pa: 'in+out' },
      sleeper: { p: 'out' },
      waiter: { s: 1 },
      'last-reference': {},
      'all-gone': { n: 0 },
    }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['deadlock', 'use-after-free', 'sleep-in-atomic', 'refinement', 'refcount'],
    witness: { expired: reached((run) => resultNamed(run, 'at') === 1) },
    faults: [
      'vgem-005-with-error',
      'vgem-005-early',
      'vgem-005-never',
      'vgem-005-borrows',
      'BUG-VGEM-01',
    ],
  }),
  property({
    rules: ['VGEM-006'],
    plan: `Signalling takes no flags and consumes its number: the call says -ETIMEDOUT when the fence
      was too quick, and the number is gone in both cases.
      - wrong flags with a wrong number; unknown numbers, and 0
      - in time, and after ten seconds, each a second time
      - the timer and the call at once; two calls at once`,
    programs: [
      program('errors', {
        tasks: {
          A: `${BUSY}; both = vgem.signal(d, 9, 1); flag = vgem.signal(d, f, 1)
            pending = fence.getStatus(f.fence); unknown = vgem.signal(d, 9)
            zero = vgem.signal(d, 0); done = vgem.signal(d, f); status = fence.getStatus(f.fence)
            again = vgem.signal(d, f)`,
        },
      }),
      program('late', {
        tasks: {
          A: `${BUSY}; task.sleep(10001); late = vgem.signal(d, f); gone = vgem.signal(d, f)
            s = fence.getStatus(f.fence)`,
        },
      }),
      program('timer', {
        world: { time: 'free' },
        setup: BUSY,
        tasks: { A: 'vgem.signal(d, f); fence.getStatus(f.fence)' },
      }),
      program('two-calls', {
        setup: BUSY,
        tasks: { A: 'vgem.signal(d, f)', B: 'vgem.signal(d, f)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    holds: results({
      errors: {
        both: EINVAL,
        flag: EINVAL,
        pending: 0,
        unknown: ENOENT,
        zero: ENOENT,
        done: 0,
        status: 1,
        again: ENOENT,
      },
      late: { late: ETIMEDOUT, gone: ENOENT, s: 1 },
      timer: {},
      'two-calls': {},
    }),
    ...exactly({
      timer: ['A:0,1', 'A:-110,1'],
      'two-calls': ['A:0 B:-2', 'A:-2 B:0'],
    }),
    witness: {
      late: reached((run) => resultNamed(run, 'late') === ETIMEDOUT),
      raced: reached((run) => run.outcome === 'A:-110,1'),
    },
    faults: ['vgem-006-keeps-number', 'vgem-006-late-is-fine', 'vgem-006-takes-flags'],
  }),
  property({
    rules: ['VGEM-007'],
    plan: `A number that was used up is not given again in this file; another file counts for itself.
      - attach and signal in turn, in time and late; a second file`,
    programs: [
      program('numbers', {
        tasks: {
          A: `${OPEN}; a = vgem.attach(d, g, true); vgem.signal(d, a); b = vgem.attach(d, g)
            c = vgem.attach(d, g); vgem.signal(d, b); e = vgem.attach(d, g); vgem.signal(d, e)
            vgem.signal(d, c); task.sleep(10001); f = vgem.attach(d, g); k = drm.open(v)
            h = dumb.create(k); i = vgem.attach(k, h)`,
        },
      }),
    ],
    holds: results({ numbers: { a: 1, b: 2, c: 3, e: 4, f: 5, i: 1 } }),
    witness: { grown: reached((run) => resultNamed(run, 'e') === 4) },
    faults: ['vgem-007-reuses'],
  }),
  property({
    rules: ['VGEM-008'],
    plan: `A device file that ends gives up its handles first and then signals the fences that nobody
      has, without an error, so that nobody waits for a client that is gone.
      - a waiter; consumed and open fences; what the driver sees when the handles go
      - a process that is killed; another one has the buffer
      - the end of the file and the timer at once`,
    programs: [
      program('close', {
        setup: `v = drm.watched(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)
          a = vgem.attach(d, g); vgem.signal(d, a); f = vgem.attach(d, g)`,
        tasks: {
          A: 'task.sleep(5); close = sys.close(d); seen = drm.seen(v)',
          B: 'p = sys.poll(b, out, -1); t = clock.now(); s = fence.getStatus(f.fence)',
        },
      }),
      program('killed', {
        // The client alone has the device file; the buffer is shared.
        setup: `${BUSY}; sys.fork(client); sys.close(d)`,
        tasks: {
          'client/C': 'r = sys.receive()',
          A: `sys.kill(client); task.sleep(5); t = clock.now(); p = sys.poll(b, in, 0)
            info = sys.fdinfo(b)`,
        },
      }),
      program('timer', {
        world: { time: 'free' },
        setup: BUSY,
        tasks: { A: 'sys.close(d); fence.getStatus(f.fence)' },
      }),
    ],
    holds: (run) => {
      const early = Number(resultNamed(run, 't') ?? 0) < 5000;
      if (!early) return 'somebody waited for the timer';
      return results({
        close: { close: 0, seen: 'opened, closed found cached busy', p: 'out', s: 1 },
        killed: { p: 'in', info: 'size 4096, count 1, exp_name drm' },
        timer: {},
      })(run);
    },
    ...exactly({ timer: ['A:0,1'] }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['deadlock', 'leak', 'use-after-free'],
    witness: { released: reached((run) => resultNamed(run, 'p') === 'out') },
    faults: ['vgem-008-fences-first', 'vgem-008-not-signaled', 'vgem-008-with-error'],
  }),
];
