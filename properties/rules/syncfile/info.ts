import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const POINT = 't = sys.timeline(); f = sys.createFence(t, 1)';
/** One point on each of two timelines, of which the first has the lower context. */
const PAIR = `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1)`;
const MERGED = `${PAIR}; m = sys.merge(f, g, m)`;

const EFAULT = -14;
const ENOMEM = -12;
const UNTOUCHED = 'undefined undefined';

/** Without memory FILE_INFO says so before it finds the records out of reach. */
function memoryFirst(run: Run): string | null {
  const expected = run.world.failuresLeft === 0 ? ENOMEM : EFAULT;
  const result = resultNamed(run, 'i');
  return result === expected ? null : `the request gives ${String(result)}, not ${expected}`;
}

/** Status and time of the one record of a result. */
function recordOf(run: Run, name: string): { status: number; timestampNs: number } {
  const words = String(resultNamed(run, name)).split(' | ')[1]?.split(' ') ?? [];
  return { status: Number(words[2]), timestampNs: Number(words[3]) };
}

/** Properties of FILE_INFO: its checks, and what it writes. */
export const INFO_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-016'],
    plan: `FILE_INFO reports the first thing that is wrong, and then has written nothing.
      - unreadable; flags, pad; too few slots; memory; records out of reach; unwritable
      - of two mistakes the first in this order; records written before the last one stay`,
    programs: [
      program('sequential', {
        setup: MERGED,
        tasks: {
          A: `bad = sys.info(m, 1, flags: 1, memory: bad); flags = sys.info(m, 2, flags: 1)
            pad = sys.info(m, 0, pad: 1); few = sys.info(m, 1, records: bad)
            left = sys.infoMemory(few); records = sys.info(m, 2, records: bad, memory: readOnly)
            last = sys.info(m, 2, memory: readOnly); kept = sys.infoMemory(last)
            none = sys.info(m, 0, memory: readOnly); fine = sys.info(m, 2)`,
        },
      }),
      program('memory', {
        setup: MERGED,
        world: { failuresMax: 1 },
        tasks: { A: 'i = sys.info(m, 2, records: bad)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'memory') return memoryFirst(run);
      const records = 'sw_sync init 0 0 | sw_sync init 0 0';
      return results({
        sequential: {
          bad: EFAULT,
          flags: -22,
          pad: -22,
          few: -22,
          left: `${UNTOUCHED} 1`,
          records: EFAULT,
          last: EFAULT,
          kept: `${UNTOUCHED} 2 | ${records}`,
          none: EFAULT,
          fine: `m 0 2 | ${records}`,
        },
      })(run);
    },
    witness: {
      withoutMemory: reached((run) => resultNamed(run, 'i') === ENOMEM),
      outOfReach: reached((run) => resultNamed(run, 'i') === EFAULT),
      kept: reached((run) => resultNamed(run, 'kept') !== undefined),
    },
    faults: [
      'syncfile-016-ignores-flags',
      'syncfile-016-tells-the-number',
      'syncfile-016-fills-what-fits',
      'syncfile-016-memory-is-a-fault',
    ],
  }),
  property({
    rules: ['SYNCFILE-017'],
    plan: `With room for nothing FILE_INFO tells name, the file's own status, and the number.
      - the records out of reach; pending, done, failed; a leaf and a container`,
    programs: [
      program('leaf', {
        setup: PAIR,
        tasks: {
          A: `a = sys.info(f, 0, records: bad); sys.inc(t, 1); b = sys.info(f, 0)
            sys.close(u); c = sys.info(g, 0, records: bad)`,
        },
      }),
      program('container', {
        setup: MERGED,
        tasks: { A: 'a = sys.info(m, 0, records: bad); sys.inc(t, 1); b = sys.info(m, 0)' },
      }),
    ],
    holds: results({
      leaf: { a: 'sw_sync-init1-1 0 1', b: 'sw_sync-init1-1 1 1', c: 'sw_sync-init2-1 -2 1' },
      container: { a: 'm 0 2', b: 'm 0 2' },
    }),
    witness: { container: reached((run) => resultNamed(run, 'b') === 'm 0 2') },
    faults: ['syncfile-017-looks-at-records', 'syncfile-017-counts-one', 'BUG-SYNCFILE-02'],
  }),
  property({
    rules: ['SYNCFILE-018'],
    plan: `With room FILE_INFO writes one record per leaf, in order, and no more.
      - exactly enough, and more than enough, slots; a leaf, two leaves, three leaves`,
    programs: [
      program('slots', {
        setup: `${MERGED}; v = sys.timeline(); h = sys.createFence(v, 9); n = sys.merge(m, h, n)
          sys.inc(u, 1)`,
        tasks: { A: 'a = sys.info(f, 3); b = sys.info(m, 2); c = sys.info(n, 5)' },
      }),
    ],
    holds: (run) => {
      const records = 'sw_sync init 0 0 | sw_sync init 1 1000000000';
      return results({
        slots: {
          a: 'sw_sync-init1-1 0 1 | sw_sync init 0 0 | untouched | untouched',
          b: `m 0 2 | ${records}`,
          c: `n 0 3 | ${records} | sw_sync init 0 0 | untouched | untouched`,
        },
      })(run);
    },
    witness: { surplus: reached((run) => String(resultNamed(run, 'c')).endsWith('untouched')) },
    faults: ['syncfile-018-clears-the-rest', 'syncfile-018-backwards', 'syncfile-018-reports-room'],
  }),
  property({
    rules: ['SYNCFILE-019'],
    plan: `The overall status is that of the first leaf that is not done, in order.
      - active before failed, failed before active, done before failed, failed twice, all done`,
    programs: [
      program('active-failed', {
        setup: MERGED,
        tasks: { A: 'sys.close(u); i = sys.info(m, 2)' },
      }),
      program('failed-active', {
        setup: MERGED,
        tasks: { A: 'sys.close(t); i = sys.info(m, 2)' },
      }),
      program('done-failed', {
        setup: MERGED,
        tasks: { A: 'sys.inc(t, 1); sys.close(u); i = sys.info(m, 2)' },
      }),
      program('all-done', {
        setup: MERGED,
        tasks: { A: 'sys.inc(t, 1); sys.inc(u, 1); i = sys.info(m, 2)' },
      }),
    ],
    holds: (run) => {
      const i = String(resultNamed(run, 'i')).split(' | ')[0];
      const expected: Readonly<Record<string, string>> = {
        'active-failed': 'm 0 2',
        'failed-active': 'm -2 2',
        'done-failed': 'm -2 2',
        'all-done': 'm 1 2',
      };
      const wanted = expected[run.program.name];
      return i === wanted ? null : `${run.program.name}: ${i}, not ${String(wanted)}`;
    },
    witness: { failed: reached((run) => String(resultNamed(run, 'i')).startsWith('m -2'), 2) },
    faults: ['BUG-SYNCFILE-02', 'syncfile-019-worst', 'syncfile-019-last'],
  }),
  property({
    rules: ['SYNCFILE-020'],
    plan: `Both forms may disagree: a container can have lost the error of a part.
      - never polled as a file: the short form says 1, the long one tells the error
      - polled before: both tell the error`,
    programs: [
      program('unarmed', {
        setup: MERGED,
        tasks: {
          A: `sys.close(t); sys.inc(u, 1); short = sys.info(m, 0); long = sys.info(m, 2)`,
        },
      }),
      program('armed', {
        setup: `${MERGED}; sys.poll(m, in)`,
        tasks: {
          A: `sys.close(t); sys.inc(u, 1); sys.poll(m, in, -1)
            short = sys.info(m, 0); long = sys.info(m, 2)`,
        },
      }),
    ],
    holds: (run) => {
      const records = 'sw_sync init -2 1000000000 | sw_sync init 1 1000000000';
      return results({
        unarmed: { short: 'm 1 2', long: `m -2 2 | ${records}` },
        armed: { short: 'm -2 2', long: `m -2 2 | ${records}` },
      })(run);
    },
    witness: {
      lost: reached((run) => resultNamed(run, 'short') === 'm 1 2'),
      kept: reached((run) => resultNamed(run, 'short') === 'm -2 2'),
    },
    faults: ['syncfile-020-short-asks-the-leaves', 'syncfile-020-long-asks-the-container'],
  }),
  property({
    rules: ['SYNCFILE-021'],
    plan: `A record tells both names, status, no flags, and the time or 0.
      - pending, done, failed; names of more than 31 bytes; a signal at another time`,
    programs: [
      program('point', {
        setup: PAIR,
        tasks: {
          A: `a = sys.info(f, 1); task.sleep(5); sys.inc(t, 1); b = sys.info(f, 1)
            sys.close(u); c = sys.info(g, 1)`,
        },
      }),
      program('long-names', {
        setup: `k = driver.fence(ddddddddddddddddddddddddddddddddEND, tttttttttttttttttttttttttttttttEND)
          f = driver.outFence(k); m = sys.merge(f, f, m)`,
        tasks: { A: 'a = sys.info(m, 1)' },
      }),
    ],
    holds: results({
      point: {
        a: 'sw_sync-init1-1 0 1 | sw_sync init 0 0',
        b: 'sw_sync-init1-1 1 1 | sw_sync init 1 1005000000',
        c: 'sw_sync-init2-1 -2 1 | sw_sync init -2 1005000000',
      },
      'long-names': { a: `m 0 1 | ${'d'.repeat(31)} ${'t'.repeat(31)} 0 0` },
    }),
    witness: {
      failed: reached((run) => String(resultNamed(run, 'c')).includes('-2 1005000000')),
      cut: reached((run) => String(resultNamed(run, 'a')).includes('ddd')),
    },
    faults: ['syncfile-021-not-cut', 'syncfile-021-names-swapped', 'syncfile-021-always-now'],
  }),
  property({
    rules: ['SYNCFILE-022'],
    plan: `Status and time are sampled one after the other: 0 with a time can be seen, never a
      status without a time.
      - the point signals, or fails, at any moment of the request`,
    programs: [
      program('signal', {
        setup: POINT,
        tasks: { A: 'i = sys.info(f, 1)', B: 'sys.inc(t, 1)' },
      }),
      program('fail', {
        setup: POINT,
        tasks: { A: 'i = sys.info(f, 1)', B: 'sys.close(t)' },
      }),
    ],
    schedules: EVERY_RESULT,
    holds: (run) => {
      const { status, timestampNs } = recordOf(run, 'i');
      return status !== 0 && timestampNs === 0 ? `status ${status} without a time` : null;
    },
    outcomes: (outcomes, { name }) => {
      const wanted = ['init 0 0', 'init 0 1000000000'];
      wanted.push(name === 'fail' ? 'init -2 1000000000' : 'init 1 1000000000');
      const missing = wanted.find((text) => ![...outcomes].some((line) => line.includes(text)));
      return missing === undefined ? null : `${name}: no schedule gives ${missing}`;
    },
    witness: {
      between: reached((run) => {
        const { status, timestampNs } = recordOf(run, 'i');
        return status === 0 && timestampNs > 0;
      }, 2),
    },
    faults: ['syncfile-022-time-first', 'syncfile-022-one-sample'],
  }),
  property({
    rules: ['SYNCFILE-023'],
    plan: `Leaves are counted in one walk and filled in another; only what chains collect in between
      makes the second smaller. Without a chain:
      - the leaves of an array signal at any moment of the request, and are all reported`,
    programs: [
      program('walks', {
        setup: MERGED,
        tasks: { A: 'i = sys.info(m, 2)', B: 'sys.inc(t, 1); sys.close(u)' },
      }),
    ],
    holds: (run) => {
      const [head = '', ...records] = String(resultNamed(run, 'i')).split(' | ');
      if (!head.endsWith(' 2')) return `2 leaves are reported as ${head}`;
      const blank = records.find((record) => !record.startsWith('sw_sync init'));
      return blank === undefined ? null : `a record of a leaf reads (${blank})`;
    },
    witness: {
      during: reached((run) => {
        const signals = ['f.fence', 'g.fence'].flatMap((name) => sighted(run, name, 'signal'));
        const [call] = run.calls.filter(({ task }) => task === 'A');
        return signals.some(({ step }) => step > (call?.begin ?? 0) && step < (call?.end ?? 0));
      }, 10),
    },
    faults: ['syncfile-023-skips-the-finished'],
  }),
  property({
    rules: ['SYNCFILE-024'],
    plan: `FILE_INFO polls: the long form every leaf, the short one the file's own fence.
      - a leaf whose hardware is done is signaled by it; a pending one is asked twice
      - an array that was not armed asks its parts, an armed one does not`,
    programs: [
      program('long', {
        setup: `k = fence.create(signaled: hardware); f = driver.outFence(k)
          l = fence.create(signaled: hardware); g = driver.outFence(l); hardware.finish(l)`,
        tasks: {
          A: `sys.info(f, 1); n = inspect.polls(k); i = sys.info(g, 1); d = inspect.isSignaled(l)`,
        },
      }),
      program('short', {
        setup: `k = fence.create(signaled: hardware); l = fence.create(signaled: hardware)
          f = driver.outFence(k); g = driver.outFence(l); m = sys.merge(f, g, m)
          hardware.finish(k); b0 = inspect.polls(k)`,
        tasks: { A: 'i = sys.info(m, 0); d = inspect.isSignaled(k)' },
      }),
      program('armed', {
        setup: `k = fence.create(signaled: hardware); l = fence.create(signaled: hardware)
          f = driver.outFence(k); g = driver.outFence(l); m = sys.merge(f, g, m)
          fence.enableSwSignaling(m.fence); hardware.finish(k)`,
        tasks: {
          A: `i = sys.info(m, 0); d = inspect.isSignaled(k); j = sys.info(m, 2)
            e = inspect.isSignaled(k); fence.signal(l)`,
        },
      }),
    ],
    holds: (run) => {
      const long = 'mock-mock2-1 1 1 | mock mock 1 1000000000';
      return results({
        long: { n: 2, i: long, d: true },
        short: { i: 'm 0 2', d: true },
        armed: { i: 'm 0 2', d: false, e: true },
      })(run);
    },
    witness: {
      untouched: reached((run) => resultNamed(run, 'd') === false),
      signaled: reached((run) => resultNamed(run, 'd') === true, 2),
    },
    faults: ['syncfile-024-looks-at-flags', 'syncfile-024-short-polls-leaves'],
  }),
];
