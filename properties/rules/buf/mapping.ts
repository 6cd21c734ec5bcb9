import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { crashesInLastCall, mustCrash } from '../resv/crashes.ts';

const EBADF = -9;
const EACCES = -13;
const EBUSY = -16;
const EINVAL = -22;
const ESPIPE = -29;
const MODES = ['readOnly', 'writeOnly', 'readWrite', 'neither'] as const;

const BUFFER = 'b = buf.export()';
const FILE = `${BUFFER}; d = buf.fd(b)`;

/** A buffer opened in each access mode. */
const EVERY_MODE = MODES.map(
  (name, flags) => `${name}B = buf.export(flags: ${flags})
  ${name} = buf.fd(${name}B)`,
).join('\n');

/** Each mode with each permission, shared and private. */
const MAPPINGS = MODES.flatMap((mode) =>
  ['none', 'read', 'write', 'read+write'].flatMap((prot) =>
    [false, true].map((isPrivate) => ({ mode, prot, isPrivate })),
  ),
);

const keyOf = ({ mode, prot, isPrivate }: (typeof MAPPINGS)[number]): string =>
  `${mode}_${prot.replace('+', '_')}_${isPrivate ? 'private' : 'shared'}`;

/** Reading is always needed, writing for what others will see. */
function isRefused({ mode, prot, isPrivate }: (typeof MAPPINGS)[number]): boolean {
  const isReadable = mode === 'readOnly' || mode === 'readWrite';
  const isWritable = mode === 'writeOnly' || mode === 'readWrite';
  return !isReadable || (!isPrivate && prot.includes('write') && !isWritable);
}

function misuses(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lock-misuse' || kind === 'lockdep').length;
}

/** Properties of buffers in the memory of processes and of the kernel, and of their files. */
export const MAPPING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['BUF-026'],
    plan: `mmap refuses in a fixed order: offset, descriptor, length, access mode, operation, bounds;
      then the exporter decides.
      - each of them, and pairs of them; the tail of a size that is no whole number of pages`,
    programs: [
      program('refused', {
        setup: `${FILE}; w = buf.export(flags: 1); v = buf.fd(w); n = buf.export(without: [mmap])
          m = buf.fd(n)`,
        tasks: {
          A: `offset = sys.mmap(d, 4096, 1); offsetFirst = sys.mmap(77, 4096, 1)
            closed = sys.mmap(77, 0, 0); length = sys.mmap(v, 0, 0); mode = sys.mmap(v, 4096, 0)
            modeFirst = sys.mmap(v, 8192, 0); opless = sys.mmap(m, 4096, 0)
            behind = sys.mmap(d, 4096, 4096); longer = sys.mmap(d, 4097, 0); ok = sys.mmap(d, 1, 0)
            c = buf.calls(b)`,
        },
      }),
      program('unaligned', {
        setup: 'b = buf.export(size: 6144); d = buf.fd(b)',
        tasks: { A: 'one = sys.mmap(d, 4096, 0); two = sys.mmap(d, 6144, 0); c = buf.calls(b)' },
      }),
      program('refuses', {
        setup: 'b = buf.export(fails: [mmap], error: -16); d = buf.fd(b)',
        tasks: { A: 'r = sys.mmap(d); n = buf.count(b)' },
      }),
    ],
    holds: results({
      refused: {
        ...{ offset: EINVAL, offsetFirst: EINVAL, closed: EBADF, length: EINVAL, mode: EACCES },
        ...{ modeFirst: EACCES, opless: EINVAL, behind: EINVAL, longer: EINVAL, ok: 0 },
        c: 'mmap',
      },
      unaligned: { one: 0, two: EINVAL, c: 'mmap' },
      refuses: { r: EBUSY, n: 1 },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'r') === EBUSY) },
    faults: ['buf-026-rounds-up', 'buf-026-asks-first'],
  }),
  property({
    rules: ['BUF-027'],
    plan: `A driver's mapping is turned to the buffer's file and offset before the exporter is asked;
      page numbers that wrap are refused.
      - first and last page, behind the end, wrapping, an exporter that refuses`,
    programs: [
      program('turned', {
        setup: 'b = buf.export(size: 8192); c = buf.export(fails: [mmap], error: -16)',
        tasks: {
          A: `first = buf.mmapInto(b); last = buf.mmapInto(b, 1); whole = buf.mmapInto(b, 0, 2)
            behind = buf.mmapInto(b, 1, 2); wrap = buf.mmapInto(b, -1); n = buf.count(b)
            refused = buf.mmapInto(c)`,
        },
      }),
    ],
    holds: results({
      turned: {
        ...{ first: 'the buffer from 0', last: 'the buffer from 4096' },
        ...{ whole: 'the buffer from 0', behind: '-22 the driver', wrap: '-75 the driver', n: 1 },
        refused: '-16 the buffer from 0',
      },
    }),
    forbids: ['refcount', 'leak'],
    witness: { wrapped: reached((run) => resultNamed(run, 'wrap') === '-75 the driver') },
    faults: ['buf-027-behind-the-end', 'buf-027-not-turned'],
  }),
  property({
    rules: ['BUF-028'],
    plan: `The exporter's mmap runs without the reservation lock.
      - while somebody else has it; as a file, and for a driver`,
    programs: [
      program('unlocked', {
        setup: `${FILE}; r = buf.resv(b)`,
        tasks: {
          A: 'resv.lock(r); task.sleep(10); resv.unlock(r)',
          B: `task.sleep(5); m = sys.mmap(d); n = buf.mmapInto(b); h = resv.isLocked(r)
            c = buf.calls(b)`,
        },
      }),
    ],
    holds: results({
      unlocked: { m: 0, n: 'the buffer from 0', h: true, c: 'mmap mmap' },
    }),
    forbids: ['deadlock', 'lockdep', 'buffer calls'],
    witness: { locked: reached((run) => resultNamed(run, 'h') === true) },
    faults: ['BUG-BUF-06'],
  }),
  property({
    rules: ['BUF-029'],
    plan: `All users of the kernel's mapping share one, which the exporter makes for the first.
      - three users, also after it has gone; an exporter that makes none; its contents`,
    programs: [
      program('shared', {
        setup: FILE,
        tasks: {
          A: `m = sys.mmap(d, prot: read+write); sys.store(m, 5, 7); v = buf.vmapUnlocked(b)
            w = buf.vmapUnlocked(b); u = buf.vmapUsers(b); x = buf.peek(v, 5)
            buf.vunmapUnlocked(b, v); buf.vunmapUnlocked(b, v); y = buf.vmapUnlocked(b)
            c = buf.calls(b); buf.vunmapUnlocked(b, y); z = buf.vmapUsers(b)`,
        },
      }),
      program('none', {
        setup: 'b = buf.export(without: [vmap])',
        tasks: { A: 'v = buf.vmapUnlocked(b); z = buf.vmapUsers(b)' },
      }),
    ],
    holds: both(
      results({
        shared: { u: '2 v', x: 7, c: 'mmap vmap! vunmap! vmap!', z: '0 nothing' },
        none: { v: EINVAL, z: '0 nothing' },
      }),
      (run) => {
        const [v, w] = [resultNamed(run, 'v'), resultNamed(run, 'w') ?? resultNamed(run, 'v')];
        return v === w ? null : `the second user gets ${String(w)}`;
      },
    ),
    forbids: ['leak', 'refinement'],
    witness: { shared: reached((run) => resultNamed(run, 'u') === '2 v') },
    faults: ['buf-029-one-each', 'buf-029-counted-before'],
  }),
  property({
    rules: ['BUF-030'],
    plan: `When the exporter cannot map, that is warned of, its code comes back, and there is nothing
      to undo.
      - and again`,
    programs: [
      program('refused', {
        setup: 'b = buf.export(fails: [vmap], error: -12)',
        tasks: { A: 'v = buf.vmapUnlocked(b); z = buf.vmapUsers(b); w = buf.vmapUnlocked(b)' },
      }),
    ],
    allows: ['warn'],
    holds: both(results({ refused: { v: -12, z: '0 nothing', w: -12 } }), (run) =>
      warnings(run) === 2 ? null : `${warnings(run)} warnings`,
    ),
    forbids: ['bug', 'refinement'],
    witness: { refused: reached((run) => resultNamed(run, 'w') === -12) },
    faults: ['buf-030-counted', 'buf-030-in-silence'],
  }),
  property({
    rules: ['BUF-031'],
    plan: `The exporter hears of the end of the last user only, if it wants to; a wrong vunmap is a
      BUG.
      - two users; an exporter that does not want to hear; once too often; another mapping`,
    programs: [
      program('last', {
        setup: BUFFER,
        tasks: {
          A: `v = buf.vmapUnlocked(b); w = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)
            u = buf.vmapUsers(b); c = buf.calls(b); buf.vunmapUnlocked(b, v); z = buf.vmapUsers(b)
            e = buf.calls(b)`,
        },
      }),
      program('deaf', {
        setup: 'b = buf.export(without: [vunmap])',
        tasks: { A: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v); z = buf.vmapUsers(b)' },
      }),
      program('too-often', {
        setup: BUFFER,
        tasks: {
          A: `v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v); buf.vunmapUnlocked(b, v)`,
        },
      }),
      program('other', {
        setup: `${BUFFER}; c = buf.export()`,
        tasks: {
          A: 'v = buf.vmapUnlocked(b); w = buf.vmapUnlocked(c); buf.vunmapUnlocked(b, w)',
        },
      }),
    ],
    allows: ['bug', 'leak'],
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'too-often' || name === 'other'),
    holds: (run) => {
      const nothing = '0 nothing';
      return results({
        last: { u: '1 v', c: 'vmap!', z: nothing, e: 'vmap! vunmap!' },
        deaf: { z: nothing },
      })(run);
    },
    forbids: ['refinement'],
    witness: { crashed: reached(crashesInLastCall, 2) },
    faults: ['buf-031-each-one', 'buf-031-any-mapping', 'buf-031-too-often'],
  }),
  property({
    rules: ['BUF-032'],
    plan: `vmap and vunmap want the reservation lock; their other forms take it, whatever signal is
      pending, and are reported when the caller has it already.
      - with and without the lock; a signal while it waits`,
    programs: [
      program('without', { setup: BUFFER, tasks: { A: 'v = buf.vmap(b); buf.vunmap(b, v)' } }),
      program('with-ok', {
        setup: `${BUFFER}; r = buf.resv(b)`,
        tasks: { A: 'resv.lock(r); v = buf.vmap(b); buf.vunmap(b, v); resv.unlock(r)' },
      }),
      program('twice', {
        setup: `${BUFFER}; r = buf.resv(b)`,
        tasks: { A: 'resv.lock(r); v = buf.vmapUnlocked(b)' },
        mayBlock: ['A'],
      }),
      program('signal-ok', {
        setup: `${BUFFER}; r = buf.resv(b)`,
        tasks: {
          A: 'resv.lock(r); task.sleep(10); task.interrupt(B); task.sleep(10); resv.unlock(r)',
          B: `task.sleep(5); v = buf.vmapUnlocked(b); z = buf.vmapUsers(b)
            buf.vunmapUnlocked(b, v)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    allows: ['lock-misuse', 'lockdep', 'deadlock', 'refinement', 'buffer calls'],
    holds: (run) => {
      const { name } = run.program;
      const wanted = name === 'without' ? 2 : name === 'twice' ? 1 : 0;
      if (misuses(run) !== wanted) return `${name}: ${misuses(run)} reports`;
      return name === 'signal-ok' && resultNamed(run, 'z') !== '1 v' ? 'it gave up' : null;
    },
    witness: {
      reported: reached((run) => misuses(run) === 2),
      waited: reached((run) => resultNamed(run, 'z') === '1 v'),
    },
    faults: ['buf-032-unproven', 'buf-032-interruptible'],
  }),
  property({
    rules: ['BUF-036'],
    plan: `A mapping of a process keeps the buffer and its contents, until it is taken back.
      - read and written after every descriptor is closed`,
    programs: [
      program('kept', {
        setup: FILE,
        tasks: {
          A: `n1 = buf.count(b); m = sys.mmap(d, prot: read+write); n2 = buf.count(b)
            i = sys.fdinfo(d)
            s = sys.store(m, 3, 9); sys.close(d); o = buf.releases(b); x = sys.load(m, 3)
            y = sys.load(m, 4096); sys.munmap(m); p = buf.releases(b)`,
        },
      }),
    ],
    holds: results({
      kept: {
        ...{ n1: 1, n2: 2, i: 'size 4096, count 2, exp_name mock', s: 0, o: 'never', x: 9 },
        ...{ y: 'SIGSEGV', p: 'A unlisted uncounted' },
      },
    }),
    forbids: ['use-after-free', 'refcount', 'leak'],
    witness: { ended: reached((run) => resultNamed(run, 'p') === 'A unlisted uncounted') },
    faults: ['buf-036-lends'],
  }),
  property({
    rules: ['BUF-037'],
    plan: `A mapping needs a buffer that is open for reading, and a shared one that can be written
      needs it open for writing, too.
      - each access mode with each permission, shared and private`,
    programs: [
      program('modes', {
        setup: EVERY_MODE,
        tasks: {
          A: MAPPINGS.map(
            (one) =>
              `${keyOf(one)} = sys.mmap(${one.mode}, prot: ${one.prot}, private: ${one.isPrivate})`,
          ).join('\n'),
        },
      }),
    ],
    holds: results({
      modes: Object.fromEntries(MAPPINGS.map((one) => [keyOf(one), isRefused(one) ? EACCES : 0])),
    }),
    witness: { private: reached((run) => resultNamed(run, 'readOnly_read_write_private') === 0) },
    faults: ['buf-037-private-like-shared'],
  }),
  property({
    rules: ['BUF-038'],
    plan: `The access mode restricts nothing else.
      - brackets in every direction, naming, seeking, polling, in each mode`,
    programs: [
      program('modes', {
        setup: EVERY_MODE,
        tasks: {
          A: MODES.flatMap((mode) => [
            ...[1, 2, 3, 5, 6, 7].map(
              (flags) => `${mode}_${flags} = dmabuf.sync(${mode}, ${flags})`,
            ),
            `${mode}_name = dmabuf.setName(${mode}, paint)
              ${mode}_seek = sys.lseek(${mode}, 0, 2)`,
            `${mode}_poll = sys.poll(${mode}, in+out, 0)`,
          ]).join('\n'),
        },
      }),
    ],
    holds: results({
      modes: Object.fromEntries(
        MODES.flatMap((mode) => [
          ...[1, 2, 3, 5, 6, 7, 'name'].map((key) => [`${mode}_${key}`, 0] as const),
          [`${mode}_seek`, 4096] as const,
          [`${mode}_poll`, 'in+out'] as const,
        ]),
      ),
    }),
    witness: { neither: reached((run) => resultNamed(run, 'neither_7') === 0) },
    faults: ['buf-038-writers-only'],
  }),
  property({
    rules: ['BUF-039'],
    plan: `A buffer is neither read nor written through its descriptor.
      - plain and positioned, in each access mode`,
    programs: [
      program('modes', {
        setup: EVERY_MODE,
        tasks: {
          A: MODES.map(
            (mode) => `${mode}_read = sys.read(${mode}); ${mode}_write = sys.write(${mode})
              ${mode}_pread = sys.pread(${mode}); ${mode}_pwrite = sys.pwrite(${mode})`,
          ).join('\n'),
        },
      }),
    ],
    holds: results({
      modes: Object.fromEntries(
        MODES.flatMap((mode) => {
          const [reads, writes] = [
            mode.startsWith('read'),
            mode !== 'readOnly' && mode !== 'neither',
          ];
          return [
            [`${mode}_read`, reads ? EINVAL : EBADF],
            [`${mode}_write`, writes ? EINVAL : EBADF],
            [`${mode}_pread`, ESPIPE],
            [`${mode}_pwrite`, ESPIPE],
          ] as const;
        }),
      ),
    }),
    witness: { refused: reached((run) => resultNamed(run, 'neither_read') === EBADF) },
    faults: ['buf-039-positioned'],
  }),
];
