import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { BUFFERS, CLEAN, END, FENCE, IN_TURN, MANUAL } from './displays.ts';

const EIO = -5;
const EFAULT = -14;
const ENOMEM = -12;
const EINVAL = -22;
const ERESTARTSYS = -512;

const LOOSE = 'references 2 handles 1 pins 0';
const PINNED = 'references 2 handles 1 pins 1';

/** A display that captures, and a third framebuffer, `k` over `i`; `u` is for fences of captures. */
const CAPTURE = `v = kms.manual(writeback: true); d = drm.open(v); kms.setCap(d); ${BUFFERS}
  kms.light(d, f); i = dumb.create(d); k = kms.framebuffer(d, i); u = kms.word()
  kms.atomic(d, [writeback, CRTC_ID, crtc], modeset)`;

/** A frame that is shown and captured. */
const both = (fb: string, word: string): string =>
  `kms.atomic(d, [plane, FB_ID, ${fb}, writeback, WRITEBACK_FB_ID, k, writeback, WRITEBACK_OUT_FENCE_PTR, ${word}], nonblock)`;

/** Properties of what the virtual display does with its frames. */
export const CAPTURE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-021'],
    plan: `The out-fence of a capture has the same word as others; it signals when the picture is there, with an
      error if there is none, and in the order of the jobs. Each job gives everything back, done or not.
      - without a framebuffer, without a word, with a word that is not mapped; tests
      - a capture, two of them at once, one on a display that is switched off, one for which there is no memory
      - a commit that is interrupted before it can begin`,
    programs: [
      program('one', {
        setup: CAPTURE,
        tasks: {
          A: `bad = kms.word(7, false)
            noFb = kms.atomic(d, [writeback, WRITEBACK_FB_ID, 0, writeback, WRITEBACK_OUT_FENCE_PTR, u], nonblock)
            p0 = kms.peek(u); unmapped = kms.atomic(d, [writeback, WRITEBACK_OUT_FENCE_PTR, bad], test)
            alone = kms.atomic(d, [writeback, WRITEBACK_OUT_FENCE_PTR, u], test); t = ${both('e', 'u').replace('nonblock', 'test')}
            p1 = kms.peek(u); none = kms.atomic(d, [writeback, WRITEBACK_FB_ID, 0], nonblock); kms.settle(v)
            r = ${both('e', 'u')}; task.sleep(1); s0 = kms.status(u); pin = gem.look(i); kms.tick(v)
            task.sleep(1); s1 = kms.status(u); o = kms.fence(u); info = sys.info(o, 1)
            after = gem.look(i)`,
        },
        teardown: END,
      }),
      program('two', {
        setup: `${CAPTURE}; u2 = kms.word(); r = ${both('e', 'u')}; task.sleep(1)`,
        tasks: { A: `kms.tick(v); r2 = ${both('f', 'u2')}; task.sleep(1)` },
        teardown: `s1 = kms.status(u); s2 = kms.status(u2); kms.tick(v); task.sleep(1)
          t1 = kms.status(u); t2 = kms.status(u2); o1 = kms.fence(u); o2 = kms.fence(u2)
          q1 = inspect.seqno(o1.fence); q2 = inspect.seqno(o2.fence)
          c1 = inspect.context(o1.fence); c2 = inspect.context(o2.fence); ${END}`,
      }),
      program('off', {
        setup: CAPTURE,
        tasks: {
          A: `r = ${both('e', 'u')}; task.sleep(1); o = kms.darken(d); s = kms.status(u)
            task.sleep(1); after = gem.look(i)`,
        },
      }),
      program('interrupted', {
        setup: `${CAPTURE}; ${FENCE}`,
        tasks: {
          A: `r = kms.atomic(d, [plane, FB_ID, e, plane, IN_FENCE_FD, n, writeback, WRITEBACK_FB_ID, k, writeback, WRITEBACK_OUT_FENCE_PTR, u], 0)
            p = kms.peek(u); after = gem.look(i)`,
          B: `task.sleep(5); task.interrupt(A); task.sleep(5); fence.signal(x)`,
        },
        teardown: END,
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${CAPTURE}; u = kms.word(-1)`,
        tasks: { A: `r = ${both('e', 'u')}; task.sleep(1); kms.tick(v); task.sleep(1)` },
        teardown: `s = kms.status(u); after = gem.look(i); ${END}; kms.darken(d)`,
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        const [r, s] = [resultNamed(run, 'r'), resultNamed(run, 's')];
        const isRight = r === 0 ? s === 1 || s === ENOMEM : r === ENOMEM && s === 'none';
        const after = resultNamed(run, 'after');
        return isRight && after === LOOSE ? null : `${String(r)}, ${String(s)}, ${String(after)}`;
      }
      return results({
        one: {
          noFb: EINVAL,
          p0: 'none',
          unmapped: EFAULT,
          alone: 0,
          t: 0,
          p1: 'none',
          none: 0,
          r: 0,
          s0: 'pending',
          pin: PINNED,
          s1: 1,
          info: 'vkms-CONNECTOR:40-Writeback-11- 1 1 | vkms CONNECTOR:40-Writeback-1 1 1003000000',
          after: LOOSE,
        },
        two: {
          r: 0,
          r2: 0,
          s1: 1,
          s2: 'pending',
          t1: 1,
          t2: 1,
          q1: 1,
          q2: 2,
          c2: resultNamed(run, 'c1') ?? null,
        },
        off: { r: 0, o: 0, s: EIO, after: LOOSE },
        interrupted: { r: ERESTARTSYS, p: 'none', after: LOOSE },
      })(run);
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    allows: ['warn'],
    witness: {
      captured: reached((run) => resultNamed(run, 's1') === 1),
      failed: reached((run) => resultNamed(run, 's') === ENOMEM),
    },
    faults: [
      'BUG-KMS-02',
      'kms-021-with-the-flip',
      'kms-021-without-errors',
      'kms-021-newest-first',
      'kms-021-forgets-jobs',
      'kms-021-stays-pinned',
      'kms-021-not-when-off',
    ],
  }),
  property({
    rules: ['KMS-022'],
    plan: `A timer makes vertical blanks, as long as somebody wants them, and arms events under the lock that ticks
      take; a worker composes each frame of what was shown at its tick. Frames that it is too slow for are merged.
      - ticks faster than the worker, with the same and with another picture; the times of the timer
      - two ticks beside a commit and its worker (KMS-015: a tick at any moment of the worker)`,
    programs: [
      program('overload', {
        setup: `${MANUAL}; kms.watch(d, true)`,
        tasks: {
          A: `kms.tick(v); kms.tick(v); kms.tick(v); none = kms.composed(d)
            task.sleep(1); three = kms.composed(d); kms.show(d, e, flags: nonblock); task.sleep(1)
            kms.tick(v); kms.tick(v); task.sleep(1); five = kms.composed(d); kms.watch(d, false)
            kms.settle(v); rest = kms.tick(v)`,
        },
        teardown: END,
      }),
      program('timer', {
        setup: `v = drm.device(vkms); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)`,
        tasks: {
          A: `task.sleep(3); kms.watch(d, true); task.sleep(40); seen = kms.composed(d)
            r = kms.show(d, e); t = clock.now(); task.sleep(1); all = kms.composed(d)
            kms.watch(d, false); kms.darken(d)`,
        },
      }),
      program('armed', {
        setup: `${MANUAL}; kms.watch(d, true)`,
        tasks: { A: 'kms.show(d, e, flags: nonblock+event)', B: 'kms.tick(v); kms.tick(v)' },
        teardown: `kms.settle(v); task.sleep(1); ev = kms.read(d); seen = kms.composed(d)
          kms.watch(d, false); ${END}`,
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'armed') {
        const told = /frame (\d+)/.exec(String(resultNamed(run, 'ev')))?.[1];
        const first = /(\d+):e/.exec(String(resultNamed(run, 'seen')))?.[1];
        return told === first ? null : `told at frame ${told}, shown from frame ${first}`;
      }
      return results({
        overload: {
          three: '1:f 2:f 3:f',
          five: '1:f 2:f 3:f 4:e 5:e',
          rest: false,
        },
        timer: { seen: '1:f 2:f', r: 0, t: 1051, all: '1:f 2:f 3:e' },
      })(run);
    },
    schedules: IN_TURN,
    forbids: [...CLEAN, 'races'],
    allows: ['warn'],
    witness: { slow: reached((run) => resultNamed(run, 'none') === '') },
    faults: [
      'kms-022-loses-frames',
      'kms-022-composes-what-is-shown-later',
      'kms-022-ticks-for-ever',
    ],
  }),
];
