import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Sighting } from '../../run/log.ts';
import type { Run } from '../../run/run.ts';
import { answered, firstOf, same, seen } from './evidence.ts';

function trace(run: Run): readonly Sighting[] {
  return run.sightings.filter((sighting) => sighting.kind === 'tracepoint');
}

/** The names of all trace points of a run, in order, without their common prefix. */
function story(run: Run): string {
  return trace(run)
    .map((sighting) => sighting.name.replace('dma_fence_', ''))
    .join(' ');
}

function complaints(run: Run): string {
  return [...new Set(run.violations.map((violation) => violation.kind))].toSorted().join(' ');
}

const BIG = 2 ** 32;

/** Properties of trace points, and of what any-waits leave out. */
export const TRACING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-081'],
    plan: `An any-wait passes no wait trace points and carries no wait annotation and no sleep check;
      with a positive timeout its allocation is what lock validation sees.
      - in atomic context: a complaint with timeout 5, none with 0
      - in a signalling section: likewise
      - under a lock that signalling needs, timeout 0: no complaint`,
    programs: [
      program('any-5', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'fence.waitAny([f], 5)' },
      }),
      program('any-5-atomic', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'preempt.disable(); fence.waitAny([f], 5); preempt.enable()' },
      }),
      program('any-0-atomic', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'preempt.disable(); fence.waitAny([f], 0); preempt.enable()' },
      }),
      program('any-5-section', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'signalling.begin(); fence.waitAny([f], 5); signalling.end()' },
      }),
      program('any-0-section', {
        setup: 'f = fence.create(); fence.signal(f)',
        tasks: { A: 'signalling.begin(); fence.waitAny([f], 0); signalling.end()' },
      }),
      program('any-0-mutex', {
        setup: 'f = fence.create(); fence.signal(f); m = mutex.create()',
        tasks: {
          A: `signalling.begin(); mutex.lock(m); mutex.unlock(m); signalling.end()
            mutex.lock(m); fence.waitAny([f], 0); mutex.unlock(m)`,
        },
      }),
    ],
    allows: ['sleep-in-atomic', 'lockdep'],
    holds: (run) => {
      const expected = { 'any-5-atomic': 'sleep-in-atomic', 'any-5-section': 'lockdep' };
      const { name } = run.program;
      const wanted = name in expected ? expected[name as keyof typeof expected] : ''; // just checked
      const waits = seen(run, null, 'dma_fence_wait_start', 'dma_fence_wait_end');
      return firstOf(
        answered(run, 'A', name.includes('5') ? '5 #0' : '1 #0'),
        same('complaints', complaints(run), wanted),
        same('wait trace points', waits.length, 0),
      );
    },
    witness: {
      allocates: reached((run) => complaints(run) !== '', 2),
      silent: reached((run) => complaints(run) === '', 4),
    },
    faults: ['fence-081-traces-waits', 'fence-081-annotates', 'fence-081-atomic-allocation'],
  }),
  property({
    rules: ['FENCE-089'],
    plan: `Trace points of a fence come in order: init, at most one enable_signal with an op, at most
      one signaled before any callback, at most one destroy at the end; waits in pairs.
      - lives with and without the op, forced signal at the last put
      - signal against enabling, a wait, a poll that signals`,
    programs: [
      program('life', {
        tasks: {
          A: `f = fence.create(enable: armed); fence.enableSwSignaling(f)
            fence.waitTimeout(f, 0); fence.signal(f); fence.waitTimeout(f); fence.put(f)`,
        },
      }),
      program('life-without-op', {
        tasks: {
          A: `f = fence.create(); cb = callback.create(); fence.addCallback(f, cb)
            fence.waitTimeout(f, -1); fence.signal(f); fence.signal(f); fence.put(f)`,
        },
      }),
      program('life-forced', {
        tasks: {
          A: `f = fence.create(enable: armed); cb = callback.create(); fence.addCallback(f, cb)
            fence.put(f)`,
        },
      }),
      program('signal-wait', {
        setup: 'f = fence.create(enable: slow)',
        tasks: { A: 'fence.waitTimeout(f, 5)', B: 'fence.signal(f)' },
      }),
      program('poll-add', {
        setup: `f = fence.create(enable: armed, signaled: hardware); cb = callback.create()
          hardware.finish(f)`,
        tasks: {
          A: 'fence.addCallback(f, cb)',
          B: 'fence.isSignaled(f)',
          C: 'fence.enableSwSignaling(f)',
        },
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      const stories: Record<string, string> = {
        life: 'init enable_signal wait_start wait_end signaled wait_start wait_end destroy',
        'life-without-op': 'init signaled destroy',
        'life-forced': 'init enable_signal destroy signaled',
      };
      const expected = stories[run.program.name];
      return expected === undefined ? null : same('trace', story(run), expected);
    },
    witness: {
      forced: reached((run) => story(run).endsWith('destroy signaled')),
      waited: reached((run) => story(run).includes('wait_end')),
      armed: reached((run) => story(run).includes('enable_signal')),
      raced: reached((run) => story(run).includes('signaled wait_end')),
    },
    faults: [
      'fence-089-signaled-after-callbacks',
      'fence-089-enable-without-op',
      'fence-089-wait-end-missing',
      'fence-089-wait-start-first',
    ],
  }),
  property({
    rules: ['FENCE-091'],
    plan: `A record holds both names, and context and number cut to 32 bits; the issuer is asked for
      its names at every trace point, init and destroy included.
      - a context and a number above 2^32; events with and without the lock`,
    programs: [
      program('record-big', {
        tasks: {
          A: `f = fence.create(context: ${7 * BIG + 5}, seqno: ${3 * BIG + 9}, enable: armed)
            fence.waitTimeout(f, 0); fence.signal(f); fence.put(f)`,
        },
      }),
      program('record-small', {
        tasks: { A: 'f = fence.create(context: 5, seqno: 9); fence.signal(f); fence.put(f)' },
      }),
    ],
    holds: (run) => {
      for (const { name, record } of trace(run)) {
        const text = record === null ? 'nothing' : Object.values(record).join(' ');
        if (text !== 'mock mock 5 9') return `${name} records (${text})`;
      }
      return null;
    },
    witness: {
      cut: reached((run) => run.program.name === 'record-big' && trace(run).length === 6),
      whole: reached((run) => run.program.name === 'record-small' && trace(run).length === 3),
    },
    faults: ['fence-091-whole-numbers', 'fence-091-constant-names-when-signaled'],
  }),
];
