import { DRM_IOCTL_MODE_ADDFB2, DRM_IOCTL_SET_CLIENT_CAP } from '../../../impl/drm/drm-ioctls.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const ENOENT = -2;
const EINVAL = -22;
const ETIME = -62;
const EOPNOTSUPP = -95;

const OPEN = 's = drm.device(virtio_gpu); t = drm.open(s)';
/** A buffer of vgem, and a fence on it, also as a descriptor. */
const VGEM = `v = drm.device(vgem); d = drm.open(v); o = dumb.create(d); e = prime.export(d, o)
  k = vgem.attach(d, o, true); y = dmabuf.exportSyncFile(e, read)`;

/** What each device answers to every kind of call. */
const KINDS = (device: string): string => `${device}so = so.create(${device}, 99)
  ${device}wait = so.wait(${device}, [9], 64); ${device}dumb = dumb.create(${device})
  ${device}prime = prime.export(${device}, ${device}dumb)
  ${device}cap = drm.ioctl(${device}, ${DRM_IOCTL_SET_CLIENT_CAP})
  ${device}fb = drm.ioctl(${device}, ${DRM_IOCTL_MODE_ADDFB2})`;

/** Properties of fences that travel between devices and synchronisation objects. */
export const SYNCOBJ_DEVICE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DEV-003'],
    plan: `Synchronisation objects are virtio_gpu's alone, vgem's fences vgem's alone; buffers and sharing
      work everywhere, displays on virtio_gpu and vkms.
      - one call of each kind × three devices, with wrong arguments behind
      (Of display calls, capabilities and framebuffers are asked; commits are not built.)`,
    programs: [
      program('kinds', {
        tasks: {
          A: `v = drm.device(vgem); d = drm.open(v); w = drm.device(vkms); k = drm.open(w)
            ${OPEN}; ${KINDS('d')}; ${KINDS('k')}; ${KINDS('t')}
            da = vgem.attach(d, ddumb); ka = vgem.attach(k, kdumb); ks = vgem.signal(k, 1)
            ds = vgem.signal(d, da)`,
        },
      }),
    ],
    holds: results({
      kinds: {
        dso: EOPNOTSUPP,
        kso: EOPNOTSUPP,
        tso: EINVAL,
        dwait: EOPNOTSUPP,
        kwait: EOPNOTSUPP,
        twait: EINVAL,
        ddumb: 1,
        kdumb: 1,
        tdumb: 1,
        dprime: 0,
        kprime: 0,
        tprime: 0,
        dcap: EOPNOTSUPP,
        kcap: EINVAL,
        tcap: EINVAL,
        dfb: EOPNOTSUPP,
        kfb: EINVAL,
        tfb: EINVAL,
        da: 1,
        ka: EINVAL,
        ks: EINVAL,
        ds: 0,
      },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'kso') === EOPNOTSUPP) },
    faults: ['dev-003-everywhere', 'syncobj-001-arguments-first'],
  }),
  property({
    rules: ['DEV-005'],
    plan: `Buffers, synchronisation objects and fences of one file are numbered apart.
      - one of each, and gaps in one that the other does not fill`,
    programs: [
      program('spaces', {
        tasks: {
          A: `${OPEN}; a = so.create(t); b = so.create(t); g = dumb.create(t); so.destroy(t, a)
            h = dumb.create(t); c = so.create(t); x = gem.close(t, g); again = so.create(t)
            i = dumb.create(t); none = so.destroy(t, 9); other = gem.close(t, 3)`,
        },
      }),
    ],
    holds: results({
      spaces: { a: 1, b: 2, g: 1, h: 2, c: 1, x: 0, again: 3, i: 1, none: EINVAL, other: EINVAL },
    }),
    witness: { apart: reached((run) => resultNamed(run, 'again') === 3) },
    faults: ['dev-005-one-space'],
  }),
  property({
    rules: ['DEV-010'],
    plan: `The names that fences show in files: driver, timeline, context and number.
      - vgem's, each in a context of its own; stubs of objects that were created signaled, or signaled;
        nodes of timelines; arrays
      (Out-fences of displays are not built.)`,
    programs: [
      program('names', {
        tasks: {
          A: `${OPEN}; ${VGEM}; yi = sys.info(y, 1); g = dumb.create(d); b = prime.export(d, g)
            vgem.attach(d, g, true); z = dmabuf.exportSyncFile(b, read); zi = sys.info(z, 1)
            a = so.create(t, 1); x = so.toFd(t, a, 1); xi = sys.info(x, 1); c = so.create(t)
            so.signal(t, [c]); u = so.toFd(t, c, 1); ui = sys.info(u, 1)
            so.timelineSignal(t, [c], [70000]); n = so.toFd(t, c, 1); ni = sys.info(n, 0)
            m = sys.merge(y, z); mi = sys.info(m, 0)`,
        },
      }),
    ],
    holds: (run) => {
      const array = String(resultNamed(run, 'mi'));
      // A merge gives the file the name that it was asked for: none.
      if (!/^\s*0 2$/.test(array) && !array.startsWith('dma_fence_array-unbound')) return array;
      return results({
        names: {
          yi: 'vgem-unbound1-1 0 1 | vgem unbound 0 0',
          zi: 'vgem-unbound2-1 0 1 | vgem unbound 0 0',
          xi: 'stub-stub0-0 1 1 | stub stub 1 1000000000',
          ui: 'stub-stub0-0 1 1 | stub stub 1 1000000000',
          ni: 'dma_fence_chain-unbound3-70000 1 1',
        },
      })(run);
    },
    witness: { named: reached((run) => resultNamed(run, 'ni') !== undefined) },
    faults: ['dev-010-chain-names', 'dev-010-stub-context'],
  }),
  property({
    rules: ['DEV-011'],
    plan: `A file exported from a timeline has the name of the head, and lists what it contains and what is
      left behind it, from new to old, arrays opened. What is done behind the head is dropped, the head's
      own never. Imported into a reservation, these leaves go one by one.
      - pending, done, a mixture of both, an array in a node; the same file as points get done
      - the reservation of a buffer after an import`,
    programs: [
      program('listed', {
        tasks: {
          A: `${OPEN}; l = sys.timeline(); p = sys.createFence(l, 1); q = sys.createFence(l, 2)
            a = so.create(t); b = so.create(t); so.fromFd(t, p, 1, b); so.transfer(t, b, 0, a, 5)
            x5 = so.toFd(t, a, 1); i5 = sys.info(x5, 3); so.timelineSignal(t, [a], [10])
            x = so.toFd(t, a, 1); i1 = sys.info(x, 3); so.fromFd(t, q, 1, b)
            so.transfer(t, b, 0, a, 15); z = so.toFd(t, a, 1); i2 = sys.info(z, 3); sys.inc(l, 1)
            j = sys.info(x, 3); k = sys.info(z, 3); sys.inc(l, 1); n = sys.info(z, 3)`,
        },
      }),
      program('array', {
        tasks: {
          A: `${OPEN}; f = fence.create(); g = fence.create(); h = fence.create(); a = so.create(t)
            b = so.create(t); syncobj.addPoint(a.syncobj, f, 1); syncobj.addPoint(a.syncobj, g, 2)
            so.transfer(t, a, 2, b, 3); syncobj.addPoint(b.syncobj, h, 4); x = so.toFd(t, b, 1)
            i = sys.info(x, 4); fence.signal(f); j = sys.info(x, 4); fence.signal(g)
            k = sys.info(x, 4); fence.signal(h)`,
        },
      }),
      program('imported', {
        tasks: {
          A: `${OPEN}; f = fence.create(); g = fence.create(); a = so.create(t)
            syncobj.addPoint(a.syncobj, f, 1); syncobj.addPoint(a.syncobj, g, 2); x = so.toFd(t, a, 1)
            b = dumb.create(t); e = prime.export(t, b); r = dmabuf.importSyncFile(e, x, write)
            slots = resv.slots(b.resv)`,
        },
      }),
    ],
    holds: results({
      listed: {
        i5: 'dma_fence_chain-unbound2-5 0 1 | sw_sync init 0 0 | untouched | untouched',
        i1: 'dma_fence_chain-unbound2-10 0 2 | stub stub 1 1000000000 | sw_sync init 0 0 | untouched',
        i2: 'dma_fence_chain-unbound2-15 0 2 | sw_sync init 0 0 | sw_sync init 0 0 | untouched',
        j: 'dma_fence_chain-unbound2-10 1 1 | stub stub 1 1000000000 | untouched | untouched',
        k: 'dma_fence_chain-unbound2-15 0 1 | sw_sync init 0 0 | untouched | untouched',
        n: 'dma_fence_chain-unbound2-15 1 1 | sw_sync init 1 1000000000 | untouched | untouched',
      },
      array: {
        i: 'dma_fence_chain-unbound6-4 0 3 | mock mock 0 0 | mock mock 0 0 | mock mock 0 0 | untouched',
        j: 'dma_fence_chain-unbound6-4 0 3 | mock mock 0 0 | mock mock 1 1000000000 | mock mock 0 0 | untouched',
        k: 'dma_fence_chain-unbound6-4 0 1 | mock mock 0 0 | untouched | untouched | untouched',
      },
      imported: { r: 0, slots: 'g/WRITE f/WRITE' },
    }),
    witness: { listed: reached((run) => resultNamed(run, 'n') !== undefined) },
    faults: ['dev-011-head-only', 'dev-011-without-the-done', 'dev-011-imports-the-node'],
  }),
  property({
    rules: ['DEV-012'],
    plan: `A fence of vgem travels through a buffer and a file into an object, and is the same fence there:
      waits and files follow it, its ten seconds included.
      - signaled by its client, and by its timer, during a wait; another device file that ends
      - a transfer for submission from an empty object, which gives up after five seconds`,
    programs: [
      program('signaled', {
        tasks: {
          A: `${OPEN}; ${VGEM}; a = so.create(t); r = so.fromFd(t, y, 1, a); w = so.wait(t, [a])
            x = so.toFd(t, a, 1); i = sys.info(x, 0); sig = vgem.signal(d, k); z = so.wait(t, [a])
            j = sys.info(x, 0); p = sys.poll(e, in, 0)`,
        },
      }),
      program('expires', {
        tasks: {
          A: `${OPEN}; ${VGEM}; a = so.create(t); so.fromFd(t, y, 1, a); sys.close(y); sys.close(e)
            w = so.wait(t, [a], timeout: 20000); n = clock.now(); x = so.toFd(t, a, 1)
            i = sys.info(x, 1)`,
        },
      }),
      program('client-ends', {
        tasks: {
          A: `${OPEN}; ${VGEM}; a = so.create(t); so.fromFd(t, y, 1, a)
            so.timelineSignal(t, [a], [3]); q0 = so.query(t, [a]); sys.close(d)
            w = so.timelineWait(t, [a], [3]); n = clock.now(); q1 = so.query(t, [a])`,
        },
      }),
      program('transfer', {
        tasks: {
          A: `${OPEN}; a = so.create(t); b = so.create(t); r = so.transfer(t, a, 0, b, 0, submit)
            n = clock.now()`,
        },
      }),
    ],
    holds: results({
      signaled: {
        r: 0,
        w: ETIME,
        i: 'vgem-unbound1-1 0 1',
        sig: 0,
        z: 'first 0',
        j: 'vgem-unbound1-1 1 1',
        p: 'in',
      },
      expires: { w: 'first 0', n: 11_000, i: 'vgem-unbound1-1 1 1 | vgem unbound 1 11000000000' },
      'client-ends': { q0: '0', w: 'first 0', n: 1000, q1: '3' },
      transfer: { r: ETIME, n: 6000 },
    }),
    forbids: ['leak', 'refcount', 'use-after-free', 'deadlock'],
    witness: { expired: reached((run) => resultNamed(run, 'n') === 11_000) },
    faults: ['vgem-005-early', 'syncobj-029-for-longer'],
  }),
];
void ENOENT;
