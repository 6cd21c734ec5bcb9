import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { BUFFERS, CLEAN, END, FENCE, gaveUp, HOST, IN_TURN, MANUAL } from './displays.ts';

const EINTR = -4;
const EBUSY = -16;
const ERESTARTSYS = -512;

const PINNED = 'references 2 handles 1 pins 1';
const LOOSE = 'references 2 handles 1 pins 0';

/** A third framebuffer, `k` over `i`. */
const THIRD = `${MANUAL}; i = dumb.create(d); k = kms.framebuffer(d, i)`;

/** Two commits that flip and cannot be cleaned up, as others hold the reservations of what was shown. */
const UNCLEAN = `task.sleep(1); kms.show(d, e, flags: nonblock); task.sleep(1); kms.tick(v); task.sleep(2)
  kms.show(d, k, flags: nonblock); task.sleep(1); kms.tick(v); task.sleep(1); c = kms.commits(d)`;

const holders = (jiffies: number): Record<'B' | 'C', string> => ({
  B: `resv.lock(g.resv); task.sleep(${jiffies}); resv.unlock(g.resv)`,
  C: `task.sleep(3); resv.lock(h.resv); task.sleep(${jiffies}); resv.unlock(h.resv)`,
});

/** One that goes on after its two predecessors. */
const FOLLOWS = `${UNCLEAN}; r = kms.show(d, k, out: w, flags: nonblock); t = clock.now(); p = kms.peek(w)`;

/** Properties of which commits come first, and of what each waits for. */
export const ORDER_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-010'],
    plan: `A blocking commit waits for its fences before anything has changed, and can be interrupted then; it
      comes back when the flip is done. Others come back at once, and wait without end in a worker.
      - a signal during the wait for fences, and during the wait for the flip; a minute without the fence
      - calls that wait for the locks of one that waits for its fences: a signal ends them
      - what is shown, and the out-fence, when each comes back`,
    programs: [
      program('interrupted', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w); t = clock.now(); s = kms.state(d); look = gem.look(h)
            fence.signal(x); again = kms.show(d, e, n, w); q = kms.status(w)`,
          B: 'task.sleep(5); before = kms.state(d); task.interrupt(A)',
        },
      }),
      program('locked', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: 'r = kms.show(d, e, n, w)',
          B: 'task.sleep(5); p = kms.pageFlip(d, e); t = clock.now()',
          C: 'task.sleep(5); q = kms.show(d, e); u = clock.now()',
          D: `task.sleep(10); task.interrupt(B); task.sleep(10); task.interrupt(C); task.sleep(10)
            fence.signal(x)`,
        },
      }),
      program('patient', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock); t0 = clock.now(); task.interrupt(A)
            s0 = kms.state(d); task.sleep(60000); s = kms.status(w); fence.signal(x)
            task.sleep(1); t = kms.status(w)`,
        },
      }),
      program('blocking', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, out: w); t = clock.now(); task.sleep(1); s = kms.status(w)`,
          B: 'task.sleep(5); s5 = kms.state(d); kms.tick(v)',
        },
        teardown: END,
      }),
      program('flipping', {
        setup: MANUAL,
        tasks: {
          A: 'r = kms.show(d, e, out: w); t = clock.now()',
          B: `task.sleep(5); task.interrupt(A); task.sleep(5); kms.tick(v); task.sleep(1)
            s = kms.status(w)`,
        },
        teardown: END,
      }),
    ],
    holds: results({
      interrupted: {
        before: 'f lit',
        r: ERESTARTSYS,
        t: 1005,
        s: 'f lit',
        look: LOOSE,
        again: 0,
        q: 1,
      },
      locked: { p: EINTR, t: 1010, q: EINTR, u: 1020, r: 0 },
      patient: { r: 0, t0: 1000, s0: 'e lit', s: 'pending', t: 1 },
      blocking: { s5: 'e lit', r: 0, t: 1005, s: 1 },
      flipping: { r: 0, t: 1010, s: 1 },
    }),
    schedules: IN_TURN,
    forbids: [...CLEAN, 'warn'],
    witness: { interrupted: reached((run) => resultNamed(run, 'r') === ERESTARTSYS) },
    faults: [
      'kms-010-deaf-to-signals',
      'kms-010-deaf-at-locks',
      'kms-010-waits-behind-the-swap',
      'kms-010-comes-back-early',
      'kms-010-gives-up-on-fences',
      'kms-010-flip-interrupted',
    ],
  }),
  property({
    rules: ['KMS-011'],
    plan: `Who does not block gets -EBUSY while the commit before on its CRTC, plane or connector has not flipped,
      and that one goes on; who blocks waits. Nobody gets ahead of the clean-up of the commit before that one.
      - CRTC, and a plane that was taken off it; with and without an out-fence; a mode set
      - a blocking commit that waits for the programming, and is interrupted then, or for the flip
      - two commits whose clean-up takes its time, or ten seconds and more; a signal meanwhile; only one such`,
    programs: [
      program('busy', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock); w2 = kms.word()
            b0 = kms.show(d, f, flags: nonblock); b1 = kms.show(d, f, out: w2, flags: nonblock)
            p = kms.peek(w2); b2 = kms.darken(d, flags: modeset+nonblock); s = kms.status(w)
            st = kms.state(d); c = kms.commits(d); fence.signal(x); task.sleep(1)
            t = kms.status(w); now = kms.state(d); ok = kms.show(d, f, flags: nonblock)`,
        },
      }),
      program('busy-plane', {
        tasks: {
          A: `v = kms.host(2, 1); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)
            kms.light(d, f, crtc: 1); ${FENCE}; kms.show(d, e, plane: overlay)
            r = kms.atomic(d, [overlay, IN_FENCE_FD, n, plane, FB_ID, 0, plane, CRTC_ID, 0], nonblock)
            b = kms.atomic(d, [plane, FB_ID, e], nonblock+test)
            b1 = kms.atomic(d, [plane, FB_ID, e, plane, CRTC_ID, crtc1], nonblock)
            fence.signal(x); task.sleep(1)
            ok = kms.atomic(d, [plane, FB_ID, e, plane, CRTC_ID, crtc1], nonblock)`,
        },
      }),
      program('unprogrammed', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: 'r = kms.show(d, e, n, w, nonblock); b = kms.show(d, f); t = clock.now(); s = kms.state(d)',
          B: 'task.sleep(5); s5 = kms.state(d); fence.signal(x)',
        },
      }),
      program('interrupted', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `r = kms.show(d, e, n, w, nonblock); b = kms.show(d, f); t = clock.now()
            s = kms.state(d); look = gem.look(g)`,
          B: 'task.sleep(5); task.interrupt(A); task.sleep(5); fence.signal(x)',
        },
      }),
      program('unflipped', {
        setup: MANUAL,
        tasks: {
          A: 'r = kms.show(d, e, flags: nonblock); b = kms.show(d, f); t = clock.now(); s = kms.state(d)',
          B: `task.sleep(5); task.interrupt(A); task.sleep(5); kms.tick(v); task.sleep(5)
            kms.tick(v); task.sleep(1); kms.settle(v)`,
        },
        teardown: 'kms.darken(d)',
      }),
      program('stalled', {
        setup: THIRD,
        tasks: { A: `${FOLLOWS}; kms.settle(v)`, ...holders(30) },
        teardown: 'kms.darken(d)',
      }),
      program('stalled-long', {
        setup: THIRD,
        tasks: { A: `${FOLLOWS}; task.sleep(4000); kms.settle(v)`, ...holders(12_000) },
        teardown: 'kms.darken(d)',
      }),
      program('stall-interrupted', {
        setup: THIRD,
        tasks: {
          A: FOLLOWS,
          ...holders(30),
          D: `task.sleep(20); task.interrupt(A); task.sleep(30); kms.settle(v)`,
        },
        teardown: 'kms.darken(d)',
      }),
      program('one-behind', {
        setup: THIRD,
        tasks: {
          A: `task.sleep(1); kms.show(d, e, flags: nonblock); task.sleep(1); kms.tick(v); task.sleep(2)
            c = kms.commits(d); r = kms.show(d, k, flags: nonblock); t = clock.now()
            task.sleep(40); kms.settle(v)`,
          B: holders(30).B,
        },
        teardown: 'kms.darken(d)',
      }),
    ],
    holds: (run) => {
      const wrong = results({
        busy: {
          r: 0,
          b0: EBUSY,
          b1: EBUSY,
          p: 'none',
          b2: EBUSY,
          s: 'pending',
          st: 'e lit',
          c: '1',
          t: 1,
          now: 'e lit',
          ok: 0,
        },
        'busy-plane': { r: 0, b: -22, b1: EBUSY, ok: 0 },
        unprogrammed: { s5: 'e lit', b: 0, t: 1005, s: 'f lit' },
        interrupted: { b: ERESTARTSYS, t: 1005, s: 'e lit', look: PINNED },
        unflipped: { b: 0, t: 1015, s: 'f lit' },
        stalled: { c: '2', r: 0, t: 1030, p: 'open' },
        'stalled-long': { c: '2', r: 0, t: 11_006, p: 'open' },
        'stall-interrupted': { c: '2', r: ERESTARTSYS, t: 1020, p: 'none' },
        'one-behind': { c: '1', r: 0, t: 1004 },
      })(run);
      return wrong ?? gaveUp(run, { 'stalled-long': 1 });
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    allows: ['warn'],
    witness: {
      busy: reached((run) => resultNamed(run, 'b0') === EBUSY),
      stalled: reached((run) => resultNamed(run, 't') === 1030),
    },
    faults: [
      'kms-011-gets-ahead',
      'kms-011-planes-get-ahead',
      'kms-011-takes-its-place',
      'kms-011-does-not-stall',
      'kms-011-stalls-for-the-last',
      'kms-011-stalls-for-ever',
      'kms-011-programming-uninterrupted',
    ],
  }),
  property({
    rules: ['KMS-012'],
    plan: `Commits of one CRTC are shown in the order of their calls, each for a frame; a commit waits until the
      one before is programmed and flipped. After ten seconds it goes on, and the log says so.
      - a flip that never comes
      - a blocking commit behind one that waits for its flip, or for a fence: what every frame is made of`,
    programs: [
      program('never', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, flags: nonblock); task.sleep(1); b = kms.show(d, f); t = clock.now()
            s = kms.state(d)`,
          B: 'task.sleep(25000); kms.tick(v)',
        },
        teardown: END,
      }),
      program('frames', {
        setup: `${MANUAL}; kms.watch(d, true); r = kms.show(d, e, flags: nonblock); task.sleep(1)`,
        tasks: {
          A: 'b = kms.show(d, f)',
          B: 'task.sleep(5); kms.tick(v); task.sleep(5); kms.tick(v)',
        },
        teardown: `task.sleep(1); seen = kms.composed(d); kms.watch(d, false); ${END}`,
      }),
      program('fences', {
        setup: `${MANUAL}; kms.watch(d, true); ${FENCE}; r = kms.show(d, e, n, flags: nonblock)
          kms.tick(v); task.sleep(1)`,
        tasks: {
          A: 'b = kms.show(d, f)',
          B: `task.sleep(5); fence.signal(x); task.sleep(1); kms.tick(v); task.sleep(5); kms.tick(v)`,
        },
        teardown: `task.sleep(1); seen = kms.composed(d); kms.watch(d, false); ${END}`,
      }),
    ],
    holds: (run) => {
      const wrong = results({
        frames: { r: 0, b: 0, seen: '1:e 2:f' },
        fences: { r: 0, b: 0, seen: '1:f 2:e 3:f' },
        never: { b: 0, t: 26_000, s: 'f lit' },
      })(run);
      return wrong ?? gaveUp(run, { never: 3 });
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    allows: ['warn'],
    witness: { ordered: reached((run) => resultNamed(run, 'seen') === '1:e 2:f') },
    faults: ['kms-012-overtakes', 'kms-012-programming-only', 'kms-012-waits-for-ever'],
  }),
];
