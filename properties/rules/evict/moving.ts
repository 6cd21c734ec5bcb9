import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EIO = -5;
const ENOMEM = -12;
const EBUSY = -16;

/** An object with content in the device's memory, the job that wrote it done. */
const FILLED = `a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7); ttm.finish(d, j)`;

/** By program: moves that may find no memory. */
const WAYS: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  'no-memory': { from: 'tt 0', to: 'vram 0' },
  'no-memory-back': { from: 'vram 0', to: 'tt 0' },
};

/** Whatever failed, the object is in its place or in the next one, with what it had. */
function unharmed(run: Run): string | null {
  const way = WAYS[run.program.name];
  if (way === undefined) return null;
  const [moved, where, stamp] = ['v', 'w', 's'].map((name) => resultNamed(run, name));
  const isRight = moved === 0 ? where === way.to : moved === ENOMEM && where === way.from;
  if (!isRight) return `after ${String(moved)} the object is in ${String(where)}`;
  return stamp === 7 ? null : `its content is ${String(stamp)}`;
}

/** The importer heard of the move before there was a copy. */
function toldInTime(run: Run): string | null {
  if (run.program.name !== 'importers') return null;
  const told = run.sightings.findIndex(({ name }) => name === 'notify');
  const left = run.sightings.findIndex(
    ({ name, object }) => name === 'leave' && object.label === 'a',
  );
  const copied = run.sightings.findIndex(
    ({ name, object, detail }) => name === 'add' && object.label === 'a.resv' && detail === 0,
  );
  return told >= 0 && told < copied && copied < left ? null : 'the importer hears of it too late';
}

/** Properties of moves, and of those who use what moves. */
export const MOVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EVICT-003'],
    plan: `A move takes mappings of processes away, tells importers, queues the copy, and leaves its fence
      as KERNEL. If it fails before the copy, the object is where it was, with what it had.
      - what a process has mapped shows the content at its new place, whatever it stores meanwhile
      - importers that follow moves are told before the copy is queued
      - the driver refuses; every allocation fails, one at a time, in a move that needs a ghost, and in one that needs pages
      - a move by way of another place, and one of which the second half is refused`,
    programs: [
      program('fence', {
        tasks: {
          A: `d = ttm.device(1, 4); ${FILLED}; m = ttm.load(a); b = ttm.create(d, [vram])
            f = ttm.fences(a); n = ttm.copies(d); ttm.finishCopy(d); g = ttm.fences(a)
            ttm.store(a, 8); l = ttm.load(a); x = ttm.validate(a, [tt]); ttm.store(a, 9)
            k = ttm.load(a); u = ttm.usage(d, vram)`,
        },
      }),
      program('importers', {
        tasks: {
          A: `d = ttm.device(1, 4); ${FILLED}; b = ttm.export(a); i = attach.dynamic(b, gpu)
            c = ttm.create(d, [vram]); m = attach.moves(i); w = ttm.where(a); ttm.finishCopy(d)`,
        },
        world: { moveNotify: true },
      }),
      program('refused', {
        tasks: {
          A: `d = ttm.device(1, 4); ${FILLED}; ttm.refuse(d, 2); b = ttm.create(d, [vram])
            w = ttm.where(a); s = ttm.load(a); f = ttm.fences(a); v = ttm.validate(a, [tt])
            u = ttm.usage(d, tt); y = ttm.usage(d, system); x = ttm.validate(a, [tt]); ttm.finishCopy(d)
            l = ttm.load(a)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `d = ttm.device(1, 4, automatic: true); a = ttm.create(d, [tt]); ttm.store(a, 7)`,
        tasks: { A: 'v = ttm.validate(a, [vram]); w = ttm.where(a); s = ttm.load(a)' },
      }),
      program('no-memory-back', {
        world: { failuresMax: 1 },
        setup: `d = ttm.device(1, 4, automatic: true); a = ttm.create(d, [vram])
          j = ttm.submit(a, write, 7); r = ttm.result(j)`,
        tasks: { A: 'v = ttm.validate(a, [tt]); w = ttm.where(a); s = ttm.load(a)' },
      }),
      program('hops', {
        tasks: {
          A: `d = ttm.device(1, 4, hops: true, automatic: true); a = ttm.create(d, [vram])
            j = ttm.submit(a, write, 7); ttm.result(j); b = ttm.create(d, [vram]); w = ttm.where(a)
            s = ttm.load(a); u = ttm.usage(d, tt); ttm.refuse(d, 1); v = ttm.validate(b, [system])
            x = ttm.where(b); y = ttm.validate(b, [system]); z = ttm.where(b)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    forbids: ['leak', 'use-after-free', 'double-free', 'refinement', 'deadlock', 'warn'],
    holds: both(unharmed, toldInTime, (run) => {
      if (run.program.name in WAYS) return null;
      return results({
        fence: { m: 7, b: 0, f: 'KERNEL', n: 1, g: '', l: 8, x: 0, k: 9, u: 1 },
        importers: { c: 0, m: 'move!', w: 'system' },
        refused: {
          b: EIO,
          w: 'vram 0',
          s: 7,
          f: '',
          v: EIO,
          u: 0,
          y: 0,
          x: 0,
          l: 7,
        },
        hops: { b: 0, w: 'system', s: 7, u: 0, v: EIO, x: 'vram 0', y: 0, z: 'system' },
      })(run);
    }),
    witness: {
      told: reached((run) => resultNamed(run, 'm') === 'move!'),
      refused: reached((run) => resultNamed(run, 'b') === EIO),
      failed: reached((run) => resultNamed(run, 'v') === ENOMEM, 3),
    },
    faults: [
      'evict-003-keeps-mappings',
      'evict-003-no-notice',
      'evict-003-notice-after-the-copy',
      'evict-003-no-fence',
      'evict-003-fence-for-readers',
      'evict-003-leaves-before-the-copy',
      'evict-003-goes-without-pages',
      'BUG-TTM-02',
      'BUG-TTM-03',
    ],
  }),
  property({
    rules: ['EVICT-004'],
    plan: `Whoever uses an object that is being moved waits for the copy, also who synchronises explicitly.
      - a reading and a writing job, an explicit one, that look after the copy and before it
      - a process that faults, also with a signal pending; an importer that does not follow moves`,
    programs: [
      program('jobs', {
        tasks: {
          A: `d = ttm.device(1, 4); a = ttm.create(d, [tt]); ttm.store(a, 7); v = ttm.validate(a, [vram])
            r = ttm.submit(a, read); w = ttm.submit(a, explicit, 8); e = ttm.submit(a, explicit)
            r1 = ttm.finish(d, r); w1 = ttm.finish(d, w); e1 = ttm.finish(d, e); ttm.finishCopy(d)
            r2 = ttm.finish(d, r); rs = ttm.result(r); e2 = ttm.finish(d, e); es = ttm.result(e)
            w2 = ttm.finish(d, w); l = ttm.load(a)`,
        },
      }),
      program('process', {
        setup: `d = ttm.device(1, 4); a = ttm.create(d, [tt]); ttm.store(a, 7)
          v = ttm.validate(a, [vram])`,
        tasks: {
          A: 'l = ttm.load(a); t = clock.now()',
          B: 'task.sleep(10); ttm.finishCopy(d)',
        },
      }),
      program('signal', {
        setup: `d = ttm.device(1, 4); a = ttm.create(d, [tt]); ttm.store(a, 7)
          v = ttm.validate(a, [vram])`,
        tasks: {
          A: 'i = ttm.load(a); t = clock.now()',
          B: 'task.sleep(10); task.interrupt(A); ttm.finishCopy(d)',
        },
      }),
      program('importer', {
        setup: `d = ttm.device(1, 4); ${FILLED}; b = ttm.export(a)`,
        tasks: {
          A: `i = attach.static(b, gpu); t = clock.now(); w = ttm.where(a); s = ttm.load(a)`,
          B: 'task.sleep(10); ttm.finishCopy(d)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 60 }],
    forbids: ['attachments'],
    holds: results({
      jobs: {
        r1: 'waits',
        w1: 'waits',
        e1: 'waits',
        r2: 'done',
        rs: 7,
        e2: 'done',
        es: 7,
        w2: 'done',
        l: 8,
      },
      process: { l: 7, t: 1010 },
      signal: { i: -512, t: 1010 },
      importer: { i: 0, t: 1010, w: 'tt 0', s: 7 },
    }),
    witness: {
      explicit: reached((run) => resultNamed(run, 'e1') === 'waits'),
      fault: reached((run) => resultNamed(run, 'l') === 7 && resultNamed(run, 't') === 1010),
    },
    faults: [
      'evict-004-explicit-passes',
      'evict-004-readers-pass',
      'evict-004-faults-pass',
      'evict-004-faults-hang',
      'evict-004-importers-pass',
    ],
  }),
  property({
    rules: ['EVICT-010'],
    plan: `A mover waits for 15 seconds for those who use the object, and then says -EBUSY; a signal ends
      that where it may; who must not wait hears -EBUSY at once.
      - a job that never ends: on an object that moves, on one that is evicted
      - with a signal, interruptible and not; impatient; and when the job ends in time
      - a ghost that has the range which is wanted, until its copy is done`,
    programs: [
      program('hung', {
        setup:
          'd = ttm.device(1, 4, evictTo: []); a = ttm.create(d, [tt]); b = ttm.create(d, [vram])',
        tasks: {
          A: `ttm.store(a, 7); x = ttm.submit(a, write, 8); v = ttm.validate(a, [system])
            t = clock.now(); w = ttm.where(a); i = ttm.validate(a, [system], impatient: true)
            t2 = clock.now(); y = ttm.submit(b, explicit, 9); c = ttm.create(d, [vram])
            t3 = clock.now(); wb = ttm.where(b); ttm.finish(d, x); ttm.finish(d, y)
            e = ttm.validate(a, [system], impatient: true)`,
        },
      }),
      program('ghost', {
        setup: `d = ttm.device(1, 2); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
          ttm.finish(d, j)`,
        tasks: {
          A: `v = ttm.validate(a, [tt]); u1 = ttm.usage(d, vram); b = ttm.create(d, [vram])
            t = clock.now(); x = ttm.submit(b, write, 9); ttm.finish(d, x); l = ttm.load(a)
            m = ttm.load(b)`,
          B: 'task.sleep(10); ttm.finishCopy(d)',
        },
      }),
      program('signals', {
        setup: 'd = ttm.device(1, 4, evictTo: []); a = ttm.create(d, [tt]); ttm.store(a, 7)',
        tasks: {
          A: `x = ttm.submit(a, write, 8); v = ttm.validate(a, [system], interruptible: true)
            t = clock.now()`,
          B: 'task.sleep(10); task.interrupt(A)',
        },
      }),
      program('deaf', {
        setup: 'd = ttm.device(1, 4, evictTo: []); a = ttm.create(d, [tt]); ttm.store(a, 7)',
        tasks: {
          A: 'x = ttm.submit(a, write, 8); v = ttm.validate(a, [system]); t = clock.now()',
          B: 'task.sleep(10); task.interrupt(A); task.sleep(10); ttm.finish(d, x)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 60 }],
    forbids: ['deadlock'],
    holds: results({
      hung: {
        v: EBUSY,
        t: 16_000,
        w: 'tt 0',
        i: EBUSY,
        t2: 16_000,
        c: ENOMEM,
        t3: 31_000,
        wb: 'vram 0',
        e: 0,
      },
      ghost: { v: 0, u1: 1, b: 0, t: 1010, l: 7, m: 9 },
      signals: { v: -512, t: 1010 },
      deaf: { v: 0, t: 1020 },
    }),
    witness: {
      hung: reached((run) => resultNamed(run, 't') === 16_000),
      signal: reached((run) => resultNamed(run, 'v') === -512),
    },
    faults: [
      'evict-010-no-limit',
      'evict-010-etime',
      'evict-010-deaf',
      'evict-010-impatient-waits',
      'evict-010-readers-only',
    ],
  }),
  property({
    rules: ['EVICT-012'],
    plan: `Jobs that are running when their object moves go on where it was; the copy comes after all of
      them, explicit ones as well.
      - a writer, a reader and an explicit writer, in flight while the object is evicted and comes back
      - a device that works by itself, at any moment`,
    programs: [
      program('in-flight', {
        tasks: {
          A: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); w = ttm.submit(a, write, 7)
            e = ttm.submit(a, explicit, 8); b = ttm.create(d, [vram]); wa = ttm.where(a)
            t = clock.now(); c1 = ttm.finishCopy(d); w1 = ttm.finish(d, w); c2 = ttm.finishCopy(d)
            e1 = ttm.finish(d, e); c3 = ttm.finishCopy(d); s = ttm.load(a)`,
        },
      }),
      program('readers', {
        tasks: {
          A: `d = ttm.device(1, 4); ${FILLED}; r = ttm.submit(a, read); b = ttm.create(d, [vram])
            c1 = ttm.finishCopy(d); r1 = ttm.finish(d, r); s = ttm.result(r); c2 = ttm.finishCopy(d)
            x = ttm.submit(b, write, 9); x1 = ttm.finish(d, x); l = ttm.load(a); m = ttm.load(b)`,
        },
      }),
      program('any-moment', {
        setup: 'd = ttm.device(1, 4, automatic: true); a = ttm.create(d, [vram])',
        tasks: {
          A: 'w = ttm.submit(a, explicit, 7); ttm.result(w); l = ttm.load(a)',
          B: 'b = ttm.create(d, [vram])',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 30 },
      { kind: 'random', runs: 10, seed: 1 },
    ],
    forbids: ['use-after-free'],
    holds: results({
      'in-flight': {
        b: 0,
        wa: 'system',
        t: 1000,
        c1: 'waits',
        w1: 'done',
        c2: 'waits',
        e1: 'done',
        c3: 'done',
        s: 8,
      },
      readers: { b: 0, c1: 'waits', r1: 'done', s: 7, c2: 'done', x1: 'done', l: 7, m: 9 },
      'any-moment': { w: 0, l: 7 },
    }),
    witness: {
      waited: reached((run) => resultNamed(run, 'c2') === 'waits'),
      reader: reached((run) => resultNamed(run, 'c2') === 'done'),
    },
    faults: ['evict-012-after-nothing', 'evict-012-after-implicit-users', 'evict-012-waits-itself'],
  }),
];
