import { DRM_IOCTL_MODE_ATOMIC } from '../../../impl/drm/kms/kms-uapi.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { BUFFERS, CLEAN, DARK, FENCE, HOST, IN_TURN } from './displays.ts';

const ENOENT = -2;
const EACCES = -13;
const EFAULT = -14;
const EBUSY = -16;
const EINVAL = -22;
const EMFILE = -24;
const EOPNOTSUPP = -95;

/** Properties of atomic calls that say no, and of what they look at first. */
export const REQUEST_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-004'],
    plan: `A test performs the checks, waits for nothing, makes no fence and changes nothing. It cannot be told
      of; neither can who asks to be told of what is off and stays off.
      - tests with pending fences and out-fences, blocking and not; with an event
      - events and out-fences on a display that is off, is lit, is turned off, and turned off again`,
    programs: [
      program('tests', {
        setup: `${DARK}; ${FENCE}`,
        tasks: {
          A: `dark = kms.show(d, f); offEvent = kms.show(d, f, flags: event)
            offOut = kms.show(d, f, out: w); p = kms.peek(w); l = kms.light(d, f, out: w)
            pl = kms.status(w); te = kms.show(d, e, flags: test+event)
            t = kms.show(d, e, n, w, test); pw = kms.peek(w); s0 = kms.state(d)
            c = kms.commits(d); look = gem.look(h); tn = kms.show(d, e, n, flags: test+nonblock)
            slots = resv.slots(h.resv); da = kms.darken(d, w); sa = kms.status(w)
            s1 = kms.state(d); again = kms.darken(d, w); fence.signal(x); x1 = kms.darken(d)`,
        },
      }),
    ],
    holds: results({
      tests: {
        dark: 0,
        offEvent: EINVAL,
        offOut: EINVAL,
        p: 'none',
        l: 0,
        pl: 1,
        te: EINVAL,
        t: 0,
        pw: 'none',
        s0: 'f lit',
        c: '0',
        look: 'references 2 handles 1 pins 0',
        tn: 0,
        slots: '',
        da: 0,
        sa: 1,
        s1: 'nothing dark',
        again: EINVAL,
        x1: 0,
      },
    }),
    schedules: IN_TURN,
    forbids: [...CLEAN, 'warn'],
    witness: { tested: reached((run) => resultNamed(run, 't') === 0) },
    faults: [
      'kms-004-test-waits',
      'kms-004-test-commits',
      'kms-004-tells-the-dark',
      'kms-004-tells-of-tests',
      'kms-004-promises-for-tests',
    ],
  }),
  property({
    rules: ['KMS-005'],
    plan: `An asynchronous flip needs a device that offers it, and changes only what is on the primary plane:
      framebuffer, in-fence, damage. Other properties may be named with the value that they have.
      - each property of planes, CRTCs and connectors, with its value and with another
      - an out-fence, an overlay; a device that offers none; one that is carried out`,
    programs: [
      program('async', {
        tasks: {
          A: `v = kms.manual(1, true); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)
            ${FENCE}; flip = kms.atomic(d, [plane, FB_ID, e], async+test)
            all = kms.atomic(d, [plane, FB_ID, e, plane, IN_FENCE_FD, n, plane, FB_DAMAGE_CLIPS, 3], async+test)
            crtc = kms.atomic(d, [crtc, ACTIVE, 1, crtc, MODE_ID, 16, crtc, OUT_FENCE_PTR, 0], async+test)
            same = kms.atomic(d, [plane, CRTC_ID, crtc, plane, alpha, 65535, connector, CRTC_ID, crtc], async+test)
            off = kms.atomic(d, [plane, CRTC_ID, 0], async+test)
            alpha = kms.atomic(d, [plane, alpha, 3], async+test)
            dark = kms.atomic(d, [crtc, ACTIVE, 0], async+test)
            mode = kms.atomic(d, [crtc, MODE_ID, 8], async+test)
            out = kms.atomic(d, [crtc, OUT_FENCE_PTR, w], async+test)
            moved = kms.atomic(d, [connector, CRTC_ID, 0], async+test)
            overlaySame = kms.atomic(d, [overlay, CRTC_ID, 0], async+test)
            kms.atomic(d, [overlay, FB_ID, f, overlay, CRTC_ID, crtc], nonblock); kms.settle(v)
            overlay = kms.atomic(d, [overlay, FB_ID, e], async+test)
            plain = kms.atomic(d, [crtc, OUT_FENCE_PTR, w], test)
            real = kms.atomic(d, [plane, FB_ID, e], async+nonblock); s = kms.state(d)
            fence.signal(x); kms.settle(v)
            kms.atomic(d, [overlay, FB_ID, 0, overlay, CRTC_ID, 0], nonblock); kms.settle(v)`,
        },
        teardown: 'kms.darken(d)',
      }),
      program('none', {
        setup: HOST,
        tasks: {
          A: `none = kms.atomic(d, [plane, FB_ID, e], async+test); s = kms.state(d)`,
        },
      }),
    ],
    holds: results({
      async: {
        flip: 0,
        all: 0,
        crtc: 0,
        same: 0,
        off: EINVAL,
        alpha: EINVAL,
        dark: EINVAL,
        mode: EINVAL,
        out: EINVAL,
        moved: EINVAL,
        overlay: EINVAL,
        overlaySame: 0,
        plain: 0,
        real: 0,
        s: 'e f lit',
      },
      none: { none: EINVAL, s: 'f lit' },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { flipped: reached((run) => resultNamed(run, 'real') === 0) },
    faults: [
      'kms-005-any-device',
      'kms-005-any-value',
      'kms-005-overlays-too',
      'kms-005-not-even-the-same',
    ],
  }),
  property({
    rules: ['KMS-023'],
    plan: `What is wrong with the device, the client, the flags, the arrays, each object and property in its
      order, the out-fences, the states, and the time, is looked at in this order.
      - each error alone and with later ones behind it; files that are not the master
      - every array unreadable, from the start or behind its first element; unknown objects and properties
      - no free descriptor before a wrong state; a wrong state before a display that is busy
      - events without a CRTC; halves of planes; modes without permission`,
    programs: [
      program('arguments', {
        tasks: {
          A: `a = drm.device(vgem); q = drm.open(a); notAtomic = drm.ioctl(q, ${DRM_IOCTL_MODE_ATOMIC})
            v = drm.device(virtio_gpu); d = drm.open(v); ${BUFFERS}; deaf = kms.show(d, f)
            c = kms.setCap(d); flags = kms.show(d, f, flags: 32768); reserved = kms.show(d, f, reserved: 1)
            async = kms.show(d, f, flags: async); both = kms.show(d, f, flags: test+event)
            fine = kms.show(d, f, flags: test); k = drm.open(v); kms.setCap(k)
            other = kms.atomic(k, [plane, FB_ID, 0]); otherFlags = kms.atomic(k, [plane, FB_ID, 0], 32768)
            otherMemory = kms.atomic(k, [plane, FB_ID, 0], memory: bad); s = kms.state(d)`,
        },
      }),
      program('arrays', {
        setup: HOST,
        tasks: {
          A: `objects = kms.atomic(d, [plane, FB_ID, e], mapped: 0, array: objs_ptr)
            counts = kms.atomic(d, [plane, FB_ID, e], mapped: 0, array: count_props_ptr)
            props = kms.atomic(d, [plane, FB_ID, e], mapped: 0, array: props_ptr)
            values = kms.atomic(d, [plane, FB_ID, e], mapped: 0, array: prop_values_ptr)
            object = kms.atomic(d, [999, FB_ID, e])
            objectFirst = kms.atomic(d, [999, FB_ID, e], mapped: 0, array: count_props_ptr)
            property = kms.atomic(d, [plane, 999, e])
            propertyFirst = kms.atomic(d, [plane, 999, e], mapped: 0, array: prop_values_ptr)
            ofOther = kms.atomic(d, [plane, ACTIVE, 1]); ofScreen = kms.atomic(d, [connector, WRITEBACK_FB_ID, 0])
            inOrder = kms.atomic(d, [plane, FB_ID, 12345, plane, 999, 1])
            reversed = kms.atomic(d, [plane, 999, 1, plane, FB_ID, 12345])
            second = kms.atomic(d, [plane, FB_ID, e, plane, IN_FENCE_FD, 99], mapped: 1, array: prop_values_ptr)
            s = kms.state(d); none = kms.atomic(d, []); nothing = kms.atomic(d, [crtc, ACTIVE, 2])`,
        },
      }),
      program('states', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `noFb = kms.atomic(d, [plane, FB_ID, 0]); noCrtc = kms.atomic(d, [plane, CRTC_ID, 0])
            mode = kms.atomic(d, [crtc, MODE_ID, 8]); allowed = kms.atomic(d, [crtc, MODE_ID, 8], modeset+test)
            unlit = kms.atomic(d, [crtc, MODE_ID, 0], modeset+test)
            noScreen = kms.atomic(d, [connector, CRTC_ID, 0], modeset+test)
            r = kms.show(d, e, n, flags: nonblock); busy = kms.show(d, f, flags: nonblock)
            checked = kms.atomic(d, [plane, FB_ID, 0], nonblock)
            set = kms.atomic(d, [crtc, MODE_ID, 8], nonblock); fence.signal(x); task.sleep(1)
            sys.fillTable(); full = kms.atomic(d, [plane, FB_ID, 0, crtc, OUT_FENCE_PTR, w])
            property = kms.atomic(d, [plane, IN_FENCE_FD, 99, crtc, OUT_FENCE_PTR, w]); s = kms.state(d)`,
        },
      }),
      program('no-crtc', {
        setup: DARK,
        tasks: {
          A: `quiet = kms.atomic(d, [connector, CRTC_ID, 0])
            deaf = kms.atomic(d, [connector, CRTC_ID, 0], event); empty = kms.atomic(d, [], event)`,
        },
      }),
    ],
    holds: results({
      arguments: {
        notAtomic: EOPNOTSUPP,
        deaf: EINVAL,
        c: 0,
        flags: EINVAL,
        reserved: EINVAL,
        async: EINVAL,
        both: EINVAL,
        fine: 0,
        other: EACCES,
        otherFlags: EACCES,
        otherMemory: EFAULT,
        s: 'nothing dark',
      },
      arrays: {
        objects: EFAULT,
        counts: EFAULT,
        props: EFAULT,
        values: EFAULT,
        object: ENOENT,
        objectFirst: ENOENT,
        property: ENOENT,
        propertyFirst: ENOENT,
        ofOther: ENOENT,
        ofScreen: ENOENT,
        inOrder: EINVAL,
        reversed: ENOENT,
        second: EFAULT,
        s: 'f lit',
        none: 0,
        nothing: EINVAL,
      },
      states: {
        noFb: EINVAL,
        noCrtc: EINVAL,
        mode: EINVAL,
        allowed: 0,
        unlit: EINVAL,
        noScreen: EINVAL,
        r: 0,
        busy: EBUSY,
        checked: EINVAL,
        set: EINVAL,
        full: EMFILE,
        property: EINVAL,
        s: 'e lit',
      },
      'no-crtc': { quiet: 0, deaf: EINVAL, empty: EINVAL },
    }),
    schedules: IN_TURN,
    forbids: [...CLEAN, 'warn'],
    witness: {
      refused: reached((run) => resultNamed(run, 'otherFlags') === EACCES),
      busy: reached((run) => resultNamed(run, 'busy') === EBUSY),
    },
    faults: [
      'kms-023-any-file',
      'kms-023-any-flags',
      'kms-023-any-client',
      'kms-023-ignores-reserved',
      'kms-023-unknown-is-invalid',
      'kms-023-busy-first',
      'kms-023-checks-first',
      'kms-023-half-planes',
      'kms-023-any-mode',
      'kms-023-deaf',
    ],
  }),
];
