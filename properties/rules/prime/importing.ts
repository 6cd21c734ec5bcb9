import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EIO = -5;
const EBADF = -9;
const ENOMEM = -12;
const EINVAL = -22;
const ENODEV = -19;
const ENOSYS = -38;

/** A buffer of vgem, exported, and another device. */
const EXPORTED = `v = drm.device(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)`;
const WITH_VKMS = `${EXPORTED}; w = drm.device(vkms); k = drm.open(w)`;

/** Buffers of exporters that are no devices. */
const FOREIGN: Readonly<Record<string, string>> = {
  heap: 'heap.addAll(); b = heap.buffer(4096)',
  reserved: 'heap.addAll(); b = heap.buffer(4096, reserved)',
  udmabuf: 'm = sys.memfd(8192, shrink); b = udmabuf.create(m, 0, 4096)',
};

/** Properties of making objects of descriptors. */
export const IMPORTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['PRIME-005'],
    plan: `Import looks at the descriptor, at what the file knows, at its own exports, at what the
      driver can do; only then it attaches and maps, and undoes both when it fails. Flags are nothing.
      - a closed descriptor, and one of something else
      - a driver without import: own exports go through, others do not
      - one that refuses after mapping: nothing is left at the buffer
      - an exporter that refuses importers
      - an import without memory, wherever that is, and another one: of a device's buffer, of a heap's,
        of pages of a memory file`,
    programs: [
      program('descriptors', {
        tasks: {
          A: `${WITH_VKMS}; n = sys.eventfd(); closed = prime.import(k, 99)
            other = prime.import(k, n); device = prime.import(k, k); h = prime.import(k, b, 4660)`,
        },
      }),
      program('drivers', {
        tasks: {
          A: `${EXPORTED}; x = drm.device(bare); y = drm.open(x); l = dumb.create(y)
            c = prime.export(y, l); bare = prime.import(y, b); own = prime.import(y, c)
            s = drm.device(virtio_gpu); t = drm.open(s); before = sys.fdinfo(b)
            refused = prime.import(t, b); after = sys.fdinfo(b); a = prime.attachments(b)
            pins = gem.look(g); exporter = prime.import(d, c); known = prime.entries(d)
            ca = prime.attachments(c)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: WITH_VKMS,
        tasks: {
          A: `h = prime.import(k, b); left = prime.attachments(b); known = prime.entries(k)
            count = sys.fdinfo(b); again = prime.import(k, b)`,
        },
      }),
      ...Object.entries(FOREIGN).map(([name, setup]) =>
        program(name, {
          world: { failuresMax: 1 },
          setup: `${setup}; w = drm.device(vkms); k = drm.open(w)`,
          tasks: {
            A: `h = prime.import(k, b); left = prime.attachments(b); known = prime.entries(k)
              n = buf.count(b); again = prime.import(k, b)`,
          },
        }),
      ),
    ],
    holds: (run) =>
      run.program.world.failuresMax > 0 && resultNamed(run, 'h') === 1
        ? null
        : results({
            heap: { left: '0 attached 0 mapped', known: 0, n: 1, again: 1 },
            reserved: { left: '0 attached 0 mapped', known: 0, n: 1, again: 1 },
            udmabuf: { left: '0 attached 0 mapped', known: 0, n: 1, again: 1 },
            'no-memory': {
              left: '0 attached 0 mapped',
              known: 0,
              count: 'size 4096, count 3, exp_name drm',
              again: 1,
            },
            descriptors: { closed: EBADF, other: EINVAL, device: EINVAL, h: 1 },
            drivers: {
              bare: EINVAL,
              own: 1,
              before: 'size 4096, count 3, exp_name drm',
              refused: ENODEV,
              after: 'size 4096, count 3, exp_name drm',
              a: '0 attached 0 mapped',
              pins: 'references 2 handles 1 pins 0 exported',
              exporter: ENOSYS,
              known: 1,
              ca: '0 attached 0 mapped',
            },
          })(run),
    forbids: ['refcount', 'use-after-free', 'leak', 'deadlock'],
    witness: {
      refused: reached((run) => resultNamed(run, 'refused') === ENODEV),
      failed: reached((run) => resultNamed(run, 'h') === ENOMEM, 3),
      unreachable: reached((run) => resultNamed(run, 'h') === EIO, 2),
    },
    faults: [
      'prime-005-keeps-the-handle',
      'prime-005-looks-at-flags',
      'prime-005-stays-attached',
      'prime-009-shows-nothing',
      'BUG-GEM-02',
    ],
  }),
  property({
    rules: ['PRIME-006'],
    plan: `What a file has imported or exported comes back under the handle that it has, and one close
      ends it, however often it was imported.
      - foreign and own buffers, twice each, one close, a second close`,
    programs: [
      program('twice', {
        tasks: {
          A: `${WITH_VKMS}; h = prime.import(k, b); i = prime.import(k, b)
            a = prime.attachments(b); close = gem.close(k, i); again = gem.close(k, h)
            none = prime.attachments(b); own = prime.import(d, b); own2 = prime.import(d, b)
            dclose = gem.close(d, own); dagain = gem.close(d, g)`,
        },
      }),
    ],
    holds: results({
      twice: {
        h: 1,
        i: 1,
        a: '1 attached 1 mapped',
        close: 0,
        again: EINVAL,
        none: '0 attached 0 mapped',
        own: 1,
        own2: 1,
        dclose: 0,
        dagain: EINVAL,
      },
    }),
    witness: { again: reached((run) => resultNamed(run, 'again') === EINVAL) },
    faults: ['prime-006-always-new'],
  }),
  property({
    rules: ['PRIME-007'],
    plan: `A device that imports what it has exported gets its own object back, without attaching: in
      the same file under the same handle, in another one under a new one.
      - both files; what is behind each handle, and who is attached`,
    programs: [
      program('own', {
        tasks: {
          A: `${EXPORTED}; e = drm.open(v); dumb.create(e); h = prime.import(d, b)
            i = prime.import(e, b); same = prime.sameObject(g, i); a = prime.attachments(b)
            look = gem.look(g)`,
        },
      }),
    ],
    holds: results({
      own: {
        h: 1,
        i: 2,
        same: true,
        a: '0 attached 0 mapped',
        look: 'references 2 handles 2 pins 0 exported',
      },
    }),
    witness: { own: reached((run) => resultNamed(run, 'same') === true) },
    faults: ['prime-007-attaches-to-itself'],
  }),
  property({
    rules: ['PRIME-008'],
    plan: `Two files that import one foreign buffer have an object and an attachment each, and the
      reservation of the buffer in common.
      - two files of vkms import from vgem`,
    programs: [
      program('foreign', {
        tasks: {
          A: `${WITH_VKMS}; l = drm.open(w); h = prime.import(k, b); i = prime.import(l, b)
            same = prime.sameObject(h, i); a = prime.attachments(b); hr = prime.sharesResv(h, b)
            ir = prime.sharesResv(i, b)`,
        },
      }),
    ],
    holds: results({
      foreign: { same: false, a: '2 attached 2 mapped', hr: true, ir: true },
    }),
    witness: { foreign: reached((run) => resultNamed(run, 'same') === false) },
    faults: ['prime-008-one-object', 'prime-008-own-reservation'],
  }),
  property({
    rules: ['PRIME-009'],
    plan: `An import attaches and maps once, both ways, and so pins the exporter's memory until the
      importing object is freed. Who cannot say where its memory is refuses.
      - pins and mappings before, with one and two importers, and after each close
      - an object of more than 4 GiB: the mapping is of all of it
      - an importer that finds no memory: what it could not map is not pinned when it has gone`,
    programs: [
      program('pins', {
        tasks: {
          A: `${WITH_VKMS}; l = drm.open(w); before = gem.look(g); h = prime.import(k, b)
            i = prime.import(k, b); one = gem.look(g); a1 = prime.attachments(b)
            j = prime.import(l, b); two = gem.look(g); gem.close(k, h); left = gem.look(g)
            a2 = prime.attachments(b); gem.close(l, j); after = gem.look(g)
            x = drm.device(bare); y = drm.open(x); m = dumb.create(y); c = prime.export(y, m)
            refused = prime.import(k, c); bare = gem.look(m)`,
        },
      }),
      program('large', {
        tasks: {
          A: `${WITH_VKMS}; h = gem.create(d, 1048577); c = prime.export(d, h)
            i = prime.import(k, c); pages = prime.pages(c); size = sys.size(c)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${EXPORTED}; c = buf.get(b); a = attach.static(c, gpu)`,
        tasks: {
          A: `m = buf.vmapUnlocked(c); t = attach.mapUnlocked(a, BIDIRECTIONAL); held = gem.look(g)
            buf.vgiveBack(c, m); attach.giveBack(a, t, BIDIRECTIONAL); attach.detach(c, a)
            after = gem.look(g)`,
        },
      }),
    ],
    allows: ['warn'], // the core says so when an exporter gives no kernel mapping
    forbids: ['leak', 'refcount'],
    holds: results({
      'no-memory': {
        held: 'references 2 handles 1 pins 1 exported',
        after: 'references 2 handles 1 pins 0 exported',
      },
      pins: {
        before: 'references 2 handles 1 pins 0 exported',
        one: 'references 2 handles 1 pins 1 exported',
        a1: '1 attached 1 mapped',
        two: 'references 2 handles 1 pins 2 exported',
        left: 'references 2 handles 1 pins 1 exported',
        a2: '1 attached 1 mapped',
        after: 'references 2 handles 1 pins 0 exported',
        refused: ENOSYS,
        bare: 'references 2 handles 1 pins 0 exported',
      },
      large: { i: 1, pages: 1_048_577, size: 4_294_971_392 },
    }),
    witness: {
      pinned: reached((run) => resultNamed(run, 'refused') === ENOSYS),
      unmapped: reached((run) => resultNamed(run, 't') === ENOMEM),
      unseen: reached((run) => resultNamed(run, 'm') === ENOMEM),
    },
    faults: [
      'prime-009-unpinned',
      'prime-009-unpinned-without-memory',
      'prime-009-one-way',
      'prime-009-shows-nothing',
      'BUG-GEM-01',
    ],
  }),
];
