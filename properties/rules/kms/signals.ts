import { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { callOf } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { exactly } from '../drm-outcomes.ts';
import { BUFFERS, CLEAN, END, HOST, IN_TURN, MANUAL } from './displays.ts';

const EAGAIN = -11;
const PINNED = 'references 2 handles 1 pins 1';
const LOOSE = 'references 2 handles 1 pins 0';

const word = (run: Run, name: string): string => String(resultNamed(run, name));

/** Properties of when and how a flip is told of. */
export const SIGNAL_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-003'],
    plan: `The number of an out-fence is in memory before the commit is accepted; nothing is open under it until
      then. Whoever reads it early may find nothing behind it.
      - a reader at any moment of a commit that succeeds, and of one that is refused after that`,
    programs: [
      program('refused', {
        setup: `${HOST}; w = kms.word(-1)`,
        tasks: { A: 'kms.atomic(d, [plane, FB_ID, 0, crtc, OUT_FENCE_PTR, w])', B: 'kms.peek(w)' },
      }),
      program('accepted', {
        setup: `${HOST}; w = kms.word(-1)`,
        tasks: { A: 'kms.atomic(d, [crtc, OUT_FENCE_PTR, w])', B: 'kms.peek(w)' },
      }),
    ],
    // A look is one step, so that one preemption puts it at any moment.
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    holds: (run) => {
      if (run.program.name === 'refused') {
        return run.outcome.endsWith('open') ? 'it is open, and will be refused' : null;
      }
      const made = run.sightings.find(({ name, object }) => {
        return name === 'create' && object instanceof SyncFile;
      });
      const look = callOf(run, 'B', 'kms.peek');
      const isLate = made !== undefined && look !== undefined && look.begin > made.step;
      return isLate && look.result === 'none' ? 'there is a file, and no number' : null;
    },
    ...exactly({
      refused: ['A:-22 B:none', 'A:-22 B:closed'],
      accepted: ['A:0 B:none', 'A:0 B:closed', 'A:0 B:open'],
    }),
    forbids: CLEAN,
    witness: { early: reached((run) => run.outcome === 'A:0 B:closed') },
    faults: ['kms-003-opens-early', 'kms-003-tells-late'],
  }),
  property({
    rules: ['KMS-013'],
    plan: `An out-fence has the next number of its CRTC's timeline, also when others have failed. It signals with
      the first vertical blank at which the state is shown, with its time; without any, when it is programmed.
      - numbers and context over several commits, tests, and failures before and behind the fence
      - vertical blanks before and behind the programming; the driver's own clock`,
    programs: [
      program('numbers', {
        setup: HOST,
        tasks: {
          A: `a = kms.show(d, e, out: w); o1 = kms.fence(w)
            failed = kms.atomic(d, [crtc, OUT_FENCE_PTR, w, plane, FB_ID, 0])
            early = kms.atomic(d, [crtc, OUT_FENCE_PTR, w, plane, 999, 0])
            test = kms.show(d, e, out: w, flags: test); task.sleep(3); b = kms.show(d, f, out: w)
            o2 = kms.fence(w); s1 = inspect.seqno(o1.fence); s2 = inspect.seqno(o2.fence)
            c1 = inspect.context(o1.fence); c2 = inspect.context(o2.fence); i = sys.info(o2, 1)`,
        },
      }),
      program('times', {
        setup: MANUAL,
        tasks: {
          A: `x = fence.create(); xs = syncFile.create(x); n = syncFile.install(xs)
            kms.watch(d, true); r = kms.show(d, e, n, w, nonblock+event, userData: 5); task.sleep(2)
            kms.tick(v); before = kms.status(w); fence.signal(x); task.sleep(5); early = kms.status(w)
            none = kms.read(d); kms.tick(v); o = kms.fence(w); i = sys.info(o, 1); task.sleep(1)
            kms.tick(v); short = kms.read(d, 8); ev = kms.read(d); again = kms.read(d)
            kms.watch(d, false)`,
        },
        teardown: END,
      }),
      program('clock', {
        tasks: {
          A: `v = drm.device(vkms); d = drm.open(v); kms.setCap(d); ${BUFFERS}; l = kms.light(d, f)
            t0 = clock.now(); r = kms.show(d, e, out: w); t1 = clock.now(); o = kms.fence(w)
            i = sys.info(o, 1); r2 = kms.show(d, f, out: w); t2 = clock.now(); kms.darken(d)`,
        },
      }),
    ],
    holds: (run) =>
      results({
        numbers: {
          a: 0,
          failed: -22,
          early: -2,
          test: 0,
          b: 0,
          s1: 1,
          s2: 3,
          c2: resultNamed(run, 'c1') ?? null,
          i: 'virtio_gpu-CRTC:36-crtc-01-3 1 1 | virtio_gpu CRTC:36-crtc-0 1 1003000000',
        },
        times: {
          r: 0,
          before: 'pending',
          early: 'pending',
          none: EAGAIN,
          i: 'vkms-CRTC:38-crtc-02-1 1 1 | vkms CRTC:38-crtc-0 1 1007000000',
          short: 'too short',
          ev: 'crtc 38 user 5 frame 2 at 1007',
          again: EAGAIN,
        },
        clock: {
          l: 0,
          t0: 1000,
          r: 0,
          t1: 1016,
          i: 'vkms-CRTC:38-crtc-01-1 1 1 | vkms CRTC:38-crtc-0 1 1016000000',
          r2: 0,
          t2: 1032,
        },
      })(run),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { shown: reached((run) => word(run, 'ev').includes('frame 2')) },
    faults: [
      'kms-013-timeline-each',
      'kms-013-gives-numbers-back',
      'kms-013-one-late',
      'kms-013-when-programmed',
      'kms-013-never-without-vblanks',
    ],
  }),
  property({
    rules: ['KMS-014'],
    plan: `The out-fence of a commit says that its own buffers are on the screen, and that those of the one before
      are not: these are free, and its own are not until the next one.
      - what is shown and what is pinned before and behind each of two out-fences`,
    programs: [
      program('two', {
        setup: MANUAL,
        tasks: {
          A: `r = kms.show(d, e, out: w, flags: nonblock); task.sleep(1); s0 = kms.status(w)
            p0 = gem.look(g); kms.tick(v); s1 = kms.status(w); sh1 = kms.shown(d); task.sleep(1)
            old1 = gem.look(g); own1 = gem.look(h); w2 = kms.word()
            r2 = kms.show(d, f, out: w2, flags: nonblock); task.sleep(1); own2 = gem.look(h)
            s2 = kms.status(w2); kms.tick(v); s3 = kms.status(w2); sh3 = kms.shown(d); task.sleep(1)
            own3 = gem.look(h); new3 = gem.look(g)`,
        },
        teardown: END,
      }),
    ],
    holds: results({
      two: {
        r: 0,
        s0: 'pending',
        p0: PINNED,
        s1: 1,
        sh1: 'e',
        old1: LOOSE,
        own1: PINNED,
        r2: 0,
        own2: PINNED,
        s2: 'pending',
        s3: 1,
        sh3: 'f',
        own3: LOOSE,
        new3: PINNED,
      },
    }),
    schedules: IN_TURN,
    forbids: CLEAN,
    witness: { retired: reached((run) => resultNamed(run, 'own3') === LOOSE) },
    faults: ['kms-014-frees-its-own', 'kms-016-releases-at-once', 'kms-013-when-programmed'],
  }),
  property({
    rules: ['KMS-015'],
    plan: `No vertical blank gets between the arming of an event and the change of what is shown: the event is
      told at the first frame that is made of the new framebuffer.
      - a vertical blank at any moment of the worker that arms and shows, counted all the time`,
    programs: [
      program('armed', {
        setup: `${MANUAL}; kms.watch(d, true); kms.show(d, e, flags: nonblock+event)`,
        tasks: { A: 'kms.tick(v)' },
        teardown: `kms.settle(v); task.sleep(1); ev = kms.read(d); seen = kms.composed(d)
          kms.watch(d, false); ${END}`,
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 100 }],
    holds: (run) => {
      const told = /frame (\d+)/.exec(word(run, 'ev'))?.[1];
      const first = /(\d+):e/.exec(word(run, 'seen'))?.[1];
      return told === first ? null : `told at frame ${told}, shown from frame ${first}`;
    },
    forbids: CLEAN,
    // Time passes while nobody makes a vertical blank.
    allows: ['warn'],
    witness: {
      before: reached((run) => word(run, 'ev').includes('frame 1')),
      behind: reached((run) => word(run, 'ev').includes('frame 2')),
    },
    faults: ['kms-015-arms-early', 'kms-015-arms-late'],
  }),
  property({
    rules: ['KMS-019'],
    plan: `Of a flip the commits behind hear first, then the out-fence, then the file: who has seen the fence can
      commit at once, and who has read the event finds the fence signaled.
      - who has waited for the out-fence looks whether the CRTC is busy, and who has polled looks at the
        fence, at any moment of the worker that tells of a flip`,
    programs: [
      program('fence', {
        setup: `${HOST}; r = kms.show(d, e, out: w, flags: nonblock); o = kms.fence(w)`,
        tasks: { A: 'fence.wait(o.fence); b = kms.isBusy(d)' },
      }),
      program('event', {
        setup: `${HOST}; r = kms.show(d, e, out: w, flags: nonblock+event)`,
        tasks: { A: 'sys.poll(d, in, 1000); s = kms.status(w)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 100 }],
    holds: results({ fence: { r: 0, b: false }, event: { r: 0, s: 1 } }),
    forbids: CLEAN,
    witness: { free: reached((run) => resultNamed(run, 'b') === false) },
    faults: ['kms-019-fence-first', 'kms-019-file-first'],
  }),
  property({
    rules: ['KMS-019'],
    plan: `Who has seen the out-fence can commit at once.
      - a commit right behind a wait for a fence that a vertical blank signals`,
    programs: [
      program('commit', {
        setup: `${MANUAL}; r = kms.show(d, e, out: w, flags: nonblock); task.sleep(1); o = kms.fence(w)`,
        tasks: {
          A: 'fence.wait(o.fence); b = kms.show(d, f, flags: nonblock)',
          B: 'kms.tick(v)',
        },
        teardown: END,
      }),
    ],
    schedules: IN_TURN,
    holds: results({ commit: { r: 0, b: 0 } }),
    forbids: CLEAN,
    allows: ['warn'],
    witness: { again: reached((run) => resultNamed(run, 'b') === 0) },
    faults: ['kms-019-fence-first'],
  }),
];
