import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { IDLE, pending } from '../buffer-programs.ts';

const EBADF = -9;
const ENOMEM = -12;
const EFAULT = -14;
const EINVAL = -22;
const EMFILE = -24;
const ENOTTY = -25;

/** One failed allocation, wherever it comes. */
const FAILING = { failuresMax: 1 };

/** Numbers near those of the requests: other sizes, directions, types and numbers. */
const UNKNOWN: readonly number[] = [
  0, 0x6200, 0x40046200, 0x80086200, 0x40086300, 0x40106201, 0x40086202, 0xc0086203, 0x40086204,
];

/** Which requests there are, and in which order their arguments are looked at. */
export const DISPATCH_PROPERTIES: readonly Property[] = [
  property({
    rules: ['IOCTL-001'],
    plan: `Requests that a buffer does not know give -ENOTTY, closed descriptors -EBADF first of all.
      - the known numbers with another size, direction, type; both numbers of SET_NAME
      - every request on a closed descriptor, with memory that cannot be read`,
    programs: [
      program('unknown', {
        setup: IDLE,
        tasks: {
          A: UNKNOWN.map((number, index) => `u${index} = sys.ioctl(b, ${number})`).join('; '),
        },
      }),
      program('known', {
        setup: IDLE,
        tasks: {
          A: `s = dmabuf.sync(b, read); n = dmabuf.setName(b, hey); o = dmabuf.setNameOld(b, you)
            e = dmabuf.exportSyncFile(b, read); i = dmabuf.importSyncFile(b, e, read)
            f = sys.fdinfo(b)`,
        },
      }),
      program('closed', {
        setup: `${IDLE}; sys.close(b)`,
        tasks: {
          A: `s = dmabuf.sync(b, none, bad); n = dmabuf.setName(b, hey, memory: bad)
            e = dmabuf.exportSyncFile(b, none, bad); i = dmabuf.importSyncFile(b, 7, none, bad)
            u = sys.ioctl(b, 0)`,
        },
      }),
    ],
    holds: results({
      unknown: Object.fromEntries(UNKNOWN.map((_number, index) => [`u${index}`, ENOTTY])),
      known: { s: 0, n: 0, o: 0, e: 0, i: 0, f: 'size 4096, count 1, exp_name system, name you' },
      closed: { s: EBADF, n: EBADF, e: EBADF, i: EBADF, u: EBADF },
    }),
    witness: { unknown: reached((run) => resultNamed(run, 'u0') === ENOTTY) },
    faults: ['ioctl-001-einval', 'ioctl-001-number-only'],
  }),
  property({
    rules: ['IOCTL-002'],
    plan: `An export checks memory, flags, then takes a number, memory, and copies out; what fails
      leaves nothing.
      - each mistake, and pairs of them; no number left; one failed allocation, wherever it comes
      - the number of the next descriptor, and the references of buffer and fence, before and after`,
    programs: [
      program('wrong', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `n0 = sys.nextNumber(); a = dmabuf.exportSyncFile(b, none, bad)
            c = dmabuf.exportSyncFile(b, none); d = dmabuf.exportSyncFile(b, end)
            g = dmabuf.exportSyncFile(b, read+end); h = dmabuf.exportSyncFile(b, 8)
            i = dmabuf.exportSyncFile(b, read, readOnly); j = dmabuf.exportSyncFile(b, 5, readOnly)
            n1 = sys.nextNumber(); r = buf.count(b); k = inspect.references(f)`,
        },
      }),
      program('full', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `sys.fillTable(); a = dmabuf.exportSyncFile(b, none, bad)
            c = dmabuf.exportSyncFile(b, none); d = dmabuf.exportSyncFile(b, read)
            e = dmabuf.exportSyncFile(b, read, readOnly)
            r = buf.count(b); k = inspect.references(f)`,
        },
      }),
      program('no-memory', {
        world: FAILING,
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: {
          A: `n0 = sys.nextNumber(); e = dmabuf.exportSyncFile(b, read); n1 = sys.nextNumber()
            r = buf.count(b)`,
        },
      }),
      program('no-memory-unwritable', {
        world: FAILING,
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: {
          A: `n0 = sys.nextNumber(); e = dmabuf.exportSyncFile(b, read, readOnly)
            n1 = sys.nextNumber(); r = buf.count(b)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'wrong' || name === 'full') {
        const errors = { c: EINVAL, r: 1, k: 2 };
        return results({
          wrong: {
            ...errors,
            a: EFAULT,
            d: EINVAL,
            g: EINVAL,
            h: EINVAL,
            i: EFAULT,
            j: EINVAL,
            n1: resultNamed(run, 'n0') ?? null,
          },
          full: { ...errors, a: EFAULT, d: EMFILE, e: EMFILE },
        })(run);
      }
      const result = resultNamed(run, 'e');
      const good = name === 'no-memory' ? 0 : EFAULT;
      if (result !== good && result !== ENOMEM) return `an export returns ${String(result)}`;
      const isSame = resultNamed(run, 'n0') === resultNamed(run, 'n1');
      if (result !== 0 && !isSame) return 'a failed export keeps a number';
      return resultNamed(run, 'r') === 1 ? null : 'an export keeps the buffer';
    },
    witness: {
      full: reached((run) => resultNamed(run, 'd') === EMFILE),
      noMemory: reached((run) => resultNamed(run, 'e') === ENOMEM, 2),
    },
    faults: [
      'ioctl-002-takes-any-flags',
      'ioctl-002-flags-first',
      'ioctl-002-number-first',
      'ioctl-002-keeps-the-number',
      'ioctl-002-keeps-the-file',
      'ioctl-002-no-memory-is-efault',
    ],
  }),
  property({
    rules: ['IOCTL-006'],
    plan: `The new descriptor is closed on exec, is told in the argument, and cannot be used before.
      - a number in the field before the call; somebody guesses the number of an export whose
        answer cannot be written, or can`,
    programs: [
      program('field', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, read, before: 77); m = sys.modes(e); p = sys.poll(e, in)
            x = sys.modes(77)`,
        },
      }),
      program('guess-unwritable', {
        setup: IDLE,
        tasks: {
          A: 'e = dmabuf.exportSyncFile(b, read, readOnly)',
          B: 'm = sys.modes(0); p = sys.modes(0)',
        },
      }),
      program('guess', {
        setup: IDLE,
        tasks: { A: 'e = dmabuf.exportSyncFile(b, read)', B: 'm = sys.modes(0)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 2000 }],
    holds: (run) => {
      const modes = 'readOnly closeOnExec';
      if (run.program.name === 'guess') {
        const guessed = resultNamed(run, 'm');
        return guessed === EBADF || guessed === modes ? null : `somebody sees ${String(guessed)}`;
      }
      return results({
        field: { e: 0, m: modes, p: 'none', x: EBADF },
        'guess-unwritable': { e: EFAULT, m: EBADF, p: EBADF },
      })(run);
    },
    witness: {
      early: reached((run) => resultNamed(run, 'm') === EBADF, 2),
      late: reached((run) => run.program.name === 'guess' && resultNamed(run, 'm') !== EBADF),
    },
    faults: ['ioctl-006-survives-exec', 'ioctl-006-installs-first'],
  }),
  property({
    rules: ['IOCTL-008'],
    plan: `An import checks memory, flags, the descriptor, and reserves all slots before it adds.
      - closed descriptors, other files: -EINVAL; no memory for slots: nothing was added`,
    programs: [
      program('wrong', {
        setup: `${pending({ f: 'WRITE' })}; c = heap.buffer(4096); e = dmabuf.exportSyncFile(b, read)
          t = sys.timeline()`,
        tasks: {
          A: `a = dmabuf.importSyncFile(c, 99, none, bad); d = dmabuf.importSyncFile(c, e, none)
            g = dmabuf.importSyncFile(c, e, end); h = dmabuf.importSyncFile(c, e, 9)
            i = dmabuf.importSyncFile(c, 99, read); j = dmabuf.importSyncFile(c, b, read)
            k = dmabuf.importSyncFile(c, t, read); l = dmabuf.importSyncFile(c, e, read, readOnly)
            n = resv.slots(c.resv)`,
        },
      }),
      program('no-memory', {
        world: FAILING,
        setup: `${pending({ f: 'WRITE', g: 'WRITE' })}; c = heap.buffer(4096)
          e = dmabuf.exportSyncFile(b, read); h = fence.create(); dmabuf.add(c, h, READ)
          i = fence.create(); dmabuf.add(c, i, READ); j = fence.create(); dmabuf.add(c, j, READ)`,
        tasks: { A: 'o = dmabuf.importSyncFile(c, e, write); n = resv.slots(c.resv)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'wrong') {
        return results({
          wrong: {
            a: EFAULT,
            d: EINVAL,
            g: EINVAL,
            h: EINVAL,
            i: EINVAL,
            j: EINVAL,
            k: EINVAL,
            l: 0,
            n: 'f/READ',
          },
        })(run);
      }
      const isAdded = resultNamed(run, 'o') === 0;
      if (!isAdded && resultNamed(run, 'o') !== ENOMEM) return 'an import fails for no reason';
      const before = 'h/READ i/READ j/READ';
      const wanted = isAdded ? `${before} f/WRITE g/WRITE` : before;
      const slots = resultNamed(run, 'n');
      return slots === wanted ? null : `behind an import there is ${String(slots)}`;
    },
    witness: {
      noMemory: reached((run) => resultNamed(run, 'o') === ENOMEM),
    },
    faults: ['ioctl-008-ebadf', 'ioctl-008-any-flags', 'ioctl-008-forgets-the-error'],
  }),
];
