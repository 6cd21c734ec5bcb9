import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same, seen } from './evidence.ts';

/** Every call of `enable_signaling` was legal, and there was at most one. */
function armedLegally(run: Run): string | null {
  const sights = issuerOf(run, 'f').sights.filter(({ op }) => op === 'enableSignaling');
  for (const { isLocked, irqsEnabled, isSignaled } of sights) {
    const complaint = firstOf(
      same('lock held', isLocked, true),
      same('interrupts on', irqsEnabled, false),
      same('SIGNALED', isSignaled, false),
    );
    if (complaint !== null) return `enable_signaling called wrongly: ${complaint}`;
  }
  return sights.length > 1 ? `enable_signaling was called ${sights.length} times` : null;
}

/** The error of a fence before and after an operation that must leave it alone. */
function errorUnchanged(run: Run): string | null {
  const errors = run.calls.filter(({ call }) => call.op === 'inspect.error');
  return same('error', errors[1]?.result, errors[0]?.result);
}

const ENABLE_TRACE = 'dma_fence_enable_signal';

/** Properties of what `enable_signaling` answers, and of how the core asks. */
export const OPS_ARMING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-017'],
    plan: `enable_signaling is called under the lock, once at most, never on a signaled fence.
      - two adds; enabling against a signal, from a task and from an interrupt; after the signal`,
    programs: [
      program('arm-twice', {
        setup: 'f = fence.create(enable: slow); cb = callback.create(); cb2 = callback.create()',
        tasks: {
          A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb)',
          B: 'fence.addCallback(f, cb2); fence.removeCallback(f, cb2)',
        },
      }),
      program('arm-signal', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.enableSwSignaling(f)', B: 'fence.signal(f)' },
      }),
      program('arm-signal-irq', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.enableSwSignaling(f)', 'irq@A': 'fence.signal(f)' },
      }),
    ],
    forbids: ['lock-misuse', 'deadlock', 'refinement'],
    holds: armedLegally,
    witness: {
      once: reached((run) => issuerOf(run, 'f').enableCalls === 1),
      never: reached((run) => issuerOf(run, 'f').enableCalls === 0),
    },
    faults: ['BUG-FENCE-04', 'fence-017-without-lock', 'fence-017-at-every-add'],
  }),
  property({
    rules: ['FENCE-018'],
    plan: `True means armed; false means done, and the core signals with the error that was stored.
      - the op arms, refuses, fails, and signals on its own`,
    programs: [
      program('op-arms', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.getStatus(f)' },
      }),
      program('op-refuses', {
        setup: 'f = fence.create(enable: refuses)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.getStatus(f)' },
      }),
      program('op-fails', {
        setup: 'f = fence.create(enable: failing)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.getStatus(f)' },
      }),
      program('op-signals', {
        setup: 'f = fence.create(enable: signals); cb = callback.create()',
        tasks: { A: 'fence.addCallback(f, cb); fence.getStatus(f); inspect.callbacks(f)' },
      }),
    ],
    forbids: ['refinement'],
    holds: byProgram({
      'op-arms': (run) => answered(run, 'A', '0'),
      'op-refuses': (run) => answered(run, 'A', '1'),
      'op-fails': (run) => answered(run, 'A', '-5'),
      'op-signals': (run) => answered(run, 'A', '-2 | -5 | 0'),
    }),
    witness: {
      asked: reached((run) => issuerOf(run, 'f').enableCalls === 1, 4),
      refused: reached((run) => run.resultOf('A', 'fence.getStatus') !== 0, 3),
    },
    faults: ['fence-018-refusal-ignored', 'fence-018-error-lost', 'fence-018-armed-is-done'],
  }),
  property({
    rules: ['FENCE-019'],
    plan: `Without an enable_signaling the fence counts as armed, and no trace point tells of it.
      - enabling, then an add: flag set, still pending, no trace point
      - control: with an op there is one trace point`,
    programs: [
      program('no-op', {
        setup: 'f = fence.create(); cb = callback.create()',
        tasks: {
          A: `fence.enableSwSignaling(f); inspect.isEnabled(f); fence.addCallback(f, cb)
              fence.getStatus(f); fence.removeCallback(f, cb)`,
        },
      }),
      program('with-op', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.enableSwSignaling(f)' },
      }),
    ],
    holds: (run) => {
      const traced = seen(run, run.environment.fence('f'), ENABLE_TRACE).length;
      if (run.program.name === 'with-op') return same('trace points', traced, 1);
      return firstOf(answered(run, 'A', 'true | 0 | 0 | true'), same('trace points', traced, 0));
    },
    witness: {
      pending: reached((run) => run.resultOf('A', 'fence.getStatus') === 0),
      control: reached((run) => seen(run, run.environment.fence('f'), ENABLE_TRACE).length === 1),
    },
    faults: ['fence-019-traced', 'fence-019-done'],
  }),
  property({
    rules: ['FENCE-020'],
    plan: `An op that says "armed" or "not yet" has stored no error; one that says "done" may have.
      - an array with a pending child is armed; one with a failed and a pending child is polled,
        with and without its lock
      - control: an op that stores an error and returns false`,
    programs: [
      program('array-armed', {
        setup: 'c = fence.create(); a = array.create([c])',
        tasks: { A: 'inspect.error(a); fence.enableSwSignaling(a); inspect.error(a)' },
        teardown: 'fence.signal(c)',
      }),
      program('array-polled', {
        setup: `c = fence.create(); d = fence.create(); fence.setError(c, -5); fence.signal(c)
                a = array.create([c, d])`,
        tasks: { A: 'inspect.error(a); fence.isSignaled(a); inspect.error(a)' },
      }),
      program('array-asked', {
        setup: `c = fence.create(); d = fence.create(); fence.setError(c, -5); fence.signal(c)
                a = array.create([c, d])`,
        tasks: { A: 'inspect.error(a); fence.getStatus(a); inspect.error(a)' },
      }),
      program('error-and-done', {
        setup: 'f = fence.create(enable: failing)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.getStatus(f)' },
      }),
    ],
    holds: (run) =>
      run.program.name === 'error-and-done' ? answered(run, 'A', '-5') : errorUnchanged(run),
    witness: {
      notYet: reached((run) => run.resultOf('A', 'fence.isSignaled') === false),
      done: reached((run) => answers(run, 'A') === '-5'),
    },
    faults: ['fence-020-poll-records', 'fence-020-arming-clears'],
  }),
  property({
    rules: ['FENCE-021'],
    plan: `An issuer that waits for an interrupt keeps its fence alive until the interrupt is over.
      - an armed array: the last outside reference is dropped while its child signals`,
    programs: [
      program('armed-array-put', {
        setup: `c = fence.create(); fence.get(c); a = array.create([c])
                fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.put(a)', B: 'fence.signal(c)' },
      }),
      program('armed-array-put-irq', {
        setup: `c = fence.create(); fence.get(c); a = array.create([c])
                fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.put(a)', 'irq@A': 'fence.signal(c)' },
      }),
    ],
    forbids: ['use-after-free', 'double-free', 'refcount', 'leak', 'refinement'],
    holds: (run) => same('array freed', run.environment.fence('a').freedBy !== null, true),
    witness: {
      outlived: reached((run) => diedIn(run).startsWith('irq_work')),
      heldOn: reached((run) => diedIn(run) === 'A'),
    },
    faults: ['fence-021-no-reference'],
  }),
];

/** The task that dropped the last reference of the array. */
function diedIn(run: Run): string {
  return seen(run, run.environment.fence('a'), 'put.last')[0]?.task ?? '';
}
