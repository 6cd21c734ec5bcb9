import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EINTR = -4;
const EBADF = -9;
const ENOMEM = -12;
const EFAULT = -14;
const EINVAL = -22;

const BUFFER = 'b = buf.export()';
const FILE = `${BUFFER}; d = buf.fd(b)`;
const PLAIN = 'size 4096, count 1, exp_name mock';

const REAL = ['system', 'cma', 'udmabuf', 'vgem'] as const;

/** Fences of each usage, on the buffer b. */
const FENCES = `k = fence.create(); w = fence.create(); v = fence.create(); x = fence.create()
  r = buf.resv(b); resv.lock(r); resv.reserve(r, 4); resv.add(r, k, KERNEL); resv.add(r, w, WRITE)
  resv.add(r, v, READ); resv.add(r, x, BOOKKEEP); fence.signal(w); resv.unlock(r)`;

/** Properties of names, and of the places where buffers are shown. */
export const NAMES_PROPERTIES: readonly Property[] = [
  property({
    rules: ['BUF-019'],
    plan: `Seeking tells the size, and nothing else; there is no position.
      - offset 0 with each whence; other offsets`,
    programs: [
      program('seek', {
        setup: FILE,
        tasks: {
          A: `end = sys.lseek(d, 0, 2); start = sys.lseek(d, 0, 0); current = sys.lseek(d, 0, 1)
            data = sys.lseek(d, 0, 3); after = sys.lseek(d, 1, 0); before = sys.lseek(d, -1, 2)
            behind = sys.lseek(d, 4096, 0); kept = sys.lseek(d, 0, 0)`,
        },
      }),
    ],
    holds: results({
      seek: {
        ...{ end: 4096, start: 0, current: EINVAL, data: EINVAL, after: EINVAL },
        ...{ before: EINVAL, behind: EINVAL, kept: 0 },
      },
    }),
    witness: { told: reached((run) => resultNamed(run, 'end') === 4096) },
    faults: ['buf-019-tells-the-position', 'buf-019-any-offset'],
  }),
  property({
    rules: ['BUF-020'],
    plan: `A name has at most 31 letters; both requests set it, and the last one counts.
      - 0, 31, 32 letters, unreadable memory; one request after the other`,
    programs: [
      program('lengths', {
        setup: FILE,
        tasks: {
          A: `a = dmabuf.setName(d, length: 31); i = sys.fdinfo(d)
            z = dmabuf.setName(d, length: 32)
            m = dmabuf.setName(d, paint, memory: bad); j = sys.fdinfo(d)`,
        },
      }),
      program('both', {
        setup: FILE,
        tasks: {
          A: `a = dmabuf.setName(d, first); i = sys.fdinfo(d); z = dmabuf.setNameOld(d, second)
            j = sys.fdinfo(d); e = dmabuf.setName(d); k = sys.fdinfo(d)`,
        },
      }),
    ],
    holds: results({
      lengths: {
        ...{ a: 0, i: `${PLAIN}, name ${'x'.repeat(31)}`, z: EINVAL, m: EFAULT },
        j: `${PLAIN}, name ${'x'.repeat(31)}`,
      },
      both: {
        ...{ a: 0, i: `${PLAIN}, name first`, z: 0, j: `${PLAIN}, name second`, e: 0 },
        k: `${PLAIN}, name `,
      },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'm') === EFAULT) },
    faults: ['buf-020-one-letter-more', 'buf-020-first-name-stays'],
  }),
  property({
    rules: ['BUF-021'],
    plan: `A buffer is renamed at any time.
      - while a device is attached, and while it is mapped for it`,
    programs: [
      program('attached', {
        setup: FILE,
        tasks: {
          A: `c = buf.get(d); a = attach.static(c, gpu); n = dmabuf.setName(d, paint)
            t = attach.mapUnlocked(a, TO_DEVICE); m = dmabuf.setName(d, other)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(c, a); i = sys.fdinfo(d)`,
        },
      }),
    ],
    holds: results({
      attached: { n: 0, m: 0, i: 'size 4096, count 2, exp_name mock, name other' },
    }),
    witness: { renamed: reached((run) => resultNamed(run, 'm') === 0) },
    faults: ['buf-021-busy'],
  }),
  property({
    rules: ['BUF-022'],
    plan: `Who reads the name sees the old or the new one; a rename that fails leaves the old one. The
      name has a lock of its own, so that it is read whoever holds the reservation.
      - two renames and a reader; a reader of the link, and of the listing; a failing rename; under
        the lock
      - a rename without memory, of a buffer with a name`,
    programs: [
      program('read', {
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'n = dmabuf.setName(d, new)', B: 'i = sys.fdinfo(d)' },
      }),
      program('linked', {
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'n = dmabuf.setName(d, new)', B: 'l = buf.link(d)' },
      }),
      program('listed', {
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'n = dmabuf.setName(d, new)', B: 'i = buf.listing()' },
      }),
      program('closed', {
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'sys.close(d)', B: 'l = buf.link(d)' },
      }),
      program('fails', {
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'n = dmabuf.setName(d, length: 40); i = sys.fdinfo(d); l = buf.link(d)' },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${FILE}; dmabuf.setName(d, old)`,
        tasks: { A: 'n = dmabuf.setName(d, new); i = sys.fdinfo(d); l = buf.link(d)' },
      }),
      program('locked', {
        setup: `${FILE}; dmabuf.setName(d, old); r = buf.resv(b)`,
        tasks: {
          A: 'resv.lock(r); task.sleep(10); resv.unlock(r)',
          B: 'task.sleep(5); i = sys.fdinfo(d); l = buf.link(d); h = resv.isLocked(r)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 400 }],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'fails') {
        return results({ fails: { n: EINVAL, i: `${PLAIN}, name old`, l: '/dmabuf:old' } })(run);
      }
      if (name === 'locked') {
        return results({ locked: { i: `${PLAIN}, name old`, l: '/dmabuf:old', h: true } })(run);
      }
      if (name === 'no-memory') {
        const isRenamed = resultNamed(run, 'n') === 0;
        const kept = isRenamed ? 'new' : 'old';
        const n = isRenamed ? 0 : ENOMEM;
        return results({ [name]: { n, i: `${PLAIN}, name ${kept}`, l: `/dmabuf:${kept}` } })(run);
      }
      const shown = resultNamed(run, 'i') ?? resultNamed(run, 'l');
      if (name === 'closed' && shown === EBADF) return null;
      return /(?:name |:|mock \d+ )(?:old|new)(?:$|;)/.test(String(shown))
        ? null
        : `a reader sees ${String(shown)}`;
    },
    forbids: ['use-after-free', 'double-free', 'deadlock', 'races', 'leak', 'sleep-in-atomic'],
    witness: {
      old: reached((run) => resultNamed(run, 'l') === '/dmabuf:old', 10),
      new: reached((run) => resultNamed(run, 'l') === '/dmabuf:new', 10),
      failed: reached((run) => resultNamed(run, 'n') === ENOMEM),
    },
    faults: [
      'BUG-BUF-03',
      'BUG-BUF-08',
      'buf-022-frees-first',
      'buf-022-cleared-on-failure',
      'buf-022-frees-before-it-allocates',
      'buf-022-no-memory-is-einval',
      'buf-022-listed-unlocked',
    ],
  }),
  property({
    rules: ['BUF-023'],
    plan: `fdinfo shows size, count without the reader, exporter, and a name if there is one.
      - alone, with a copy of the descriptor, with an empty name; exporters of the kernel by their names`,
    programs: [
      program('shown', {
        setup: FILE,
        tasks: {
          A: `i = sys.fdinfo(d); e = sys.dup(d); j = sys.fdinfo(d); sys.close(e); dmabuf.setName(d)
            k = sys.fdinfo(d)`,
        },
      }),
      program('real', {
        setup: REAL.map(
          (kind) => `${kind}B = buf.exportReal(${kind}); ${kind}D = buf.fd(${kind}B)`,
        ).join('\n'),
        tasks: { A: REAL.map((kind) => `${kind} = sys.fdinfo(${kind}D)`).join('\n') },
      }),
    ],
    holds: results({
      shown: { i: PLAIN, j: 'size 4096, count 2, exp_name mock', k: `${PLAIN}, name ` },
      real: {
        system: 'size 4096, count 1, exp_name system',
        cma: 'size 4096, count 1, exp_name reserved',
        udmabuf: 'size 4096, count 1, exp_name udmabuf',
        vgem: 'size 4096, count 1, exp_name drm',
      },
    }),
    witness: { unnamed: reached((run) => resultNamed(run, 'i') === PLAIN) },
    faults: ['buf-023-counts-the-reader', 'buf-023-nameless-name', 'buf-023-empty-is-none'],
  }),
  property({
    rules: ['BUF-024'],
    plan: `bufinfo lists every buffer, newest first, with what waits for it and who is attached; it
      has each reservation lock inside the lock of the list, and can be interrupted there.
      - two buffers with fences of each usage and two devices; a signal while it waits`,
    programs: [
      program('text', {
        setup: `${FILE}; dmabuf.setName(d, paint); c = buf.export(size: 8192); ${FENCES}`,
        tasks: {
          A: `a = attach.static(c, gpu); e = attach.static(c, camera); l = buf.listing()`,
        },
      }),
      program('interrupted', {
        setup: `${FILE}; r = buf.resv(b)`,
        tasks: {
          A: 'resv.lock(r); task.sleep(10); task.interrupt(B); task.sleep(10); resv.unlock(r)',
          B: 'task.sleep(5); l = buf.listing()',
        },
      }),
    ],
    holds: results({
      text: {
        l: [
          '00008192 00000002 00080007 00000001 mock 00000002 <none>',
          'Attached Devices:; camera; gpu; Total 2 devices attached',
          '00004096 00000002 00080007 00000001 mock 00000001 paint',
          'kernel fence:mock mock seq 1 unsignalled; write fence:mock mock seq 1 signalled',
          'read fence:mock mock seq 1 unsignalled',
          'Attached Devices:; Total 0 devices attached; Total 2 objects, 12288 bytes',
        ].join('; '),
      },
      interrupted: { l: EINTR },
    }),
    forbids: ['deadlock', 'lockdep', 'lock-misuse', 'use-after-free'],
    witness: { interrupted: reached((run) => resultNamed(run, 'l') === EINTR) },
    faults: [
      'buf-024-oldest-first',
      'buf-024-uninterruptible',
      'buf-024-bookkeeping-too',
      'buf-024-unlocked',
      'buf-024-listed-unlocked',
    ],
  }),
  property({
    rules: ['BUF-025'],
    plan: `sysfs has a directory for each buffer, named by its inode, from export until release.
      - two buffers; the first goes, while the second stays`,
    programs: [
      program('entries', {
        tasks: {
          A: `s0 = buf.statistics(); b = buf.export(); c = buf.export(size: 8192)
            s1 = buf.statistics(); buf.put(b); s2 = buf.statistics(); o = buf.releases(b)
            buf.put(c); s3 = buf.statistics()`,
        },
      }),
    ],
    holds: results({
      entries: {
        ...{ s0: '', s1: '1 mock 4096; 2 mock 8192', s2: '2 mock 8192', s3: '' },
        o: 'A unlisted uncounted',
      },
    }),
    witness: { two: reached((run) => String(resultNamed(run, 's1')).includes(';')) },
    faults: ['buf-025-stays', 'buf-025-without-size', 'buf-014-counted-until-the-end'],
  }),
];
