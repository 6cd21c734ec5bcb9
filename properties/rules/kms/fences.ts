import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { BUFFERS, CLEAN, END, FENCE, HOST, IN_TURN, onBuffer } from './displays.ts';

const EFAULT = -14;
const ENOENT = -2;
const ENOMEM = -12;
const EINVAL = -22;
const EMFILE = -24;

const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;

/** What has become of `w` before and after the fence on the buffer has signaled. */
const THEN = `task.sleep(1); s = kms.status(w); fence.signal(y); task.sleep(1); t = kms.status(w)`;

/** Properties of what commits wait for, and of what they promise. */
export const FENCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-001'],
    plan: `One in-fence for a plane and a commit, from a descriptor that stays; -1 is none. What is no
      sync_file is wrong in a test, too. The fence is on no reservation, and the next state has none.
      - none, one, two, in both orders; a dma-buf, a closed number, a number below -1; tests and real commits
      - the next commit while the first one waits; one that has none`,
    programs: [
      program('in-fence', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `y = fence.create(); ys = syncFile.create(y); m = syncFile.install(ys)
            b = prime.export(d, g); twice = kms.atomic(d, [plane, IN_FENCE_FD, n, plane, IN_FENCE_FD, m], test)
            thenNone = kms.atomic(d, [plane, IN_FENCE_FD, n, plane, IN_FENCE_FD, -1], test)
            noneFirst = kms.atomic(d, [plane, IN_FENCE_FD, -1, plane, IN_FENCE_FD, n], test)
            none = kms.show(d, e, -1, flags: test); buffer = kms.show(d, e, b, flags: test)
            closed = kms.show(d, e, 99, flags: test); real = kms.show(d, e, 99); low = kms.show(d, e, -2)
            r = kms.show(d, e, n, w, nonblock); s = kms.status(w); slots = resv.slots(h.resv)
            still = sys.info(n); second = kms.show(d, f, m, flags: test); fence.signal(x)
            task.sleep(1); t = kms.status(w); other = kms.show(d, f, out: w); u = kms.status(w)
            fence.signal(y); refs = inspect.references(x)`,
        },
      }),
    ],
    holds: results({
      'in-fence': {
        twice: EINVAL,
        thenNone: EINVAL,
        noneFirst: 0,
        none: 0,
        buffer: EINVAL,
        closed: EINVAL,
        real: EINVAL,
        low: EINVAL,
        r: 0,
        s: 'pending',
        slots: '',
        still: 'mock-mock1-1 0 1',
        second: 0,
        t: 1,
        other: 0,
        u: 1,
        refs: 2,
      },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { held: reached((run) => resultNamed(run, 's') === 'pending') },
    faults: [
      'kms-001-last-one-wins',
      'kms-001-inherited',
      'kms-001-consumes',
      'kms-001-anything-in-tests',
      'kms-001-on-the-buffer',
      'kms-001-keeps-a-reference',
    ],
  }),
  property({
    rules: ['KMS-002'],
    plan: `The word reads -1 from the property on, unless the commit succeeds: then it is a new descriptor.
      - null, addresses that are not mapped, tests
      - errors in properties before and behind it, in the state, for want of descriptors
      - each allocation fails; nothing is left of event, fence, file or number`,
    programs: [
      program('words', {
        setup: HOST,
        tasks: {
          A: `bad = kms.word(7, false); zero = kms.atomic(d, [crtc, OUT_FENCE_PTR, 0])
            address = kms.atomic(d, [crtc, OUT_FENCE_PTR, 99]); unmapped = kms.show(d, e, out: bad)
            n0 = sys.nextNumber(); test = kms.show(d, e, out: w, flags: test); wt = kms.peek(w)
            w2 = kms.word(); invalid = kms.atomic(d, [crtc, OUT_FENCE_PTR, w2, plane, FB_ID, 0])
            p2 = kms.peek(w2); w3 = kms.word()
            late = kms.atomic(d, [crtc, OUT_FENCE_PTR, w3, plane, 999, 1]); p3 = kms.peek(w3)
            w5 = kms.word(); early = kms.atomic(d, [plane, 999, 1, crtc, OUT_FENCE_PTR, w5])
            p5 = kms.peek(w5); n1 = sys.nextNumber(); r = kms.show(d, e, out: w); o = kms.fence(w)
            m = sys.modes(o); i = sys.info(o); sys.fillTable(); w4 = kms.word()
            full = kms.show(d, f, out: w4); p4 = kms.peek(w4); s = kms.state(d)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: HOST,
        tasks: {
          A: `w = kms.word(-1); n0 = sys.nextNumber(); r = kms.show(d, e, out: w, flags: event)
            p = kms.peek(w)
            s = kms.state(d); n1 = sys.nextNumber(); look = gem.look(h); c = kms.commits(d)`,
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name !== 'no-memory') {
        return results({
          words: {
            zero: 0,
            address: EFAULT,
            unmapped: EFAULT,
            test: 0,
            wt: 'none',
            invalid: EINVAL,
            p2: 'none',
            late: ENOENT,
            p3: 'none',
            early: ENOENT,
            p5: 'closed',
            n1: resultNamed(run, 'n0') ?? null,
            r: 0,
            m: 'readOnly closeOnExec',
            i: 'virtio_gpu-CRTC:36-crtc-01-2 1 1',
            full: EMFILE,
            p4: 'none',
            s: 'e lit',
          },
        })(run);
      }
      const hasFailed = resultNamed(run, 'r') === ENOMEM;
      return results({
        'no-memory': hasFailed
          ? { p: 'none', s: 'f lit', n1: resultNamed(run, 'n0') ?? null, c: '0' }
          : { r: 0, p: 'open', s: 'e lit' },
      })(run);
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: {
      failed: reached((run) => resultNamed(run, 'r') === ENOMEM, 5),
      full: reached((run) => resultNamed(run, 'full') === EMFILE),
    },
    faults: [
      'BUG-KMS-01',
      'kms-002-keeps-the-number',
      'kms-002-wastes-numbers',
      'kms-002-unmapped-is-fine',
      'kms-002-late',
    ],
  }),
  property({
    rules: ['KMS-006'],
    plan: `Who names no fence waits for what is pending on each object of each framebuffer: the kernel's moves
      and writes, and no reads.
      - each usage; a framebuffer of two objects`,
    programs: [
      ...USAGES.map((usage) =>
        program(usage, {
          setup: `${HOST}; ${onBuffer(usage)}`,
          tasks: {
            A: `r = kms.show(d, e, out: w, flags: nonblock); ${THEN}`,
          },
        }),
      ),
      ...['g, h', 'h, g'].map((objects) =>
        program(`two-objects ${objects}`, {
          setup: `${HOST}; ${onBuffer('WRITE')}`,
          tasks: {
            A: `z = fence.create(); two = kms.framebuffer(d, ${objects})
              resv.lock(g.resv); resv.reserve(g.resv, 1); resv.add(g.resv, z, WRITE)
              resv.unlock(g.resv); r = kms.show(d, two, out: w, flags: nonblock)
              task.sleep(1); q = kms.status(w); fence.signal(z); ${THEN}`,
          },
        }),
      ),
    ],
    holds: results({
      KERNEL: { r: 0, s: 'pending', t: 1 },
      WRITE: { r: 0, s: 'pending', t: 1 },
      READ: { r: 0, s: 1, t: 1 },
      BOOKKEEP: { r: 0, s: 1, t: 1 },
      'two-objects g, h': { r: 0, q: 'pending', s: 'pending', t: 1 },
      'two-objects h, g': { r: 0, q: 'pending', s: 'pending', t: 1 },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: {
      waited: reached((run) => resultNamed(run, 's') === 'pending', 3),
      passed: reached((run) => resultNamed(run, 's') === 1, 2),
    },
    faults: ['kms-006-waits-for-readers', 'kms-006-first-object-only', 'kms-006-last-fence-only'],
  }),
  property({
    rules: ['KMS-007'],
    plan: `Who names a fence waits for it and for the kernel's moves, all of them, and not for writes.
      - a pending fence of each usage, with the named one signaled before and behind it`,
    programs: [
      ...USAGES.map((usage) =>
        program(usage, {
          setup: `${HOST}; ${FENCE}; ${onBuffer(usage)}`,
          tasks: {
            A: `r = kms.show(d, e, n, w, nonblock)
              q = kms.status(w); fence.signal(x); ${THEN}`,
          },
        }),
      ),
      program('kernel-first', {
        setup: `${HOST}; ${FENCE}; ${onBuffer('KERNEL')}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock)
            fence.signal(y); task.sleep(1); s = kms.status(w); fence.signal(x); task.sleep(1)
            t = kms.status(w)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${HOST}; ${FENCE}; ${onBuffer('KERNEL')}`,
        tasks: { A: 'r = kms.show(d, e, n, flags: nonblock); fence.signal(x); fence.signal(y)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        const result = resultNamed(run, 'r');
        return result === 0 || result === ENOMEM ? null : `the commit returns ${String(result)}`;
      }
      return results({
        KERNEL: { q: 'pending', s: 'pending', t: 1 },
        WRITE: { q: 'pending', s: 1 },
        READ: { q: 'pending', s: 1 },
        BOOKKEEP: { q: 'pending', s: 1 },
        'kernel-first': { s: 'pending', t: 1 },
      })(run);
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: {
      passed: reached((run) => resultNamed(run, 's') === 1, 3),
      failed: reached((run) => resultNamed(run, 'r') === ENOMEM, 3),
    },
    faults: [
      'kms-007-writers-too',
      'kms-007-no-moves',
      'kms-007-forgets-the-named',
      'kms-007-keeps-what-it-found',
    ],
  }),
  property({
    rules: ['KMS-008'],
    plan: `What is put on a buffer after a commit has prepared it is not waited for.
      - a write and a move that come while the commit waits for its own fence`,
    programs: (['KERNEL', 'WRITE'] as const).map((usage) =>
      program(`snapshot-${usage}`, {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock); ${onBuffer(usage)}
            fence.signal(x); task.sleep(1); s = kms.status(w); st = kms.state(d); fence.signal(y)`,
        },
      }),
    ),
    holds: results({
      'snapshot-KERNEL': { r: 0, s: 1, st: 'e lit' },
      'snapshot-WRITE': { r: 0, s: 1, st: 'e lit' },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { passed: reached((run) => resultNamed(run, 's') === 1, 2) },
    faults: ['kms-008-looks-again'],
  }),
  property({
    rules: ['KMS-009'],
    plan: `How a fence has ended is nobody's business: the frame is shown, and the out-fence has no error.
      - a fence that fails while a worker waits for it, and while the caller does; one that has failed before`,
    programs: [
      program('failed', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock); fence.setError(x, -5)
            fence.signal(x); task.sleep(1); s = kms.status(w); st = kms.state(d)
            b = kms.show(d, f, n, w); bs = kms.status(w); bt = kms.state(d)`,
        },
      }),
      program('fails', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: 'r = kms.show(d, e, n, w); s = kms.status(w); st = kms.state(d)',
          B: 'task.sleep(5); fence.setError(x, -5); fence.signal(x)',
        },
      }),
    ],
    holds: results({
      failed: { r: 0, s: 1, st: 'e lit', b: 0, bs: 1, bt: 'f lit' },
      fails: { r: 0, s: 1, st: 'e lit' },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { shown: reached((run) => resultNamed(run, 'bt') === 'f lit') },
    faults: ['kms-009-gives-up', 'kms-009-passes-it-on'],
  }),
  property({
    rules: ['KMS-018'],
    plan: `Before it waits, a commit tells its fences of the next vertical blank of what is lit and stays as it is.
      - in-fences and fences of buffers, with and without vertical blanks
      - a display that is dark, and one that gets a mode: nobody knows when`,
    programs: [
      program('deadlines', {
        tasks: {
          A: `v = kms.manual(); d = drm.open(v); kms.setCap(d); ${BUFFERS}
            x = fence.create(deadline: true); xs = syncFile.create(x); n = syncFile.install(xs)
            kms.show(d, f, n, flags: nonblock); task.sleep(1); dark = inspect.deadlines(x)
            fence.signal(x); task.sleep(1); kms.light(d, e); kms.show(d, f, flags: nonblock)
            task.sleep(4); kms.tick(v); task.sleep(5); y = fence.create(deadline: true)
            ys = syncFile.create(y); m = syncFile.install(ys)
            kms.show(d, e, m, flags: nonblock); task.sleep(1); late = inspect.deadlines(y)
            z = fence.create(deadline: true); resv.lock(g.resv); resv.reserve(g.resv, 1)
            resv.add(g.resv, z, WRITE); resv.unlock(g.resv); fence.signal(y); kms.settle(v)
            kms.show(d, f, flags: nonblock); task.sleep(1); found = inspect.deadlines(z)
            fence.signal(z); kms.settle(v); q = fence.create(deadline: true)
            qs = syncFile.create(q); k = syncFile.install(qs)
            kms.atomic(d, [plane, IN_FENCE_FD, k, crtc, MODE_ID, 8], modeset+nonblock); task.sleep(1)
            set = inspect.deadlines(q); fence.signal(q)`,
        },
        teardown: END,
      }),
      program('no-vblank', {
        tasks: {
          A: `v = drm.device(virtio_gpu); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)
            x = fence.create(deadline: true); xs = syncFile.create(x); n = syncFile.install(xs)
            kms.show(d, e, n, flags: nonblock); task.sleep(1); none = inspect.deadlines(x)
            fence.signal(x)`,
        },
      }),
    ],
    holds: results({
      deadlines: { dark: '', late: '1022000000', found: '1029000000', set: '' },
      'no-vblank': { none: '' },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { told: reached((run) => resultNamed(run, 'late') === '1022000000') },
    faults: ['kms-018-never', 'kms-018-now', 'kms-018-modes-too'],
  }),
];
