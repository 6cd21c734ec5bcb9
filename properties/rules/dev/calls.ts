import { DRM_IOCTL_GEM_CLOSE } from '../../../impl/drm/drm-ioctls.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { EVERY_RESULT } from '../every-result.ts';

const EBADF = -9;
const EFAULT = -14;
const ENODEV = -19;
const ENOMEM = -12;
const EINVAL = -22;
const ENOTTY = -25;
const EOPNOTSUPP = -95;

/** A request of another kind of file, and one of this kind that nobody has. */
const OTHER_TYPE = 0x40086203;
const NO_NUMBER = 0xc00864ff;

const OPEN = 'v = drm.device(vgem); d = drm.open(v)';
const THREE = `${OPEN}; w = drm.device(vkms); k = drm.open(w); s = drm.device(virtio_gpu)
  t = drm.open(s)`;

const CAPABILITIES: readonly number[] = [1, 3, 5, 6, 16, 19, 20, 153];

/** Every capability of a device, as `d1 = drm.cap(d, 1)`. */
const questions = (device: string): string =>
  CAPABILITIES.map((number) => `${device}${number} = drm.cap(${device}, ${number})`).join('; ');

/** Properties of the calls that all devices have in common. */
export const CALL_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DEV-001'],
    plan: `A call looks at its descriptor, at the device, at the type and the number of the command, at
      its memory, and then at what it was asked. What was done is done when the answer cannot be
      written.
      - each error with the later ones behind it; no call that is built needs a permission
      - a device that was unplugged
      - memory that can only be read: the buffer is there, and its number was not told`,
    programs: [
      program('order', {
        tasks: {
          A: `${OPEN}; n = sys.eventfd(); closed = drm.ioctl(99, ${OTHER_TYPE}, bad)
            else = drm.ioctl(n, ${DRM_IOCTL_GEM_CLOSE}); type = drm.ioctl(d, ${OTHER_TYPE}, bad)
            number = drm.ioctl(d, ${NO_NUMBER}, bad); memory = gem.close(d, 9, memory: bad)
            rules = gem.close(d, 9); x = dumb.create(d, memory: readOnly)
            there = gem.close(d, 1); again = gem.close(d, 1)
            failed = gem.close(d, 1, memory: readOnly)`,
        },
      }),
      program('unplugged', {
        tasks: {
          A: `${OPEN}; g = dumb.create(d); drm.unplug(v); gone = gem.close(d, g)
            type = drm.ioctl(d, ${OTHER_TYPE}, bad); closed = drm.ioctl(99, ${OTHER_TYPE})
            look = gem.look(g)`,
        },
      }),
    ],
    holds: results({
      order: {
        closed: EBADF,
        else: ENOTTY,
        type: ENOTTY,
        number: EINVAL,
        memory: EFAULT,
        rules: EINVAL,
        x: EFAULT,
        there: 0,
        again: EINVAL,
        failed: EFAULT,
      },
      unplugged: {
        gone: ENODEV,
        type: ENODEV,
        closed: EBADF,
        look: 'references 1 handles 1 pins 0',
      },
    }),
    witness: { unplugged: reached((run) => resultNamed(run, 'gone') === ENODEV) },
    faults: ['dev-001-unplugged-works', 'dev-001-memory-first', 'dev-001-answers-nowhere'],
  }),
  property({
    rules: ['DEV-002'],
    plan: `What a device says of itself, for each number.
      - known and unknown numbers × vgem, vkms, virtio_gpu`,
    programs: [
      program('capabilities', {
        tasks: { A: `${THREE}; ${questions('d')}; ${questions('k')}; ${questions('t')}` },
      }),
    ],
    holds: results({
      capabilities: {
        d1: EOPNOTSUPP,
        d3: EOPNOTSUPP,
        d5: 3,
        d6: 1,
        d16: EOPNOTSUPP,
        d19: 0,
        d20: 0,
        d153: EOPNOTSUPP,
        k1: 1,
        k3: 0,
        k5: 3,
        k6: 1,
        k16: 1,
        k19: 0,
        k20: 0,
        k153: EINVAL,
        t1: 1,
        t3: 0,
        t5: 3,
        t6: 1,
        t16: 0,
        t19: 1,
        t20: 1,
        t153: EINVAL,
      },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'd153') === EOPNOTSUPP) },
    faults: ['dev-002-unknown-is-wrong', 'dev-002-unknown-is-zero'],
  }),
  property({
    rules: ['DEV-004'],
    plan: `A dumb buffer has no side of 0 and fits into 32 bits; its pitch is rounded up to bytes, its
      size to pages. Flags are nothing; virtio_gpu has 32 bits per pixel only.
      - sides of 0, and sizes at and behind 4 GiB
      - odd depths on vgem and virtio_gpu`,
    programs: [
      program('measures', {
        tasks: {
          A: `${THREE}; w0 = dumb.create(d, 0, 32, 32); h0 = dumb.create(d, 32, 0, 32)
            b0 = dumb.create(d, 32, 32, 0); line = dumb.create(d, 1073741824, 1, 32)
            area = dumb.create(d, 65536, 65536, 8); round = dumb.create(d, 65536, 65535, 9)
            page = dumb.create(d, 4294967295, 1, 8); most = dumb.create(d, 1048576, 1023, 32)
            m = dumb.measures(most); a = dumb.create(d, 32, 32, 16, 77); am = dumb.measures(a)
            b = dumb.create(d, 1, 16, 8); bm = dumb.measures(b); c = dumb.create(d, 33, 64, 12)
            cm = dumb.measures(c); o = dumb.create(d, 3, 1, 1); om = dumb.measures(o)
            v8 = dumb.create(t, 1, 16, 8); v32 = dumb.create(t, 33, 32, 32)
            vm = dumb.measures(v32)`,
        },
      }),
    ],
    holds: results({
      measures: {
        w0: EINVAL,
        h0: EINVAL,
        b0: EINVAL,
        line: EINVAL,
        area: EINVAL,
        round: EINVAL,
        page: EINVAL,
        most: 1,
        m: 'pitch 4194304 size 4290772992',
        a: 2,
        am: 'pitch 64 size 4096',
        bm: 'pitch 1 size 4096',
        cm: 'pitch 50 size 4096',
        om: 'pitch 1 size 4096',
        v8: EINVAL,
        v32: 1,
        vm: 'pitch 132 size 8192',
      },
    }),
    witness: { most: reached((run) => resultNamed(run, 'most') === 1) },
    faults: ['dev-004-wraps', 'dev-004-whole-bytes'],
  }),
  property({
    rules: ['DEV-005'],
    plan: `Handles are the smallest free numbers of a file, from 1. Closing and destroying are one call,
      for imported objects, too; padding is nothing. What failed has used up no number.
      - gaps that are filled again, a stale number, both calls, 0 and unknown numbers
      - a create that fails early, and late for want of memory, or that the driver's hook refuses
      - fences count for themselves
      - a handle that is closed before its maker has heard of it
      - several handles looked up for a job, one of them wrong, or none of them readable
      - a name, or a list of objects, for which there is no memory
      (The numbers of synchronisation objects are not built yet.)`,
    programs: [
      program('numbers', {
        tasks: {
          A: `${THREE}; a = dumb.create(d); b = dumb.create(d); c = dumb.create(d)
            x = gem.close(d, b, 77); bad = dumb.create(d, 0); e = prime.export(t, 9)
            i = dumb.create(t); p = prime.export(t, i); h = prime.import(d, p)
            stale = dumb.destroy(d, b); y = dumb.destroy(d, b); zero = dumb.destroy(d, 0)
            z = gem.close(d, 77); f = vgem.attach(d, a); vgem.signal(d, f); n = dumb.create(d)
            g = vgem.attach(d, a)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: OPEN,
        tasks: { A: 'a = dumb.create(d); b = dumb.create(d); c = dumb.create(d)' },
      }),
      program('hook-refuses', {
        world: { failuresMax: 1 },
        setup: 'v = drm.watched(vgem); d = drm.open(v)',
        tasks: { A: 'a = dumb.create(d); b = dumb.create(d); c = dumb.create(d)' },
      }),
      program('guessed', {
        setup: OPEN,
        tasks: { A: 'g = dumb.create(d); m = dumb.measures(g)', B: 'gem.close(d, 1)' },
      }),
      program('all-at-once', {
        tasks: {
          A: `${OPEN}; a = dumb.create(d); b = dumb.create(d); all = gem.lookupAll(d, [a, b, a])
            one = gem.lookupAll(d, [a, 9]); bad = gem.lookupAll(d, [a], bad); look = gem.look(a)`,
        },
      }),
      program('named-without-memory', {
        world: { failuresMax: 1 },
        setup: `${OPEN}; e = drm.open(v); h = dumb.create(e)`,
        tasks: {
          A: `n = gem.flink(e, h); all = gem.lookupAll(e, [h]); look = gem.look(h)
            m = gem.flink(e, h); o = gem.open(d, m)`,
        },
      }),
      program('named', {
        setup: `${OPEN}; e = drm.open(v); h = dumb.create(e); n = gem.flink(e, h)`,
        tasks: { A: 'o = gem.open(d, n)', B: 'sys.close(e); gem.close(d, 1)' },
      }),
    ],
    schedules: EVERY_RESULT,
    holds: (run) => {
      if (run.program.name === 'named-without-memory') {
        const isOpen = resultNamed(run, 'o') !== ENOMEM;
        const look = 'references 1 handles 1 pins 0';
        return results({ [run.program.name]: { look, m: 1, ...(isOpen ? { o: 1 } : {}) } })(run);
      }
      if (run.program.name === 'no-memory' || run.program.name === 'hook-refuses') {
        const made = ['a', 'b', 'c']
          .map((name) => resultNamed(run, name))
          .filter((n) => n !== ENOMEM);
        return made.every((number, index) => number === index + 1)
          ? null
          : `handles are ${made.join(', ')}`;
      }
      return results({
        numbers: {
          a: 1,
          b: 2,
          c: 3,
          x: 0,
          bad: EINVAL,
          h: 2,
          stale: 0,
          y: EINVAL,
          zero: EINVAL,
          z: EINVAL,
          f: 1,
          n: 2,
          g: 2,
        },
        guessed: { g: 1, m: 'pitch 128 size 4096' },
        'all-at-once': {
          all: 3,
          one: -2,
          bad: EFAULT,
          look: 'references 1 handles 1 pins 0',
        },
        named: {},
      })(run);
    },
    forbids: ['use-after-free', 'leak'],
    witness: {
      failed: reached((run) => resultNamed(run, 'b') === ENOMEM),
      guessed: reached((run) => run.resultOf('B', 'gem.close') === 0),
      nameless: reached((run) => resultNamed(run, 'n') === ENOMEM),
      notFound: reached((run) => resultNamed(run, 'all') === ENOMEM),
    },
    faults: [
      'dev-005-never-again',
      'dev-005-keeps-failed',
      'dev-005-keeps-refused',
      'dev-005-nameless-object-stays',
      'BUG-VGEM-02',
      'BUG-GEM-04',
      'BUG-GEM-09',
    ],
  }),
];
