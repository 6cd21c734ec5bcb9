import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENOMEM = -12;

/** One after the other, as sleeps have it. */
const IN_TURN = [{ kind: 'bounded', preemptions: 0, runsMax: 60 }] as const;

/** A transaction: both reservations, a place for the second one, and everything is given back. */
function transaction(letter: string): string {
  const [old, wanted] = [`${letter}1`, `${letter}2`];
  return `c${letter} = ww.init(); ttm.lock(${old}, c${letter}); ttm.lock(${wanted}, c${letter})
    v${letter} = ttm.validate(${wanted}, [vram]); ttm.unlock(${old}); ttm.unlock(${wanted})
    ww.fini(c${letter})`;
}

const TWO_SUBMITTERS = `d = ttm.device(2, 4); a1 = ttm.create(d, [vram]); b1 = ttm.create(d, [vram])
  a2 = ttm.create(d, [system]); b2 = ttm.create(d, [system])`;

/** A victim's reservation is held by B for a while. */
const HELD = 'resv.lock(a.resv); task.sleep(10); resv.unlock(a.resv)';

function bothGot(run: Run): string | null {
  if (run.program.name !== 'submitters') return null;
  const answers = [resultNamed(run, 'va'), resultNamed(run, 'vb')];
  const isRight = answers.every((answer) => answer === 0 || answer === ENOMEM);
  if (!isRight) return `the submitters get ${answers.join(' and ')}`;
  return answers.includes(0) ? null : 'neither of the submitters gets through';
}

/** Properties of making room in a place. */
export const MAKING_ROOM_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EVICT-001'],
    plan: `The victim is the object that was used longest ago, of those that are not pinned, lie in the
      range that is wanted, and are not locked.
      - created in order; one used again; one pinned and unpinned; a range of two pages, the second one
      - a range that begins behind what is there already
      - one whose reservation somebody else holds, for longer than the call lasts
      - objects that are used together stand together, whatever happens to one of them`,
    programs: [
      program('oldest', {
        tasks: {
          A: `d = ttm.device(3, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram])
            c = ttm.create(d, [vram]); o1 = ttm.order(d, vram); ttm.touch(a); o2 = ttm.order(d, vram)
            e = ttm.create(d, [vram]); wb = ttm.where(b); we = ttm.where(e); o3 = ttm.order(d, vram)
            f = ttm.create(d, [vram]); wc = ttm.where(c); wa = ttm.where(a)`,
        },
      }),
      program('pinned', {
        tasks: {
          A: `d = ttm.device(2, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram]); ttm.pin(a)
            o = ttm.order(d, vram); c = ttm.create(d, [vram]); wa = ttm.where(a); wb = ttm.where(b)
            ttm.unpin(a); o2 = ttm.order(d, vram); e = ttm.create(d, [vram]); wc = ttm.where(c)
            wa2 = ttm.where(a)`,
        },
      }),
      program('range', {
        tasks: {
          A: `d = ttm.device(2, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram])
            c = ttm.create(d, [vram_1_2]); wa = ttm.where(a); wb = ttm.where(b); wc = ttm.where(c)
            e = ttm.create(d, [vram_0_1]); wa2 = ttm.where(a); we = ttm.where(e)`,
        },
      }),
      program('behind', {
        tasks: {
          A: `d = ttm.device(5, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram_3_5])
            c = ttm.create(d, [vram_2_5]); e = ttm.create(d, [vram]); wb = ttm.where(b)
            wc = ttm.where(c); we = ttm.where(e); f = ttm.create(d, [vram_3_5]); wf = ttm.where(f)`,
        },
      }),
      program('locked', {
        setup: 'd = ttm.device(2, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram])',
        tasks: {
          A: `task.sleep(5); c = ttm.create(d, [vram]); t = clock.now(); wa = ttm.where(a)
            wb = ttm.where(b)`,
          B: HELD,
        },
      }),
      program('bulk', {
        setup: 'r = resv.create(); d = ttm.device(4, 4); k = ttm.bulk(d)',
        tasks: {
          A: `a = ttm.create(d, [vram], resv: r); b = ttm.create(d, [vram], resv: r)
            c = ttm.create(d, [vram], resv: r); e = ttm.create(d, [vram]); ttm.setBulk(a, k)
            ttm.setBulk(b, k); ttm.setBulk(c, k); o1 = ttm.order(d, vram); ttm.touch(a)
            o2 = ttm.order(d, vram); ttm.setBulk(a, null); ttm.bulkTail(d, k, r)
            o3 = ttm.order(d, vram); f = ttm.create(d, [vram]); we = ttm.where(e); wa = ttm.where(a)
            wb = ttm.where(b); ttm.setBulk(b, null); ttm.setBulk(c, null)`,
        },
      }),
    ],
    schedules: IN_TURN,
    holds: results({
      oldest: {
        o1: 'a b c',
        o2: 'b c a',
        e: 0,
        wb: 'system',
        we: 'vram 1',
        o3: 'c a e',
        f: 0,
        wc: 'system',
        wa: 'vram 0',
      },
      pinned: {
        o: 'b',
        c: 0,
        wa: 'vram 0',
        wb: 'system',
        o2: 'c a',
        e: 0,
        wc: 'system',
        wa2: 'vram 0',
      },
      range: {
        c: 0,
        wa: 'vram 0',
        wb: 'system',
        wc: 'vram 1',
        e: 0,
        wa2: 'system',
        we: 'vram 0',
      },
      behind: { b: 0, wb: 'vram 3', wc: 'vram 2', we: 'vram 1', f: 0, wf: 'vram 4' },
      locked: { c: 0, t: 1005, wa: 'vram 0', wb: 'system' },
      bulk: {
        o1: 'a b c e',
        o2: 'b c a e',
        o3: 'a e b c',
        f: 0,
        wa: 'system',
        we: 'vram 3',
        wb: 'vram 1',
      },
    }),
    witness: {
      passedOver: reached((run) => resultNamed(run, 'wc') === 'vram 1'),
      together: reached((run) => resultNamed(run, 'o3') === 'a e b c'),
    },
    faults: [
      'evict-001-newest-first',
      'evict-001-use-is-not-noted',
      'evict-001-takes-pinned',
      'evict-001-any-range',
      'evict-001-begins-anywhere',
      'evict-001-waits-for-locks',
      'BUG-TTM-05',
    ],
  }),
  property({
    rules: ['EVICT-002'],
    plan: `Who holds a ticket, and may wait, waits for victims that others have locked, one in each pass,
      for as long as some are evicted. Who must give way gets -ENOMEM.
      - two transactions that evict each other's objects; both go on, one of them may have to try again
      - two victims, locked by two others for a while: room for both needs two passes
      - a victim that has gone elsewhere by the time its reservation is free: it stays there
      - without a ticket, and impatient: nobody is waited for`,
    programs: [
      program('older', {
        setup: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); e = ttm.create(d, [system])
          r = resv.create()`,
        tasks: {
          // B is the older one, and waits for something that A has.
          A: `task.sleep(4); y = ww.init(); ttm.lock(e, y); v = ttm.validate(e, [vram])
            w = ttm.where(e); ttm.unlock(e); ww.fini(y)`,
          B: `x = ww.init(); ttm.lock(a, x); task.sleep(10); l = ttm.lock(e, x); ttm.unlock(a)
            ttm.unlock(e); ww.fini(x)`,
        },
      }),
      program('two-passes', {
        setup: `d = ttm.device(2, 4); a = ttm.create(d, [vram]); b = ttm.create(d, [vram])
          e = ttm.create(d, [system], 2)`,
        tasks: {
          A: `task.sleep(2); x = ww.init(); ttm.lock(e, x); v = ttm.validate(e, [vram])
            t = clock.now(); w = ttm.where(e); ttm.unlock(e); ww.fini(x)`,
          B: 'resv.lock(a.resv); task.sleep(10); resv.unlock(a.resv)',
          C: 'resv.lock(b.resv); task.sleep(20); resv.unlock(b.resv)',
        },
      }),
      program('gone-meanwhile', {
        setup:
          'd = ttm.device(1, 4, automatic: true); a = ttm.create(d, [vram]); e = ttm.create(d, [system])',
        tasks: {
          A: `task.sleep(2); x = ww.init(); ttm.lock(e, x); v = ttm.validate(e, [vram])
            w = ttm.where(e); wa = ttm.where(a); ttm.unlock(e); ww.fini(x)`,
          B: 'resv.lock(a.resv); task.sleep(10); ttm.validate(a, [tt]); resv.unlock(a.resv)',
        },
      }),
      program('fallback', {
        setup: `d = ttm.device(1, 4); a = ttm.create(d, [vram]); e = ttm.create(d, [system])
          f = ttm.create(d, [system])`,
        tasks: {
          A: `task.sleep(2); v = ttm.validate(e, [vram]); t = clock.now()
            w = ttm.validate(e, [vram, tt]); we = ttm.where(e)
            x = ww.init(); ttm.lock(f, x); i = ttm.validate(f, [vram], impatient: true)
            t2 = clock.now(); ttm.unlock(f); ww.fini(x)`,
          B: HELD,
        },
      }),
      program('submitters', {
        setup: TWO_SUBMITTERS,
        tasks: { A: transaction('a'), B: transaction('b') },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 20 },
      { kind: 'random', runs: 15, seed: 1 },
    ],
    forbids: ['deadlock', 'livelock'],
    holds: both(bothGot, (run) => {
      if (run.choices.some((choice) => choice > 0)) return null;
      const expected = {
        submitters: {},
        'gone-meanwhile': { v: 0, w: 'vram 0', wa: 'tt 0' },
        'two-passes': { v: 0, t: 1020, w: 'vram 0' },
        fallback: { v: ENOMEM, t: 1002, w: 0, we: 'tt 0', i: ENOMEM, t2: 1002 },
        older: { v: ENOMEM, w: 'system', l: 0 },
      };
      return results(expected)(run);
    }),
    witness: {
      gaveWay: reached(
        (run) => resultNamed(run, 'va') === ENOMEM || resultNamed(run, 'vb') === ENOMEM,
      ),
      twice: reached((run) => resultNamed(run, 'w') === 'vram 0'),
    },
    faults: [
      'evict-002-only-tries',
      'evict-002-one-pass',
      'evict-002-wherever-it-is',
      'evict-002-edeadlk-comes-out',
      'evict-002-impatient-waits',
      'BUG-TTM-04',
    ],
  }),
];
