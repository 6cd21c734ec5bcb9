import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const EMFILE = -24;
const EOPNOTSUPP = -95;

export const OPEN = 's = drm.device(virtio_gpu); t = drm.open(s)';

/** Every request with every argument wrong, by the half of the feature that it needs. */
const BINARY: Readonly<Record<string, string>> = {
  create: 'so.create(DEV, 99',
  destroy: 'so.destroy(DEV, 9, 1',
  toFd: 'so.toFd(DEV, 9, 9, 1',
  fromFd: 'so.fromFd(DEV, 99, 9, 9, 1',
  wait: 'so.wait(DEV, [9], 64',
  reset: 'so.reset(DEV, [9], pad: 1',
  signal: 'so.signal(DEV, [9], pad: 1',
};
const TIMELINE: Readonly<Record<string, string>> = {
  timelineWait: 'so.timelineWait(DEV, [9], flags: 64',
  query: 'so.query(DEV, [9], 9',
  transfer: 'so.transfer(DEV, 9, 0, 9, 0, 9, 1',
  timelineSignal: 'so.timelineSignal(DEV, [9], flags: 9',
  eventfd: 'so.eventfd(DEV, 9, 0, 99, 9, 1',
};
const ALL = { ...BINARY, ...TIMELINE };

const DEVICES: Readonly<Record<string, string>> = {
  vgem: 'drm.device(vgem)',
  vkms: 'drm.device(vkms)',
  half: 'so.device(true, false)',
  other: 'so.device(false, true)',
};

const everyCall = (device: string): string =>
  Object.entries(ALL)
    .map(([name, call]) => `${name} = ${call.replace('DEV', device)})`)
    .join('; ');

/** What every request answers on a device with these halves of the feature. */
function answers(hasBinary: boolean, hasTimeline: boolean): Readonly<Record<string, number>> {
  const binary = Object.keys(BINARY).map((name) => [name, hasBinary ? EINVAL : EOPNOTSUPP]);
  const timeline = Object.keys(TIMELINE).map((name) => [name, hasTimeline ? EINVAL : EOPNOTSUPP]);
  return { ...Object.fromEntries([...binary, ...timeline]), memory: EFAULT };
}

/** Properties of handles and descriptors. */
export const CALL_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-001', 'DEV-003'],
    plan: `A device without the feature refuses every call before it looks at any field; the binary half
      and the timeline half of it are two features. Only memory that cannot be read is noticed earlier.
      - all twelve calls, with every argument wrong, × both halves there or not
      - the devices of recordings: virtio_gpu has both halves, vgem and vkms none`,
    programs: Object.entries(DEVICES)
      .map(([name, device]) =>
        program(name, {
          tasks: {
            A: `s = ${device}; t = drm.open(s); ${everyCall('t')}
            memory = so.create(t, 99, memory: bad)`,
          },
        }),
      )
      .concat(
        program('both', {
          tasks: { A: `${OPEN}; ${everyCall('t')}; memory = so.create(t, 99, memory: bad)` },
        }),
      ),
    holds: results({
      vgem: answers(false, false),
      vkms: answers(false, false),
      half: answers(true, false),
      other: answers(false, true),
      both: answers(true, true),
    }),
    witness: {
      half: reached(
        (run) => resultNamed(run, 'create') === EINVAL && resultNamed(run, 'query') !== EINVAL,
      ),
    },
    faults: ['syncobj-001-arguments-first', 'syncobj-001-one-feature', 'dev-003-everywhere'],
  }),
  property({
    rules: ['SYNCOBJ-002'],
    plan: `Create knows one flag. Without it there is no fence, with it a stub of its own that carries the
      time.
      - each other flag, alone and beside the known one
      - waits for both kinds; name and time of the fence behind each`,
    programs: [
      program('create', {
        tasks: {
          A: `${OPEN}; f2 = so.create(t, 2); f3 = so.create(t, 3); top = so.create(t, 2147483648)
            a = so.create(t); aw = so.wait(t, [a]); ax = so.toFd(t, a, 1)
            al = syncobj.look(a.syncobj)
            task.sleep(7); b = so.create(t, 1); task.sleep(3); c = so.create(t, 1)
            bw = so.wait(t, [b]); bx = so.toFd(t, b, 1); cx = so.toFd(t, c, 1)
            bi = sys.info(bx, 1); ci = sys.info(cx, 1)`,
        },
      }),
      program('told-nowhere', {
        // The object is there, and its number was not told.
        tasks: {
          A: `${OPEN}; x = so.create(t, memory: readOnly); one = so.destroy(t, 1)
            two = so.destroy(t, 1)`,
        },
      }),
    ],
    holds: results({
      create: {
        f2: EINVAL,
        f3: EINVAL,
        top: EINVAL,
        a: 1,
        aw: EINVAL,
        ax: EINVAL,
        al: 'empty',
        b: 2,
        c: 3,
        bw: 'first 0',
        bi: 'stub-stub0-0 1 1 | stub stub 1 1007000000',
        ci: 'stub-stub0-0 1 1 | stub stub 1 1010000000',
      },
      'told-nowhere': { x: EFAULT, one: 0, two: EINVAL },
    }),
    witness: { signaled: reached((run) => resultNamed(run, 'bw') === 'first 0') },
    faults: ['syncobj-002-any-flags', 'syncobj-002-shared-stub', 'syncobj-002-never-signaled'],
  }),
  property({
    rules: ['SYNCOBJ-003'],
    plan: `Handles are the smallest free numbers of a file, from 1; a destroyed one is free at once.
      - gaps, a second file, numbers after failures
      - two creates at once; a create beside a destroy`,
    programs: [
      program('numbers', {
        tasks: {
          A: `${OPEN}; u = drm.open(s); a = so.create(t); b = so.create(t); c = so.create(t)
            d2 = so.destroy(t, b); bad = so.create(t, 2); e = so.create(t); f = so.create(t)
            so.destroy(t, a); so.destroy(t, c); g = so.create(t); h = so.create(t)
            other = so.create(u); zero = so.destroy(t, 0)`,
        },
      }),
      program('two-creates', {
        setup: OPEN,
        tasks: { A: 'so.create(t)', B: 'so.create(t)' },
      }),
      program('beside-a-destroy', {
        setup: `${OPEN}; a = so.create(t)`,
        tasks: { A: 'so.create(t)', B: 'so.destroy(t, a)' },
      }),
    ],
    holds: results({
      numbers: {
        a: 1,
        b: 2,
        c: 3,
        d2: 0,
        bad: EINVAL,
        e: 2,
        f: 4,
        g: 1,
        h: 3,
        other: 1,
        zero: EINVAL,
      },
      'two-creates': {},
      'beside-a-destroy': {},
    }),
    schedules: [{ kind: 'stateful', statesMax: 10_000 }],
    ...exactly({
      'two-creates': ['A:1 B:2', 'A:2 B:1'],
      'beside-a-destroy': ['A:1 B:0', 'A:2 B:0'],
    }),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { again: reached((run) => run.outcome === 'A:1 B:0') },
    faults: ['syncobj-003-from-zero', 'syncobj-003-never-again', 'syncobj-003-two-of-one'],
  }),
  property({
    rules: ['SYNCOBJ-004'],
    plan: `Destroy refuses padding and unknown handles with the same error, and drops the table's
      reference only: what waits, descriptors and other handles keep the object.
      - padding with a good and a bad handle; unknown, used up and 0
      - a waiter, a descriptor, a second handle and a registered counter, each beside a destroy
      - two destroys of one handle at once`,
    programs: [
      program('errors', {
        tasks: {
          A: `${OPEN}; a = so.create(t); pad = so.destroy(t, a, 1); both = so.destroy(t, 9, 1)
            unknown = so.destroy(t, 9); zero = so.destroy(t, 0); done = so.destroy(t, a)
            again = so.destroy(t, a); gone = so.wait(t, [a])`,
        },
      }),
      program('kept-by-handle', {
        tasks: {
          A: `${OPEN}; a = so.create(t, 1); x = so.toFd(t, a); b = so.fromFd(t, x); so.destroy(t, a)
            w = so.wait(t, [b]); n = syncobj.references(b.syncobj); so.destroy(t, b)
            m = syncobj.references(b.syncobj); c = so.fromFd(t, x); v = so.wait(t, [c])
            sys.close(x); so.destroy(t, c); f = inspect.isFreed(b.syncobj)`,
        },
      }),
      program('kept-by-wait', {
        setup: `${OPEN}; a = so.create(t); x = so.toFd(t, a); b = so.fromFd(t, x)`,
        tasks: {
          A: 'w = so.wait(t, [a], submit, forever)',
          B: 'so.destroy(t, a); so.signal(t, [b])',
        },
      }),
      program('two-destroys', {
        setup: `${OPEN}; a = so.create(t)`,
        tasks: { A: 'so.destroy(t, a)', B: 'so.destroy(t, a)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'kept-by-wait') {
        const w = resultNamed(run, 'w');
        return w === 'first 0' || w === ENOENT ? null : `the wait returns ${String(w)}`;
      }
      return results({
        errors: {
          pad: EINVAL,
          both: EINVAL,
          unknown: EINVAL,
          zero: EINVAL,
          done: 0,
          again: EINVAL,
          gone: ENOENT,
        },
        'kept-by-handle': { w: 'first 0', n: 2, m: 1, c: 1, v: 'first 0', f: true },
        'two-destroys': {},
      })(run);
    },
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    ...exactly({ 'two-destroys': ['A:-22 B:0', 'A:0 B:-22'] }),
    forbids: ['deadlock', 'use-after-free', 'refcount', 'leak'],
    witness: { waited: reached((run) => resultNamed(run, 'w') === 'first 0') },
    faults: [
      'syncobj-004-enoent',
      'syncobj-004-takes-the-fence',
      'syncobj-004-ignores-pad',
      'syncobj-004-keeps-reference',
    ],
  }),
  property({
    rules: ['SYNCOBJ-005'],
    plan: `Handle to descriptor: padding, then flags, then the handle, all -EINVAL. Each call makes a new
      file that refers to the object, ends at exec, is ready for everything, and is good for nothing else.
      - each error with those that come later
      - two descriptors of one object; polls, epoll, requests, reads; the object behind them
      - no number free`,
    programs: [
      program('descriptors', {
        tasks: {
          A: `${OPEN}; a = so.create(t); pad = so.toFd(t, 9, 9, 1); pad1 = so.toFd(t, a, 1, 1)
            flag = so.toFd(t, 9, 2); c = so.create(t, 1); flag2 = so.toFd(t, a, 2)
            flag3 = so.toFd(t, c, 3); unknown = so.toFd(t, 9)
            zero = so.toFd(t, 0); x = so.toFd(t, a); y = so.toFd(t, a); same = sys.same(x, y)
            modes = sys.modes(x); n = syncobj.references(a.syncobj); p = sys.poll(x, in+out, 0)
            e = sys.epoll(); ea = sys.epollAdd(e, x); r = sys.read(x); q = sys.ioctl(x, 3221775547)
            sys.close(x); m = syncobj.references(a.syncobj)`,
        },
      }),
      program('full', {
        tasks: {
          A: `${OPEN}; a = so.create(t); sys.fillTable(); unknown = so.toFd(t, 9)
            full = so.toFd(t, a); n = syncobj.references(a.syncobj)`,
        },
      }),
    ],
    holds: results({
      descriptors: {
        pad: EINVAL,
        pad1: EINVAL,
        flag: EINVAL,
        flag2: EINVAL,
        flag3: EINVAL,
        unknown: EINVAL,
        zero: EINVAL,
        x: 0,
        y: 0,
        same: 1,
        modes: 'readOnly closeOnExec',
        n: 3,
        p: 'in+out',
        ea: -1,
        r: EINVAL,
        q: -25,
        m: 2,
      },
      full: { unknown: EINVAL, full: EMFILE, n: 1 },
    }),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { two: reached((run) => resultNamed(run, 'n') === 3) },
    faults: [
      'syncobj-005-any-flags',
      'syncobj-005-open-at-exec',
      'syncobj-005-no-reference',
      'syncobj-005-enoent',
    ],
  }),
  property({
    rules: ['SYNCOBJ-007'],
    plan: `Descriptor to handle: what is no descriptor of an object is -EINVAL. Each import makes a new
      handle, also for what is known already.
      - closed, of other kinds, of a fence
      - twice the same descriptor, in the same and another file; a signal is seen through all
      - sent to another process, whose sender is gone`,
    programs: [
      program('imports', {
        tasks: {
          A: `${OPEN}; u = drm.open(s); a = so.create(t); x = so.toFd(t, a); e = sys.eventfd()
            so.signal(t, [a]); y = so.toFd(t, a, 1); so.reset(t, [a]); closed = so.fromFd(t, 99)
            other = so.fromFd(t, e); fence = so.fromFd(t, y); itself = so.fromFd(t, t)
            pad = so.fromFd(t, x, pad: 1); flag = so.fromFd(t, x, 2); b = so.fromFd(t, x)
            c = so.fromFd(t, x); d1 = so.fromFd(u, x); n = syncobj.references(a.syncobj)
            before = so.wait(t, [c]); so.signal(t, [b]); wa = so.wait(t, [a]); wc = so.wait(t, [c])
            wd = so.wait(u, [d1])`,
        },
      }),
      program('sent', {
        setup: `${OPEN}; sys.fork(child)`,
        tasks: {
          A: `a = so.create(t); x = so.toFd(t, a); sys.send(x, child); so.signal(t, [a])
            so.destroy(t, a); sys.close(x)`,
          'child/B': 'y = sys.receive(); b = so.fromFd(t, y); w = so.wait(t, [b], submit, forever)',
        },
      }),
    ],
    holds: (run) =>
      results({
        imports: {
          closed: EINVAL,
          other: EINVAL,
          fence: EINVAL,
          itself: EINVAL,
          pad: EINVAL,
          flag: EINVAL,
          b: 2,
          c: 3,
          d1: 1,
          n: 5,
          before: EINVAL,
          wa: 'first 0',
          wc: 'first 0',
          wd: 'first 0',
        },
        sent: { y: 0, w: 'first 0' },
      })(run),
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 2000 }],
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: {
      imported: reached((run) => resultNamed(run, 'c') === 3),
      sent: reached((run) => resultNamed(run, 'y') === 0),
    },
    faults: ['syncobj-007-one-handle', 'syncobj-007-ebadf', 'syncobj-007-keeps-file'],
  }),
];
