import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { pending } from './brackets.ts';

const EFAULT = -14;
const EINVAL = -22;
const ERESTARTSYS = -512;

const FILE = 'b = buf.export(); d = buf.fd(b)';
const FLAGS = Array.from({ length: 16 }, (_, flags) => flags);
const isValid = (flags: number): boolean => flags < 8 && (flags & 3) !== 0;
/** Bits of the word that mean nothing. */
const HIGH = [16, 0x100, 2 ** 31, 2 ** 32, 2 ** 52];
/** The sum, not the bits: they are more than a machine word of the language has. */
const HIGH_FLAGS = HIGH.map((bit) => bit + 3);

/** Properties of the request that programs make brackets with. */
export const REQUEST_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CPU-010'],
    plan: `The flags say reading, writing or both, and perhaps the end; anything else is refused
      before anybody is asked.
      - 0 to 15, higher bits, memory that cannot be read`,
    programs: [
      program('flags', {
        setup: FILE,
        tasks: {
          A: [
            ...FLAGS.map((flags) => `r${flags} = dmabuf.sync(d, ${flags})`),
            ...HIGH_FLAGS.map((flags, at) => `h${at} = dmabuf.sync(d, ${flags})`),
            'm = dmabuf.sync(d, read+write, bad); c = buf.calls(b)',
          ].join('\n'),
        },
      }),
    ],
    holds: results({
      flags: {
        ...Object.fromEntries(FLAGS.map((flags) => [`r${flags}`, isValid(flags) ? 0 : EINVAL])),
        ...Object.fromEntries(HIGH.map((_, at) => [`h${at}`, EINVAL])),
        m: EFAULT,
        c: 'begin begin begin end end end',
      },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'h4') === EINVAL) },
    faults: ['cpu-010-high-bits', 'cpu-010-neither', 'cpu-010-asks-first'],
  }),
  property({
    rules: ['CPU-011'],
    plan: `What the CPU reads comes from the device, what it writes goes to it.
      - every valid word`,
    programs: [
      program('directions', {
        setup: FILE,
        tasks: {
          A: `dmabuf.sync(d, read); dmabuf.sync(d, write); dmabuf.sync(d, read+write)
            dmabuf.sync(d, read+end); dmabuf.sync(d, write+end)
            dmabuf.sync(d, read+write+end); w = buf.directions(b)`,
        },
      }),
    ],
    holds: results({
      directions: {
        w: [
          'begin FROM_DEVICE begin TO_DEVICE begin BIDIRECTIONAL',
          'end FROM_DEVICE end TO_DEVICE end BIDIRECTIONAL',
        ].join(' '),
      },
    }),
    witness: { asked: reached((run) => resultNamed(run, 'w') !== '') },
    faults: ['cpu-011-turned-round', 'cpu-011-always-both'],
  }),
  property({
    rules: ['CPU-012'],
    plan: `The request that begins also waits for implicit fences; the one that ends does not.
      - reading and writing, with a pending writer and a pending reader`,
    programs: [
      ...([1, 2] as const).flatMap((flags) =>
        (['WRITE', 'READ'] as const).map((usage) =>
          program(`${flags}-${usage}`, {
            setup: `${pending(usage)}; d = buf.fd(b)`,
            tasks: {
              A: `e = dmabuf.sync(d, ${flags + 4}); t = inspect.isSignaled(f)
                q = dmabuf.sync(d, ${flags}); s = inspect.isSignaled(f)`,
              B: 'task.sleep(10); fence.signal(f)',
            },
          }),
        ),
      ),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }],
    holds: results({
      '1-WRITE': { e: 0, t: false, q: 0, s: true },
      '1-READ': { e: 0, t: false, q: 0, s: false },
      '2-WRITE': { e: 0, t: false, q: 0, s: true },
      '2-READ': { e: 0, t: false, q: 0, s: true },
    }),
    forbids: ['deadlock'],
    witness: { waited: reached((run) => resultNamed(run, 's') === true, 3) },
    faults: ['BUG-BUF-01', 'cpu-003-waits'],
  }),
  property({
    rules: ['CPU-013'],
    plan: `A begin that a signal ends has opened no bracket: nothing is ended for it, and it is made
      again.
      - a signal while it waits, and once more when the fence has signaled`,
    programs: [
      program('again', {
        setup: `${pending('WRITE')}; d = buf.fd(b)`,
        tasks: {
          A: `q = dmabuf.sync(d, read); s = inspect.isSignaled(f); c = buf.calls(b)`,
          B: `task.sleep(10); task.interrupt(A); task.sleep(10); fence.signal(f)
            p = dmabuf.sync(d, read)`,
        },
        teardown: 'e = buf.calls(b)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    holds: results({
      again: { q: ERESTARTSYS, s: false, c: 'begin', p: 0, e: 'begin begin' },
    }),
    forbids: ['deadlock'],
    witness: { interrupted: reached((run) => resultNamed(run, 'q') === ERESTARTSYS) },
    faults: ['cpu-001-uninterruptible', 'cpu-013-swallows', 'cpu-013-ends-it'],
  }),
];
