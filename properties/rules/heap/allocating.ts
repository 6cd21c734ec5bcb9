import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EBADF = -9;
const ENOMEM = -12;
const EFAULT = -14;
const EBUSY = -16;
const EEXIST = -17;
const ENODEV = -19;
const EINVAL = -22;
const EMFILE = -24;
const ESPIPE = -29;

const OPEN = 'heap.addAll(); h = heap.open(system)';

/** Bits of `heap_flags`, as a program can write them: the highest one is that of -2^63. */
const FLAG_BITS: readonly number[] = [0, 1, 5, 16, 31, 32, 40, 52].map((bit) => 2 ** bit);

/** Device files, and the argument of an allocation. */
export const ALLOCATING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HEAP-001'],
    plan: `Every heap has a device file with its name, which has no position; others do not exist.
      - both heaps, an unknown name, one that comes later`,
    programs: [
      program('open', {
        setup: 'heap.addAll()',
        tasks: {
          A: `s = heap.open(system); r = heap.open(reserved); n = heap.open(nobody)
            l = sys.lseek(s, 0, 0); e = sys.lseek(s, 0, 2); a = heap.add(nobody)
            m = heap.open(nobody); b = heap.alloc(m); i = sys.fdinfo(b)`,
        },
      }),
    ],
    holds: results({
      open: {
        s: 0,
        r: 0,
        n: ENODEV,
        l: ESPIPE,
        e: ESPIPE,
        a: 0,
        m: 0,
        b: 0,
        i: 'size 4096, count 1, exp_name nobody',
      },
    }),
    witness: { unknown: reached((run) => resultNamed(run, 'n') === ENODEV) },
    faults: ['heap-001-enoent', 'heap-001-seeks'],
  }),
  property({
    rules: ['HEAP-002'],
    plan: `Registering needs a name, an allocate operation, a free minor and a new name, in this order.
      - each of them missing; 128 heaps; a name that is there, also when no minor is left
      - the first heap with the name still works
      - one name from two sides, and somebody who opens it meanwhile`,
    programs: [
      program('wrong', {
        setup: 'heap.addAll()',
        tasks: {
          A: `n = heap.add(); o = heap.add(x, false); d = heap.add(system); x = heap.open(x)
            h = heap.open(system); b = heap.alloc(h); e = heap.add(system, false)`,
        },
      }),
      program('full', {
        setup: 'heap.add(x, count: 127)',
        tasks: {
          A: `l = heap.add(last); f = heap.add(more); n = heap.add(); o = heap.add(more, false)
            h = heap.open(last); m = heap.open(more)`,
        },
      }),
      program('at-once', {
        tasks: { A: 'r = heap.add(x)', B: 'q = heap.add(x)', C: 'o = heap.open(x)' },
      }),
    ],
    forbids: ['races', 'locking'],
    holds: (run) => {
      if (run.program.name === 'at-once') {
        const [first, second, opened] = ['r', 'q', 'o'].map((name) => resultNamed(run, name));
        const isOne = (first === 0 && second === EINVAL) || (first === EINVAL && second === 0);
        if (!isOne) return `one name twice gives ${String(first)} and ${String(second)}`;
        return opened === 0 || opened === ENODEV ? null : `opening it gives ${String(opened)}`;
      }
      if (run.program.name === 'full') {
        const wanted = { l: 0, f: EBUSY, n: EINVAL, o: EINVAL, h: 0, m: ENODEV };
        return results({ full: wanted })(run);
      }
      const twice = resultNamed(run, 'd');
      if (twice !== EINVAL && twice !== EEXIST) return `a name twice gives ${String(twice)}`;
      return results({ wrong: { n: EINVAL, o: EINVAL, x: ENODEV, h: 0, b: 0, e: EINVAL } })(run);
    },
    witness: { full: reached((run) => resultNamed(run, 'f') === EBUSY) },
    faults: [
      'heap-002-any-name',
      'heap-002-one-more',
      'heap-002-replaces',
      'heap-002-looks-unlocked',
      'heap-002-opens-unlocked',
    ],
  }),
  property({
    rules: ['HEAP-003'],
    plan: `Only the number field of a request counts.
      - number 0 with another type, size, direction; other numbers`,
    programs: [
      program('requests', {
        setup: OPEN,
        tasks: {
          A: `a = heap.alloc(h); t = heap.alloc(h, type: 98); z = heap.alloc(h, type: 0)
            s = heap.alloc(h, size: 40, type: 1); o = heap.alloc(h, number: 1)
            p = heap.alloc(h, number: 255); q = heap.alloc(h, number: 1, size: 8)`,
        },
      }),
    ],
    holds: results({ requests: { a: 0, t: 0, z: 0, s: 0, o: EINVAL, p: EINVAL, q: EINVAL } }),
    witness: { odd: reached((run) => resultNamed(run, 't') === 0) },
    faults: ['heap-003-exact-request', 'heap-003-enotty', 'heap-003-numbers-wrap'],
  }),
  property({
    rules: ['HEAP-004'],
    plan: `The argument may be shorter or longer: what is missing is 0, what is more is ignored, and
      as much is copied back as the request says.
      - 16 and 48 bytes, 8 bytes, 12 bytes; flags in the part that is cut off
      - without the write bit, without the read bit, without both; memory of the wrong kind`,
    programs: [
      program('sizes', {
        setup: OPEN,
        tasks: {
          A: `a = heap.alloc(h, size: 16); i = sys.size(a); b = heap.alloc(h, size: 48)
            j = sys.size(b); c = heap.alloc(h, size: 16, heapFlags: 1); k = sys.size(c)
            d = heap.alloc(h, size: 12, fdFlags: 64); m = sys.modes(d)
            g = heap.alloc(h, size: 12, fd: 1)`,
        },
      }),
      program('no-number', {
        setup: `${OPEN}; n0 = sys.nextNumber()`,
        tasks: {
          A: `a = heap.alloc(h, size: 8); n1 = sys.nextNumber(); m1 = sys.size(1)
            b = heap.alloc(h, direction: in); n2 = sys.nextNumber(); m2 = sys.size(2)
            c = heap.alloc(h, direction: in, memory: readOnly); n3 = sys.nextNumber()`,
        },
      }),
      program('nothing-read', {
        setup: `${OPEN}; n0 = sys.nextNumber()`,
        tasks: {
          A: `o = heap.alloc(h, direction: out); x = heap.alloc(h, direction: none)
            y = heap.alloc(h, direction: out, memory: bad); z = heap.alloc(h, size: 0)
            w = heap.alloc(h, memory: bad); n1 = sys.nextNumber()`,
        },
      }),
    ],
    holds: (run) => {
      const { name } = run.program;
      const first = Number(resultNamed(run, 'n0'));
      return results({
        sizes: {
          a: 0,
          i: 4096,
          b: 0,
          j: 4096,
          c: 0,
          k: 4096,
          d: 0,
          m: 'readOnly',
          g: EINVAL,
        },
        'no-number': {
          a: 0,
          n1: first + 1,
          m1: 4096,
          b: 0,
          n2: first + 2,
          m2: 4096,
          c: 0,
          n3: first + 3,
        },
        'nothing-read': {
          o: EINVAL,
          x: EINVAL,
          y: EINVAL,
          z: EINVAL,
          w: EFAULT,
          n1: name === 'nothing-read' ? first : null,
        },
      })(run);
    },
    witness: {
      shorter: reached((run) => resultNamed(run, 'c') === 0, 2),
      unknown: reached((run) => resultNamed(run, 'm1') === 4096),
    },
    faults: [
      'heap-004-whole-structure-only',
      'heap-004-always-answers',
      'heap-004-reads-without-the-bit',
      'heap-004-reads-the-rest',
    ],
  }),
  property({
    rules: ['HEAP-005'],
    plan: `The descriptor field must be 0.
      - other numbers, negative ones, the number of an open file`,
    programs: [
      program('fd', {
        setup: OPEN,
        tasks: {
          A: `a = heap.alloc(h, fd: 1); b = heap.alloc(h, fd: -1); c = heap.alloc(h, fd: 77)
            d = heap.alloc(h, fd: 2147483647); e = heap.alloc(h, fd: 0); n = sys.size(e)`,
        },
      }),
    ],
    holds: results({ fd: { a: EINVAL, b: EINVAL, c: EINVAL, d: EINVAL, e: 0, n: 4096 } }),
    witness: { refused: reached((run) => resultNamed(run, 'b') === EINVAL) },
    faults: ['heap-005-any-descriptor', 'heap-005-negative-is-none'],
  }),
  property({
    rules: ['HEAP-006'],
    plan: `Close-on-exec and the access mode are all that the descriptor flags may hold.
      - every access mode with and without close-on-exec; every other bit`,
    programs: [
      program('valid', {
        setup: OPEN,
        tasks: {
          A: ['readOnly', 'writeOnly', 'readWrite', 'noAccess']
            .map(
              (mode) => `${mode} = heap.alloc(h, fdFlags: ${mode}); a${mode} = sys.modes(${mode})
                c${mode} = heap.alloc(h, fdFlags: ${mode}+closeOnExec); b${mode} = sys.modes(c${mode})`,
            )
            .join('; '),
        },
      }),
      program('invalid', {
        setup: OPEN,
        tasks: {
          A: Array.from({ length: 32 }, (_, bit) => bit)
            .filter((bit) => bit > 1 && bit !== 19)
            .map((bit) => `f${bit} = heap.alloc(h, fdFlags: ${2 ** bit + 2})`)
            .join('; '),
        },
      }),
    ],
    holds: results({
      valid: {
        areadOnly: 'readOnly',
        breadOnly: 'readOnly closeOnExec',
        awriteOnly: 'writeOnly',
        bwriteOnly: 'writeOnly closeOnExec',
        areadWrite: 'readWrite',
        breadWrite: 'readWrite closeOnExec',
        anoAccess: 'none',
        bnoAccess: 'none closeOnExec',
      },
      invalid: Object.fromEntries(
        Array.from({ length: 32 }, (_, bit) => bit)
          .filter((bit) => bit > 1 && bit !== 19)
          .map((bit) => [`f${bit}`, EINVAL]),
      ),
    }),
    witness: { refused: reached((run) => resultNamed(run, 'f11') === EINVAL) },
    faults: ['heap-006-nonblocking', 'heap-006-always-closed-on-exec', 'heap-006-always-writable'],
  }),
  property({
    rules: ['HEAP-007'],
    plan: `The heap flags must be 0.
      - bits in all four 16-bit parts, all bits`,
    programs: [
      program('flags', {
        setup: OPEN,
        tasks: {
          A: `${FLAG_BITS.map((bit, index) => `f${index} = heap.alloc(h, heapFlags: ${bit})`).join('; ')}
            all = heap.alloc(h, heapFlags: -1); none = heap.alloc(h, heapFlags: 0)`,
        },
      }),
    ],
    holds: results({
      flags: {
        ...Object.fromEntries(FLAG_BITS.map((_bit, index) => [`f${index}`, EINVAL])),
        all: EINVAL,
        none: 0,
      },
    }),
    witness: { high: reached((run) => resultNamed(run, 'f7') === EINVAL) },
    faults: ['heap-007-ignored', 'heap-007-low-half'],
  }),
  property({
    rules: ['HEAP-008'],
    plan: `The length is rounded up to whole pages; nothing, and what overflows, is refused.
      - 0, 1, around a page, around 2^64; size by seeking and by fstat`,
    programs: [
      program('lengths', {
        setup: OPEN,
        tasks: {
          A: `z = heap.alloc(h, 0); a = heap.alloc(h, 1); sa = sys.lseek(a, 0, 2); b = heap.alloc(h, 4095)
            sb = sys.size(b); c = heap.alloc(h, 4096); sc = sys.lseek(c, 0, 2)
            d = heap.alloc(h, 4097); sd = sys.lseek(d, 0, 2); e = heap.alloc(h, -1)
            f = heap.alloc(h, -4095); r = heap.open(reserved); g = heap.alloc(r, 5000)
            sg = sys.size(g)`,
        },
      }),
    ],
    holds: results({
      lengths: {
        z: EINVAL,
        a: 0,
        sa: 4096,
        b: 0,
        sb: 4096,
        c: 0,
        sc: 4096,
        d: 0,
        sd: 8192,
        e: EINVAL,
        f: EINVAL,
        g: 0,
        sg: 8192,
      },
    }),
    witness: { overflow: reached((run) => resultNamed(run, 'f') === EINVAL) },
    faults: ['heap-008-rounds-down', 'heap-008-exact-size', 'heap-008-overflow-is-a-page'],
  }),
  property({
    rules: ['HEAP-009'],
    plan: `Checks, allocation, descriptor, answer, and then it can be used; what fails leaves nothing.
      - no descriptor left, memory that cannot be written, one failed allocation wherever it comes
      - somebody guesses the number of an allocation whose answer cannot be written`,
    programs: [
      program('full', {
        setup: `${OPEN}; sys.fillTable()`,
        tasks: {
          A: `l = heap.alloc(h, 0); a = heap.alloc(h); w = heap.alloc(h, memory: readOnly)
            f = heap.alloc(h, heapFlags: 1)`,
        },
      }),
      program('unwritable', {
        setup: `${OPEN}; n0 = sys.nextNumber()`,
        tasks: { A: 'w = heap.alloc(h, memory: readOnly); n1 = sys.nextNumber()' },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${OPEN}; n0 = sys.nextNumber()`,
        tasks: { A: 'x = heap.alloc(h, memory: readOnly); n1 = sys.nextNumber()' },
      }),
      program('no-memory-reserved', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); h = heap.open(reserved); n0 = sys.nextNumber()',
        tasks: { A: 'x = heap.alloc(h, memory: readOnly); n1 = sys.nextNumber()' },
      }),
      program('no-memory-full', {
        world: { failuresMax: 1 },
        setup: `${OPEN}; sys.fillTable()`,
        tasks: { A: 'y = heap.alloc(h)' },
      }),
      program('guess', {
        setup: `${OPEN}; n0 = sys.nextNumber()`,
        tasks: {
          A: 'w = heap.alloc(h, memory: readOnly)',
          B: 'g = sys.modes(1); k = sys.modes(1)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 2000 }],
    forbids: ['leak', 'refcount', 'double-free'],
    holds: (run) => {
      const { name } = run.program;
      const isFailing = name.startsWith('no-memory');
      if (isFailing) {
        const result = resultNamed(run, name === 'no-memory-full' ? 'y' : 'x');
        const otherwise = name === 'no-memory-full' ? EMFILE : EFAULT;
        if (result !== ENOMEM && result !== otherwise) return `it returns ${String(result)}`;
      }
      if (resultNamed(run, 'n0') !== (resultNamed(run, 'n1') ?? resultNamed(run, 'n0'))) {
        return 'a failed allocation keeps a number';
      }
      if (isFailing) return null;
      return results({
        full: { l: EINVAL, a: EMFILE, w: EMFILE, f: EINVAL },
        unwritable: { w: EFAULT },
        guess: { w: EFAULT, g: EBADF, k: EBADF },
      })(run);
    },
    outcomes: (outcomes, { name }) =>
      name !== 'no-memory-full' || outcomes.has(`A:${ENOMEM}`)
        ? null
        : 'a descriptor is taken before the memory',
    witness: {
      memory: reached((run) => resultNamed(run, 'x') === ENOMEM, 2),
      memoryFirst: reached((run) => resultNamed(run, 'y') === ENOMEM),
      descriptor: reached((run) => resultNamed(run, 'a') === EMFILE),
    },
    faults: ['BUG-HEAP-01', 'heap-009-descriptor-first', 'heap-009-keeps-the-buffer'],
  }),
];
