import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed, shown } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EACCES = -13;
const EINVAL = -22;
const ENOENT = -2;
const ENODEV = -19;

const OPEN = 'v = drm.device(vgem); d = drm.open(v); g = dumb.create(d)';

/** What a descriptor's listing says of a buffer with this count. */
const counted = (count: number, exporter = 'drm'): string =>
  `size 4096, count ${count}, exp_name ${exporter}`;

/** Properties of mappings, of the ends of files, and of sharing between kinds of devices. */
export const MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DEV-006'],
    plan: `A dumb buffer is mapped by the offset that its device says for its handle: not longer than it
      is, and shared. The mapping outlives the handle.
      - unknown and imported handles; too long, private, and of another file
      - loads and stores after the handle, the descriptor and the object's other users are gone
      - a mapping of the exported buffer as the last user of the object`,
    programs: [
      program('mapping', {
        tasks: {
          A: `${OPEN}; e = drm.open(v); w = drm.device(vkms); k = drm.open(w)
            b = prime.export(d, g); h = prime.import(k, b); unknown = dumb.offset(d, 9)
            imported = dumb.offset(k, h); own = dumb.offset(d, g)
            long = sys.mmap(d, 8192, offset: own); private = sys.mmap(d, private: true, offset: own)
            pb = sys.mmap(b, private: true); other = sys.mmap(e, offset: own)
            nowhere = sys.mmap(d, offset: 40960); m = sys.mmap(d, offset: own)
            sys.store(m, 4095, 9); close = gem.close(d, g); late = sys.mmap(d, offset: own)
            seen = sys.load(m, 4095); end = sys.load(m, 4096)`,
        },
      }),
      program('last-user', {
        tasks: {
          A: `${OPEN}; b = prime.export(d, g); gem.close(d, g); m = sys.mmap(b); sys.close(b)
            sys.close(d); sys.store(m, 1, 5); seen = sys.load(m, 1); look = gem.look(g)
            sys.munmap(m); after = gem.look(g)`,
        },
      }),
      program('forked', {
        setup: `${OPEN}; o = dumb.offset(d, g); m = sys.mmap(d, offset: o)`,
        tasks: {
          A: 'sys.fork(child); sys.store(m, 0, 3); sys.munmap(m); gem.close(d, g); sys.close(d)',
          'child/B': 'task.sleep(5); sys.close(d); seen = sys.load(m, 0); look = gem.look(g)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 2000 }],
    holds: results({
      mapping: {
        unknown: ENOENT,
        imported: EINVAL,
        own: 0,
        long: EINVAL,
        private: EINVAL,
        pb: EINVAL,
        other: EACCES,
        nowhere: EINVAL,
        m: 0,
        close: 0,
        late: EACCES,
        seen: 9,
        end: 'SIGSEGV',
      },
      'last-user': { m: 0, seen: 5, look: 'references 2 handles 0 pins 0', after: 'freed' },
      forked: { seen: 3, look: 'references 1 handles 0 pins 0' },
    }),
    forbids: ['use-after-free', 'refcount', 'leak'],
    witness: { refused: reached((run) => resultNamed(run, 'private') === EINVAL) },
    faults: [
      'BUG-GEM-03',
      'BUG-GEM-07',
      'prime-015-offset-of-imported',
      'dev-006-mapping-without-object',
    ],
  }),
  property({
    rules: ['DEV-006'],
    plan: `An object is mapped by its offset while its last handle is closed: the mapping keeps it, or
      there is nothing to map any more.
      - the two beside each other, with few preemptions`,
    programs: [
      program('against-the-last-close', {
        setup: `${OPEN}; o = dumb.offset(d, g)`,
        tasks: { A: 'gem.close(d, g)', B: 'm = sys.mmap(d, offset: o); seen = sys.load(m, 0)' },
      }),
    ],
    holds: (run) => {
      const mapped = resultNamed(run, 'm');
      if (mapped === EACCES || mapped === EINVAL) return null;
      const seen = resultNamed(run, 'seen');
      return mapped === 0 && seen === 0
        ? null
        : `mapped with ${shown(mapped)}, read ${shown(seen)}`;
    },
    forbids: ['use-after-free', 'refcount', 'leak', 'races'],
    witness: {
      mapped: reached((run) => resultNamed(run, 'm') === 0),
      late: reached((run) => resultNamed(run, 'm') === EINVAL),
    },
    faults: ['dev-006-unlocked-offset', 'dev-006-object-that-ends'],
  }),
  property({
    rules: ['DEV-007'],
    plan: `A mapping through a device file keeps the file: its handles, what it knows of buffers, and
      its fences, until the mapping is gone.
      - an attached fence, the file closed before the mapping; polls and counts at each stage`,
    programs: [
      program('mapped', {
        tasks: {
          A: `${OPEN}; b = prime.export(d, g); f = vgem.attach(d, g, true); o = dumb.offset(d, g)
            m = sys.mmap(d, offset: o); close = sys.close(d); busy = sys.poll(b, in, 0)
            before = sys.fdinfo(b); look = gem.look(g); sys.munmap(m); ready = sys.poll(b, in, 0)
            after = sys.fdinfo(b); s = fence.getStatus(f.fence); t = clock.now()`,
        },
      }),
    ],
    holds: results({
      mapped: {
        close: 0,
        busy: 'none',
        // The poll that asked for nothing more still waits for the fence.
        before: counted(4),
        look: 'references 3 handles 1 pins 0 exported',
        ready: 'in',
        after: counted(1),
        s: 1,
      },
    }),
    forbids: ['use-after-free', 'refcount'],
    witness: { kept: reached((run) => resultNamed(run, 'busy') === 'none') },
    faults: ['dev-007-mapping-without-file', 'vgem-008-not-signaled'],
  }),
  property({
    rules: ['DEV-008'],
    plan: `vgem and vkms import from everybody, virtio_gpu from itself only; the name of the exporter
      stays that of the first one.
      - each of the three as exporter and importer, and in another file of its own
      (Heaps and udmabuf as exporters are compared with recordings.)`,
    programs: [
      program('who-from-whom', {
        tasks: {
          A: `${OPEN}; w = drm.device(vkms); k = drm.open(w); s = drm.device(virtio_gpu)
            t = drm.open(s); u = drm.open(s); h = dumb.create(k); i = dumb.create(t)
            b = prime.export(d, g); c = prime.export(k, h); e = prime.export(t, i)
            dk = prime.import(k, b); dt = prime.import(t, b); kd = prime.import(d, c)
            kt = prime.import(t, c); tu = prime.import(u, e); same = prime.sameObject(i, tu)
            td = prime.import(d, e); tk = prime.import(k, e); r = prime.export(d, td)
            bi = sys.fdinfo(b); ri = sys.fdinfo(r); left = prime.attachments(b)`,
        },
      }),
    ],
    holds: results({
      'who-from-whom': {
        dk: 2,
        dt: ENODEV,
        kd: 2,
        kt: ENODEV,
        td: 3,
        tk: 3,
        tu: 1,
        same: true,
        bi: counted(6),
        ri: counted(11, 'virtio_gpu'),
        left: '1 attached 1 mapped',
      },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'dt') === ENODEV) },
    faults: ['dev-008-virtio-takes-all', 'dev-008-name-of-the-importer'],
  }),
  property({
    rules: ['DEV-009'],
    plan: `A buffer counts descriptors, mappings through them, entries, objects with handles, importing
      objects, and polls that wait.
      - one more of each, and one less of each`,
    programs: [
      program('counts', {
        tasks: {
          A: `${OPEN}; b = prime.export(d, g); fresh = sys.fdinfo(b); c = sys.dup(b)
            dup = sys.fdinfo(b); m = sys.mmap(b); map = sys.fdinfo(b); o = dumb.offset(d, g)
            n = sys.mmap(d, offset: o); node = sys.fdinfo(b); e = drm.open(v)
            h = prime.import(e, b); second = sys.fdinfo(b); w = drm.device(vkms); k = drm.open(w)
            i = prime.import(k, b); foreign = sys.fdinfo(b); f = vgem.attach(d, g, true)
            sys.poll(b, in, 0); poll = sys.fdinfo(b); vgem.signal(d, f); signaled = sys.fdinfo(b)
            gem.close(k, i); away = sys.fdinfo(b); gem.close(e, h); alone = sys.fdinfo(b)
            gem.close(d, g); last = sys.fdinfo(b); sys.munmap(m); unmapped = sys.fdinfo(b)
            sys.close(c); one = sys.fdinfo(b)`,
        },
      }),
    ],
    holds: results({
      counts: {
        fresh: counted(3),
        dup: counted(4),
        map: counted(5),
        node: counted(5),
        second: counted(6),
        foreign: counted(9),
        poll: counted(10),
        signaled: counted(9),
        away: counted(6),
        alone: counted(5),
        last: counted(3),
        unmapped: counted(2),
        one: counted(1),
      },
    }),
    witness: { foreign: reached((run) => resultNamed(run, 'foreign') === counted(9)) },
    faults: ['dev-009-entry-uncounted', 'dev-009-object-uncounted'],
  }),
];
