import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EINVAL = -22;
const ENOMEM = -12;

const IN_TURN = [{ kind: 'bounded', preemptions: 0, runsMax: 60 }] as const;

/** Two objects with content that take all of the device's memory; their jobs are done. */
const TWO = `a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7); ttm.finish(d, j)
  b = ttm.create(d, [vram]); k = ttm.submit(b, write, 8); ttm.finish(d, k)`;

/** An importer that gets no memory pins nothing: room is made where the object is. */
function staysWhilePinned(run: Run): string | null {
  if (run.program.name !== 'no-memory') return null;
  const [attached, where] = ['i', 'w'].map((name) => resultNamed(run, name));
  const isRight = attached === 0 ? where === 'tt 0' : attached === ENOMEM && where === 'system';
  return isRight ? null : `after ${String(attached)} the object is in ${String(where)}`;
}

/** How often an object's end was delayed. */
function delays(run: Run): number {
  return run.sightings.filter(({ name, object }) => name === 'delay' && object.label === 'a')
    .length;
}

/** Properties of ranges that are left while somebody still reads them. */
export const LEAVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EVICT-005'],
    plan: `A range that an object is evicted from is free at once; who gets it next waits for the copy, and
      who must not wait gets another place, or none, until the copy is done.
      - the next owner's job before and after the copy; contents of both
      - two evictions: the next owner of either range waits for the second copy
      - impatient, with another place and without one, before and after the copy
      - a device that works by itself, at any moment`,
    programs: [
      program('next-owner', {
        tasks: {
          A: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
            ttm.finish(d, j); b = ttm.create(d, [vram]); u = ttm.usage(d, vram); f = ttm.fences(b)
            x = ttm.submit(b, explicit, 9); x1 = ttm.finish(d, x); ttm.finishCopy(d)
            x2 = ttm.finish(d, x); l = ttm.load(a); m = ttm.load(b)`,
        },
      }),
      program('latest', {
        tasks: {
          A: `d = ttm.device(2, 4); ${TWO}; c = ttm.create(d, [vram]); e = ttm.create(d, [vram])
            x = ttm.submit(e, write, 9); c1 = ttm.finishCopy(d); x1 = ttm.finish(d, x)
            c2 = ttm.finishCopy(d); x2 = ttm.finish(d, x); l = ttm.load(a); m = ttm.load(b)
            n = ttm.load(e)`,
        },
      }),
      program('impatient', {
        tasks: {
          A: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
            ttm.finish(d, j); c = ttm.create(d, [vram], impatient: true); u = ttm.usage(d, vram)
            b = ttm.create(d, [vram, tt], impatient: true); w = ttm.where(b); u2 = ttm.usage(d, vram)
            ttm.finishCopy(d); e = ttm.create(d, [vram, tt], impatient: true); we = ttm.where(e)
            l = ttm.load(a)`,
        },
      }),
      program('any-moment', {
        setup: `d = ttm.device(1, 4, automatic: true); a = ttm.create(d, [vram])
          j = ttm.submit(a, write, 7)`,
        tasks: {
          A: 'b = ttm.create(d, [vram]); x = ttm.submit(b, explicit, 9); ttm.result(x)',
          B: 'w = ttm.result(j)',
        },
        teardown: 'm = ttm.load(a)',
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 30 },
      { kind: 'random', runs: 10, seed: 1 },
    ],
    forbids: ['leak', 'use-after-free', 'refinement'],
    holds: results({
      'next-owner': { b: 0, u: 1, f: 'KERNEL', x1: 'waits', x2: 'done', l: 7, m: 9 },
      latest: { c: 0, e: 0, c1: 'done', x1: 'waits', c2: 'done', x2: 'done', l: 7, m: 8, n: 9 },
      impatient: { c: ENOMEM, u: 0, b: 0, w: 'tt 0', u2: 0, e: 0, we: 'vram 0', l: 7 },
      'any-moment': { j: 0, b: 0, x: 0, m: 7 },
    }),
    witness: {
      next: reached((run) => resultNamed(run, 'x1') === 'waits'),
      second: reached((run) => resultNamed(run, 'n') === 9),
      elsewhere: reached((run) => resultNamed(run, 'w') === 'tt 0'),
    },
    faults: [
      'BUG-TTM-01',
      'evict-005-not-recorded',
      'evict-005-first-copy-stays',
      'evict-005-not-passed-on',
      'evict-005-for-writers',
      'evict-005-impatient-waits',
      'evict-005-busy-ends-the-search',
      'evict-005-busy-for-ever',
    ],
  }),
  property({
    rules: ['EVICT-006'],
    plan: `Where an object moves by itself, its old storage stays until the copy is done, and is freed then.
      - from pages into the device's memory, where somebody wants the pages meanwhile
      - somebody finds the ghost while its last reference goes`,
    programs: [
      program('pages', {
        setup: 'd = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 7)',
        tasks: {
          A: `v = ttm.validate(a, [vram]); u1 = ttm.usage(d, tt); b = ttm.create(d, [tt], impatient: true)
            o = ttm.order(d, tt); ttm.finishCopy(d); task.sleep(5); u2 = ttm.usage(d, tt)
            c = ttm.create(d, [tt]); l = ttm.load(a)`,
        },
      }),
      program('taken', {
        // The worker waits for a copy that nobody makes.
        setup: `d = ttm.device(1, 2); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
          ttm.finish(d, j); e = ttm.create(d, [system])`,
        tasks: { A: 'v = ttm.validate(a, [tt])', B: 'ttm.validate(e, [vram], impatient: true)' },
        mayBlock: ['kworker/ttm'],
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 160 }],
    forbids: ['use-after-free', 'double-free', 'refinement', 'leak', 'refcount'],
    holds: results({
      pages: { v: 0, u1: 1, b: ENOMEM, o: 'ghost', u2: 0, c: 0, l: 7 },
      taken: { v: 0 },
    }),
    witness: {
      kept: reached((run) => resultNamed(run, 'o') === 'ghost'),
      waits: reached((run) => run.blocked.some(({ task }) => task === 'kworker/ttm')),
    },
    faults: [
      'evict-006-freed-at-once',
      'evict-006-ghost-without-fence',
      'evict-006-never-freed',
      'BUG-TTM-07',
    ],
  }),
  property({
    rules: ['EVICT-007'],
    plan: `What is pinned stays: validation to another place fails, and nobody evicts it. Importers that do
      not follow moves pin.
      - validation to where it is, elsewhere, and nowhere; two pins
      - where it is counts only if nothing better has room: it moves then, and cannot when it is pinned
      - room is wanted while it is pinned, and when it is not any more; the same for an importer,
        and for one that gets no memory`,
    programs: [
      program('validation', {
        tasks: {
          A: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); ttm.pin(a); ttm.pin(a)
            v1 = ttm.validate(a, [vram]); v2 = ttm.validate(a, [tt]); v3 = ttm.validate(a, [])
            w = ttm.where(a); ttm.unpin(a); v4 = ttm.validate(a, [tt]); b = ttm.create(d, [vram])
            ttm.unpin(a); v5 = ttm.validate(a, [tt]); ttm.finishCopy(d); c = ttm.create(d, [vram])`,
        },
      }),
      program('better', {
        tasks: {
          A: `d = ttm.device(1, 1, automatic: true); a = ttm.create(d, [vram]); ttm.pin(a)
            v1 = ttm.validate(a, [desired_tt, fallback_vram]); ttm.unpin(a); b = ttm.create(d, [tt])
            ttm.pin(b); v2 = ttm.validate(a, [desired_tt, fallback_vram]); w2 = ttm.where(a)
            ttm.unpin(b); ttm.put(b); v3 = ttm.validate(a, [desired_tt, fallback_vram])
            w3 = ttm.where(a); v4 = ttm.validate(a, [fallback_vram]); w4 = ttm.where(a)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'd = ttm.device(1, 1, automatic: true); a = ttm.create(d, [tt]); b = ttm.export(a)',
        tasks: { A: 'i = attach.static(b, gpu); c = ttm.create(d, [tt]); w = ttm.where(a)' },
      }),
      program('importer', {
        setup: `d = ttm.device(1, 1, automatic: true); a = ttm.create(d, [tt]); ttm.store(a, 7)
          b = ttm.export(a); i = attach.static(b, gpu)`,
        tasks: {
          A: `v = ttm.validate(a, [vram]); c = ttm.create(d, [tt]); w = ttm.where(a); attach.detach(b, i)
            e = ttm.create(d, [tt]); w2 = ttm.where(a); l = ttm.load(a)`,
        },
      }),
    ],
    schedules: IN_TURN,
    forbids: ['refinement', 'warn', 'leak'],
    holds: both(staysWhilePinned, (run) =>
      results({
        validation: {
          v1: 0,
          v2: EINVAL,
          v3: EINVAL,
          w: 'vram 0',
          v4: EINVAL,
          b: ENOMEM,
          v5: 0,
          c: 0,
        },
        better: {
          v1: EINVAL,
          v2: 0,
          w2: 'vram 0',
          v3: 0,
          w3: 'tt 0',
          v4: 0,
          w4: 'vram 0',
        },
        'no-memory': {},
        importer: { v: EINVAL, c: ENOMEM, w: 'tt 0', e: 0, w2: 'system', l: 7 },
      })(run),
    ),
    witness: {
      pinned: reached((run) => resultNamed(run, 'v2') === EINVAL),
      importer: reached((run) => resultNamed(run, 'w2') === 'system'),
    },
    faults: [
      'evict-007-moves-pinned',
      'evict-001-takes-pinned',
      'evict-007-one-unpin-is-enough',
      'evict-007-importers-do-not-pin',
      'evict-007-anywhere-will-do',
      'evict-007-pins-without-memory',
    ],
  }),
  property({
    rules: ['EVICT-011'],
    plan: `What can be evicted nowhere is dropped when it is idle; validation to no place drops it at once,
      and its users keep the old storage. It comes back cleared.
      - evicted while a job works on it; validated to nothing, idle and busy; the contents afterwards
      - with every allocation failing, one at a time
      - storage that goes as soon as somebody sees that its users have finished`,
    programs: [
      program('evicted', {
        setup: 'd = ttm.device(1, 1, evictTo: []); a = ttm.create(d, [tt]); ttm.store(a, 7)',
        tasks: {
          A: `x = ttm.submit(a, explicit, 8); b = ttm.create(d, [tt]); t = clock.now()
            w = ttm.where(a); u = ttm.usage(d, tt); v = ttm.validate(b, [system]); l = ttm.load(a)
            y = ttm.validate(a, [tt]); m = ttm.load(a)`,
          B: 'task.sleep(10); ttm.finish(d, x)',
        },
      }),
      program('hung', {
        tasks: {
          A: `d = ttm.device(1, 1, evictTo: []); a = ttm.create(d, [tt]); ttm.store(a, 7)
            x = ttm.submit(a, explicit, 8); b = ttm.create(d, [tt]); w = ttm.where(a)
            ttm.finish(d, x); l = ttm.load(a)`,
        },
      }),
      program('busy', {
        setup: 'd = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 7)',
        tasks: {
          A: `x = ttm.submit(a, write, 8); v = ttm.validate(a, []); t = clock.now(); w = ttm.where(a)
            u = ttm.usage(d, tt); r = ttm.submit(a, read); ttm.finish(d, x); task.sleep(5)
            u2 = ttm.usage(d, tt); y = ttm.validate(a, [tt]); l = ttm.load(a)`,
        },
      }),
      program('finishing', {
        setup: `d = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 7)
          x = ttm.submit(a, write, 8); v = ttm.validate(a, [])`,
        tasks: { A: 'ttm.finish(d, x)' },
        teardown: 'y = ttm.validate(a, [tt]); l = ttm.load(a)',
      }),
      program('idle', {
        tasks: {
          A: `d = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 7); v = ttm.validate(a, [])
            w = ttm.where(a); u = ttm.usage(d, tt); l = ttm.load(a); e = ttm.validate(a, [tt])
            m = ttm.load(a)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `d = ttm.device(1, 1); a = ttm.create(d, [tt]); ttm.store(a, 7)
          x = ttm.submit(a, write, 8)`,
        tasks: {
          A: 'v = ttm.validate(a, []); w = ttm.where(a); ttm.finish(d, x)',
          B: 'task.sleep(5); ttm.finish(d, x)',
        },
      }),
    ],
    // The clocks of the judge of races run in random runs only, and a search that is complete is
    // followed by none.
    schedules: [
      { kind: 'random', runs: 40, seed: 1 },
      { kind: 'bounded', preemptions: 1, runsMax: 160 },
    ],
    forbids: ['use-after-free', 'leak', 'refinement', 'deadlock', 'races'],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        const isRight = resultNamed(run, 'v') === 0 ? 'nowhere' : 'tt 0';
        return resultNamed(run, 'w') === isRight ? null : 'a failure has moved it';
      }
      return results({
        evicted: { x: 0, b: 0, t: 1010, w: 'nowhere', u: 1, v: 0, l: 0, y: 0, m: 0 },
        hung: { b: ENOMEM, w: 'tt 0', l: 8 },
        finishing: { v: 0, y: 0, l: 0 },
        busy: { v: 0, t: 1000, w: 'nowhere', u: 1, r: EINVAL, u2: 0, y: 0, l: 0 },
        idle: { v: 0, w: 'nowhere', u: 0, l: 0, e: 0, m: 0 },
      })(run);
    },
    witness: {
      waited: reached((run) => resultNamed(run, 't') === 1010),
      cleared: reached((run) => resultNamed(run, 'u2') === 0 && resultNamed(run, 'l') === 0),
      failed: reached((run) => resultNamed(run, 'v') === ENOMEM, 2),
    },
    faults: [
      'evict-011-is-not-cleared',
      'evict-011-is-not-waited-for',
      'evict-011-waits-for-its-users',
      'evict-011-takes-it-from-its-users',
      'evict-011-done-without-order',
    ],
  }),
  property({
    rules: ['EVICT-013'],
    plan: `Eviction out of pages of the system with a copy is not pipelined: whoever evicts waits for the
      copy, for 15 seconds, whatever signals come.
      - a device that copies when it is told to, with a signal in between, in time and never
      - eviction into the device's memory: the pages stay for the copy`,
    programs: [
      program('in-time', {
        setup: `d = ttm.device(1, 1, binds: true); a = ttm.create(d, [tt]); ttm.store(a, 7)`,
        tasks: {
          A: `b = ttm.create(d, [tt], interruptible: true); t = clock.now(); w = ttm.where(a)
            f = ttm.fences(b); l = ttm.load(a)`,
          B: 'task.sleep(10); task.interrupt(A); task.sleep(10); ttm.finishCopy(d)',
        },
      }),
      program('never', {
        tasks: {
          A: `d = ttm.device(1, 1, binds: true); a = ttm.create(d, [tt]); ttm.store(a, 7)
            b = ttm.create(d, [tt]); t = clock.now(); w = ttm.where(a); u = ttm.usage(d, tt)
            ttm.finishCopy(d); l = ttm.load(a)`,
        },
      }),
      program('upwards', {
        setup: `d = ttm.device(1, 1, evictTo: [vram]); a = ttm.create(d, [tt]); ttm.store(a, 7)`,
        tasks: {
          A: `b = ttm.create(d, [tt]); t = clock.now(); w = ttm.where(a); l = ttm.load(a)
            x = ttm.submit(b, write, 9); x1 = ttm.finish(d, x)`,
          B: 'task.sleep(10); ttm.finishCopy(d)',
        },
      }),
    ],
    schedules: IN_TURN,
    forbids: ['use-after-free', 'deadlock', 'refinement'],
    holds: both(
      results({
        'in-time': { b: 0, t: 1020, w: 'system', f: '', l: 7 },
        never: { b: ENOMEM, t: 16_000, w: 'tt 0', u: 1, l: 7 },
        upwards: { b: 0, t: 1010, w: 'vram 0', l: 7 },
      }),
      (run) => (delays(run) === 0 ? null : 'an object is deleted'),
    ),
    witness: {
      waited: reached((run) => resultNamed(run, 't') === 1020),
      gaveUp: reached((run) => resultNamed(run, 't') === 16_000),
    },
    faults: ['evict-013-pipelined', 'evict-013-interruptible', 'evict-013-no-limit'],
  }),
];
