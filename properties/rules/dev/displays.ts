import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { BUFFERS, CLEAN, FENCE, IN_TURN } from '../kms/displays.ts';

const ENOENT = -2;
const ENOMEM = -12;
const EACCES = -13;
const EBUSY = -16;
const EINVAL = -22;
const EOPNOTSUPP = -95;

const DEVICES = ['virtio_gpu', 'vkms'] as const;

/** One of another format than displays of virtual machines have. */
const RGB565 = 0x36314752;

/** Every answer about flags and slots, on one device. */
const table = (driver: string): string =>
  `v = drm.device(${driver}); d = drm.open(v); kms.setCap(d); ${BUFFERS}; ${FENCE}; b = prime.export(d, g)
    onDark = kms.show(d, f); noMode = kms.light(d, f, flags: 0); dark = kms.state(d); l = kms.light(d, f)
    same = kms.light(d, f, flags: 0); unknown = kms.show(d, e, flags: 32768); async = kms.show(d, e, flags: 2)
    told = kms.show(d, e, flags: 257); ev = kms.show(d, e, flags: 1); empty = kms.show(d, f, -1)
    buffer = kms.show(d, f, b); noFb = kms.show(d, 0); noFbTest = kms.show(d, 0, flags: test)
    t = kms.show(d, e, n, w, test); tw = kms.peek(w); t2 = kms.show(d, e, n, w, test+nonblock)
    t2w = kms.peek(w); r = kms.show(d, e, n, w, nonblock); rw = kms.peek(w); w2 = kms.word()
    busy = kms.show(d, f, flags: nonblock); busyOut = kms.show(d, f, out: w2, flags: nonblock)
    bw = kms.peek(w2); fence.signal(x); task.sleep(40); s = kms.status(w); z = kms.darken(d)`;

const WRITE = `y = fence.create(); resv.lock(h.resv); resv.reserve(h.resv, 1)
  resv.add(h.resv, y, WRITE); resv.unlock(h.resv)`;

/** When commits are shown, on one device. */
const moments = (driver: string): string =>
  `v = drm.device(${driver}); d = drm.open(v); kms.setCap(d); ${BUFFERS}; ${FENCE}; kms.light(d, f)
    t0 = clock.now(); r = kms.show(d, e, out: w); t1 = clock.now(); s1 = kms.status(w)
    r2 = kms.show(d, f, n, w, nonblock); task.sleep(30); s2 = kms.status(w); fence.signal(x)
    task.sleep(40); s3 = kms.status(w); b = prime.export(d, h); ${WRITE}
    r3 = kms.show(d, e, out: w, flags: nonblock); task.sleep(30); s4 = kms.status(w)
    fence.signal(y); task.sleep(40); s5 = kms.status(w); free = sys.poll(b, in+out)
    z = fence.create(); resv.lock(g.resv); resv.reserve(g.resv, 1); resv.add(g.resv, z, WRITE)
    resv.unlock(g.resv); r4 = kms.show(d, f, n, w, nonblock); task.sleep(30); s6 = kms.status(w)
    fence.signal(z); kms.darken(d)`;

const each = (expected: Record<string, number | string | boolean>) =>
  Object.fromEntries(DEVICES.map((driver) => [driver, expected]));

/** Properties of the displays that recordings use. */
export const DISPLAY_DEVICE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DEV-013'],
    plan: `What has a display lets clients say what they know; the first file that opens it is its master until
      it is closed. Framebuffers need an object, and on virtio_gpu one of two formats.
      - both capabilities and an unknown one on three devices; wrong values
      - a second file, before and behind the close of the first, and a third one
      - handles 0 and unknown ones on both; a format; no memory`,
    programs: [
      program('set-up', {
        tasks: {
          A: `a = drm.device(vgem); q = drm.open(a); v = drm.device(virtio_gpu); d = drm.open(v)
            k = drm.device(vkms); m = drm.open(k); none2 = kms.setCap(q, 2); none3 = kms.setCap(q, 3)
            d2 = kms.setCap(d, 2); d3 = kms.setCap(d, 3); m2 = kms.setCap(m, 2); m3 = kms.setCap(m, 3)
            other = kms.setCap(d, 17); value = kms.setCap(d, 3, 2); off = kms.setCap(d, 3, 0)
            z = kms.framebuffer(d, 0); mz = kms.framebuffer(m, 0); u = kms.framebuffer(d, 9)
            mu = kms.framebuffer(m, 9); g = dumb.create(d); h = dumb.create(m)
            format = kms.framebuffer(d, g, format: ${RGB565}); mf = kms.framebuffer(m, h, format: ${RGB565})
            fine = kms.framebuffer(d, g); argb = kms.framebuffer(d, g, format: ${0x34325241})
            refs = gem.look(g)`,
        },
      }),
      program('master', {
        tasks: {
          A: `v = drm.device(virtio_gpu); d = drm.open(v); k = drm.open(v); kms.setCap(d); kms.setCap(k)
            first = kms.atomic(d, []); second = kms.atomic(k, []); wrong = kms.atomic(k, [999, 1, 1], 32768)
            flip = kms.pageFlip(k, 0); sys.close(d); still = kms.atomic(k, []); q = drm.open(v)
            kms.setCap(q); third = kms.atomic(q, []); sys.close(k); own = kms.atomic(q, [])`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'v = drm.device(vkms); d = drm.open(v); g = dumb.create(d); h = dumb.create(d)',
        tasks: { A: 'f = kms.framebuffer(d, g, h); l = gem.look(g); e = kms.framebuffer(d, g)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        if (resultNamed(run, 'f') === 0) return null;
        const left = 'references 1 handles 1 pins 0';
        return results({ 'no-memory': { f: ENOMEM, l: left, e: 0 } })(run);
      }
      return results({
        'set-up': {
          none2: EOPNOTSUPP,
          none3: EOPNOTSUPP,
          d2: 0,
          d3: 0,
          m2: 0,
          m3: 0,
          other: EINVAL,
          value: EINVAL,
          off: 0,
          z: EINVAL,
          mz: EINVAL,
          u: EINVAL,
          mu: ENOENT,
          format: ENOENT,
          mf: 0,
          fine: 0,
          argb: 0,
          refs: 'references 3 handles 1 pins 0',
        },
        master: {
          first: 0,
          second: EACCES,
          wrong: EACCES,
          flip: EACCES,
          still: EACCES,
          third: 0,
          own: 0,
        },
      })(run);
    },
    forbids: CLEAN,
    witness: {
      refused: reached((run) => resultNamed(run, 'still') === EACCES),
      failed: reached((run) => resultNamed(run, 'f') === ENOMEM),
    },
    faults: [
      'dev-013-any-device',
      'dev-013-any-format',
      'dev-013-object-stays',
      'dev-013-master-for-ever',
      'kms-023-any-file',
    ],
  }),
  property({
    rules: ['DEV-014'],
    plan: `What both displays answer to flags, in-fences and framebuffers, and when there is an out-fence.
      - each flag and combination of the rule; slots that are empty, of another kind, or never filled
      - a mode set with and without permission, one that changes nothing; a display that is dark
      - a commit behind one that has not flipped`,
    programs: DEVICES.map((driver) => program(driver, { tasks: { A: table(driver) } })),
    holds: results(
      each({
        onDark: 0,
        noMode: EINVAL,
        dark: 'f dark',
        l: 0,
        same: 0,
        unknown: EINVAL,
        async: EINVAL,
        told: EINVAL,
        ev: 0,
        empty: 0,
        buffer: EINVAL,
        noFb: EINVAL,
        noFbTest: EINVAL,
        t: 0,
        tw: 'none',
        t2: 0,
        t2w: 'none',
        r: 0,
        rw: 'open',
        busy: EBUSY,
        busyOut: EBUSY,
        bw: 'none',
        s: 1,
        z: 0,
      }),
    ),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { busy: reached((run) => resultNamed(run, 'busyOut') === EBUSY, 2) },
    faults: ['kms-023-any-flags', 'kms-023-half-planes', 'kms-023-any-mode', 'kms-011-gets-ahead'],
  }),
  property({
    rules: ['DEV-015'],
    plan: `virtio_gpu shows a commit as soon as it can, vkms at its next tick, a period away. A pending in-fence
      holds it, or without one a pending write; a commit puts no fence on the buffer.
      - times of blocking commits; in-fences, writes, and both, with what is seen 30 ms later
      - polls of the buffer behind the commit`,
    programs: DEVICES.map((driver) => program(driver, { tasks: { A: moments(driver) } })),
    holds: (run) => {
      const seen = {
        r: 0,
        s1: 1,
        r2: 0,
        s2: 'pending',
        s3: 1,
        r3: 0,
        s4: 'pending',
        s5: 1,
        free: 'in+out',
        r4: 0,
        s6: 1,
      };
      return results({
        virtio_gpu: { ...seen, t0: 1000, t1: 1000 },
        vkms: { ...seen, t0: 1000, t1: 1016 },
      })(run);
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { held: reached((run) => resultNamed(run, 's4') === 'pending', 2) },
    faults: ['kms-007-writers-too', 'kms-013-never-without-vblanks', 'dev-015-fence-on-the-buffer'],
  }),
];
