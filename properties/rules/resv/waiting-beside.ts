import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ONE = `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
  resv.lock(r); resv.reserve(r, 4); resv.add(r, f, WRITE); resv.unlock(r)`;
const EMPTY = 'r = resv.create(); g = fence.create(); resv.lock(r); resv.reserve(r, 4)';
/** Done by hardware, which nobody has noticed. */
const UNNOTICED = `r = resv.create(); f = fence.create(signaled: hardware)
  g = fence.create(); resv.lock(r); resv.reserve(r, 2); resv.add(r, f, READ)
  hardware.finish(f)`;

/** The fence was armed: the wait has looked at it. */
function isArmed(run: Run): boolean {
  return run.sightings.some(({ name, object }) => name === 'enable' && object.alias === 'g');
}

/** Properties of waits and tests beside others, and of what they do to fences. */
export const BESIDE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-059'],
    plan: `A fence that comes after a wait has begun is waited for after a restart, and not when it
      is only appended.
      - append, with room; growth, then an append`,
    programs: [
      program('append', {
        world: { lockProving: false },
        setup: `${EMPTY}; resv.unlock(r)`,
        tasks: {
          A: 'w = resv.wait(r, READ, 0)',
          B: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)',
        },
      }),
      program('growth', {
        setup: `${ONE}; fence.signal(f)`,
        tasks: {
          A: 'w = resv.wait(r, READ, 0)',
          B: 'resv.lock(r); resv.reserve(r, 8); resv.add(r, g, READ); resv.unlock(r)',
        },
      }),
    ],
    forbids: ['walks', 'refinement', 'deadlock'],
    holds: (run) => {
      const left = resultNamed(run, 'w');
      const isRight = isArmed(run) ? left === 0 : left === 1;
      return isRight ? null : `the wait returns ${String(left)}`;
    },
    witness: {
      appended: reached((run) => run.program.name === 'append' && !isArmed(run)),
      grown: reached((run) => run.program.name === 'growth' && isArmed(run)),
    },
    faults: ['resv-058-keeps-its-place'],
  }),
  property({
    rules: ['RESV-060'],
    plan: `A wait without limit returns when all fences signal and nobody adds any more.
      - growth and adds beside it, one of weaker usage that does not signal
      - the object loses its list`,
    programs: [
      program('adds', {
        setup: ONE,
        tasks: {
          A: 'w = resv.wait(r, WRITE)',
          B: `resv.lock(r); resv.reserve(r, 8); resv.add(r, g, WRITE)
            resv.add(r, h, BOOKKEEP); resv.unlock(r)
            fence.signal(f); fence.signal(g)`,
        },
      }),
      program('cleared', {
        setup: `${ONE}; s = resv.create()`,
        tasks: {
          A: 'w = resv.wait(r, WRITE)',
          B: 'resv.lock(r); resv.copy(r, s); resv.unlock(r); fence.signal(f)',
        },
      }),
    ],
    forbids: ['deadlock', 'livelock', 'walks'],
    holds: (run) => (Number(resultNamed(run, 'w')) > 0 ? null : 'the wait does not return'),
    witness: { returned: reached((run) => Number(resultNamed(run, 'w')) > 0, 2) },
    faults: ['resv-060-waits-for-all'],
  }),
  property({
    rules: ['RESV-061'],
    plan: `A test finds out whether something is pending, and arms nothing.
      - a fence that is done as soon as it is armed stays pending until somebody waits for it`,
    programs: [
      program('lazy', {
        setup: `r = resv.create(); f = fence.create(enable: refuses); resv.lock(r)
          resv.reserve(r, 1); resv.add(r, f, WRITE); resv.unlock(r)`,
        tasks: {
          A: `a = resv.test(r, WRITE); b = resv.test(r, WRITE); e = inspect.isEnabled(f)
            k = resv.test(r, KERNEL); w = resv.wait(r, WRITE, 0); c = resv.test(r, WRITE)`,
        },
      }),
    ],
    holds: results({ lazy: { a: false, b: false, e: false, k: true, w: 1, c: true } }),
    witness: { lazy: reached((run) => resultNamed(run, 'b') === false) },
    faults: ['resv-061-enables'],
  }),
  property({
    rules: ['RESV-062'],
    plan: `Walking without the lock, growing and adding ask the hardware, which may signal a fence
      and run its callbacks there and then; walking under the lock, replacing, and reserving what
      there is room for do not ask.
      - each of the six, with hardware that is done`,
    programs: [
      program('walk', {
        setup: `${UNNOTICED}; resv.unlock(r)`,
        tasks: { A: 'k = resv.walk(r, READ); n = inspect.polls(f); d = inspect.isSignaled(f)' },
      }),
      program('grow', {
        setup: `${UNNOTICED}; resv.unlock(r)`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 8); n = inspect.polls(f); d = inspect.isSignaled(f)
            resv.unlock(r)`,
        },
      }),
      program('add', {
        setup: UNNOTICED,
        tasks: { A: 'resv.test(r, KERNEL); n = inspect.polls(f)' },
        teardown: 'resv.add(r, g, READ); d = inspect.isSignaled(f); resv.unlock(r)',
      }),
      program('locked', {
        setup: `${UNNOTICED}; resv.unlock(r)`,
        tasks: {
          A: `resv.lock(r); c = resv.begin(r, READ); resv.firstLocked(c); resv.nextLocked(c)
            n = inspect.polls(f); d = inspect.isSignaled(f); resv.unlock(r)`,
        },
      }),
      program('replace', {
        setup: `${UNNOTICED}; resv.unlock(r)`,
        tasks: {
          A: `resv.lock(r); x = inspect.context(f); resv.replace(r, 1, g, READ)
            n = inspect.polls(f); d = inspect.isSignaled(f); s = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('reserve', {
        setup: `${UNNOTICED}; resv.unlock(r)`,
        world: { lockProving: false },
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); n = inspect.polls(f); d = inspect.isSignaled(f)
            resv.unlock(r)`,
        },
      }),
    ],
    holds: results({
      walk: { k: 'none', n: 1, d: true },
      grow: { n: 1, d: true },
      add: { d: true },
      locked: { n: 0, d: false },
      replace: { n: 0, d: false, s: 'g/READ' },
      reserve: { n: 0, d: false },
    }),
    witness: {
      polled: reached((run) => resultNamed(run, 'd') === true, 3),
      left: reached((run) => resultNamed(run, 'd') === false, 3),
    },
    faults: ['resv-038-flags-only', 'resv-062-replace-polls'],
  }),
];
