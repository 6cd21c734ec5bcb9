import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { Crtc } from '../../../impl/drm/kms/crtc.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { BUFFERS, CLEAN, END, FENCE, gaveUp, HOST, IN_TURN, MANUAL } from './displays.ts';

const ERESTARTSYS = -512;

const PINNED = 'references 2 handles 1 pins 1';
const LOOSE = 'references 2 handles 1 pins 0';

/** How many out-fences of CRTCs have signaled. */
function signaled(run: Run): number {
  return run.sightings.filter(({ name, object, result }) => {
    return (
      name === 'signal' && result === 0 && object instanceof DmaFence && object.ops instanceof Crtc
    );
  }).length;
}

/** Properties of what is given back, and when. */
export const RETIRING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-016'],
    plan: `What was shown before is released when the flip is over, or the next vertical blank; after ten seconds,
      or a tenth of one, the log complains and it is released all the same.
      - with the flip; without one, for drivers that wait for flips and for vertical blanks`,
    programs: [
      program('flip', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, flags: nonblock); task.sleep(20); before = gem.look(g)
            new = gem.look(h); kms.tick(v); task.sleep(1); after = gem.look(g); mine = gem.look(h)`,
        },
        teardown: END,
      }),
      program('no-flip', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, flags: nonblock); task.sleep(1); before = gem.look(g)
            task.sleep(9000); late = gem.look(g); task.sleep(2000); after = gem.look(g)`,
        },
        teardown: END,
      }),
      program('no-vblank', {
        tasks: {
          A: `v = kms.manual(waitsForVblanks: true); d = drm.open(v); kms.setCap(d); ${BUFFERS}
            kms.light(d, f); task.sleep(200); r = kms.show(d, e, flags: nonblock); task.sleep(90)
            before = gem.look(g); task.sleep(20); after = gem.look(g); kms.settle(v); kms.settle(v)
            kms.darken(d)`,
        },
      }),
      program('vblank', {
        setup: `v = kms.manual(waitsForVblanks: true); d = drm.open(v); kms.setCap(d); ${BUFFERS}`,
        tasks: {
          A: `l = kms.light(d, f); r = kms.show(d, e, flags: nonblock); task.sleep(20); before = gem.look(g)
            kms.tick(v); task.sleep(1); after = gem.look(g); kms.settle(v); kms.darken(d)`,
          B: 'task.sleep(5); kms.tick(v)',
        },
      }),
    ],
    holds: (run) => {
      const wrong = results({
        flip: { r: 0, before: PINNED, new: PINNED, after: LOOSE, mine: PINNED },
        'no-flip': { r: 0, before: PINNED, late: PINNED, after: LOOSE },
        'no-vblank': { r: 0, before: PINNED, after: LOOSE },
        vblank: { l: 0, r: 0, before: PINNED, after: LOOSE },
      })(run);
      return wrong ?? gaveUp(run, { 'no-flip': 1, 'no-vblank': 2 });
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    allows: ['warn'],
    witness: {
      released: reached((run) => resultNamed(run, 'after') === LOOSE, 4),
      lost: reached((run) => resultNamed(run, 'late') === PINNED),
    },
    faults: ['kms-016-releases-at-once', 'kms-016-never-gives-up', 'kms-016-no-vblank-needed'],
  }),
  property({
    rules: ['KMS-017'],
    plan: `A CRTC that is switched off sends what waits for a vertical blank at once.
      - a flip that is pending when it is switched off, with an out-fence and an event
      - commits and events after that: nothing waits for what will not come`,
    programs: [
      program('off', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, out: w, flags: nonblock+event, userData: 3); task.sleep(1); w2 = kms.word()
            o = kms.darken(d, w2); t = clock.now(); s = kms.status(w); s2 = kms.status(w2)
            ev = kms.read(d); st = kms.state(d); kt = kms.tick(v); l = kms.light(d, f, w2)
            s3 = kms.status(w2); o2 = kms.darken(d)`,
        },
      }),
    ],
    holds: results({
      off: {
        r: 0,
        o: 0,
        t: 21_001,
        s: 1,
        s2: 1,
        ev: 'crtc 38 user 3 frame 1 at 21001',
        st: 'nothing dark',
        kt: false,
        l: 0,
        s3: 1,
        o2: 0,
      },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    allows: ['warn'],
    witness: { sent: reached((run) => resultNamed(run, 's') === 1) },
    faults: ['kms-017-forgets', 'kms-017-first-only', 'kms-017-still-arms'],
  }),
  property({
    rules: ['KMS-024'],
    plan: `A commit that fails behind its preparation gives back framebuffers, out-fence, event and number; the
      fence never signals, and the state is as before.
      - a signal while it waits for fences, and while it waits for the one before; each allocation fails`,
    programs: [
      program('fences', {
        setup: `${HOST}; ${FENCE}`,
        tasks: {
          A: `n0 = sys.nextNumber(); r = kms.show(d, e, n, w, event); p = kms.peek(w); s = kms.state(d)
            look = gem.look(h); n1 = sys.nextNumber(); c = kms.commits(d); ev = kms.read(d)
            fence.signal(x); ok = kms.show(d, f, out: w); o = kms.fence(w); q = inspect.seqno(o.fence)`,
          B: 'task.sleep(5); task.interrupt(A)',
        },
      }),
      program('swap', {
        setup: `${HOST}; ${FENCE}; m = kms.word()`,
        tasks: {
          A: `kms.show(d, e, n, m, nonblock); n0 = sys.nextNumber(); r = kms.show(d, f, out: w)
            p = kms.peek(w); s = kms.state(d); look = gem.look(g); n1 = sys.nextNumber()`,
          B: 'task.sleep(5); task.interrupt(A); task.sleep(5); fence.signal(x)',
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${HOST}; two = kms.framebuffer(d, g, h); w = kms.word(-1)`,
        tasks: {
          A: `n0 = sys.nextNumber(); r = kms.show(d, two, out: w); p = kms.peek(w)
            n1 = sys.nextNumber(); look = gem.look(g); c = kms.commits(d)`,
        },
      }),
    ],
    holds: (run) => {
      const number = resultNamed(run, 'n0') ?? null;
      const signals = signaled(run);
      if (run.program.name === 'fences' && signals !== 1) return `${signals} out-fences signal`;
      if (run.program.name === 'no-memory' && resultNamed(run, 'r') === 0) {
        return results({ 'no-memory': { p: 'open', c: '0' } })(run);
      }
      return results({
        fences: {
          r: ERESTARTSYS,
          p: 'none',
          s: 'f lit',
          look: LOOSE,
          n1: number,
          c: '0',
          ev: -11,
          ok: 0,
          q: 2,
        },
        swap: { r: ERESTARTSYS, p: 'none', s: 'e lit', look: PINNED, n1: number },
        'no-memory': {
          r: -12,
          p: 'none',
          n1: number,
          c: '0',
          look: 'references 3 handles 1 pins 1',
        },
      })(run);
    },
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: {
      interrupted: reached((run) => resultNamed(run, 'r') === ERESTARTSYS, 2),
      failed: reached((run) => resultNamed(run, 'r') === -12, 8),
    },
    faults: [
      'kms-024-stays-pinned',
      'kms-024-first-object-stays',
      'kms-024-signals',
      'kms-024-event-stays',
      'kms-024-commit-stays',
    ],
  }),
];
