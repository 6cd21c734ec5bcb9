import { Probe } from '../../programs/probe.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, firstOf, issuerOf, same } from './evidence.ts';

function callsOf(run: Run): number {
  return run.environment.find('cb.probe', Probe).sights.length;
}

/** What the removal found out. */
function found(run: Run): string {
  return String(run.resultOf('A', 'fence.removeAndLook'));
}

const LINKED = 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)';

const REMOVE_PROGRAMS: readonly Program[] = [
  program('remove-signal', {
    setup: LINKED,
    tasks: { A: 'fence.removeAndLook(f, cb)', B: 'fence.signal(f)' },
  }),
  program('remove-signal-irq', {
    setup: LINKED,
    tasks: { A: 'fence.removeAndLook(f, cb)', irq: 'fence.signalTimestamp(f, 7)' },
  }),
  program('remove-signal-signal', {
    setup: LINKED,
    tasks: { A: 'fence.removeAndLook(f, cb)', B: 'fence.signal(f)', C: 'fence.signalLocked(f)' },
  }),
];

/** What each misuse must lead to. */
const MISUSES: Readonly<Record<string, string>> = {
  'remove-twice': 'A:0,true,false',
  'remove-refused': 'A:-2,false',
  'remove-stranger': 'crash',
  'remove-elsewhere': 'crash',
};

/** Properties of taking callbacks back. */
export const REMOVE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-047'],
    plan: `A removal returns true when the node was linked; then its function never runs.
      - a removal against one and two signals, from tasks and an interrupt`,
    programs: REMOVE_PROGRAMS,
    forbids: ['lock-misuse', 'refinement', 'results'],
    holds: (run) => same('calls', callsOf(run), found(run).startsWith('taken') ? 0 : 1),
    witness: {
      taken: reached((run) => found(run) === 'taken', 3),
      late: reached((run) => found(run) === 'returned', 3),
    },
    faults: ['fence-047-always-true', 'fence-047-stays-linked', 'fence-047-without-lock'],
  }),
  property({
    rules: ['FENCE-048'],
    plan: `When a removal returns false, the function of the node has returned.
      - a callback that takes a step, against one and two signals, from tasks and an interrupt`,
    programs: REMOVE_PROGRAMS,
    forbids: ['refinement'],
    holds: (run) => {
      const result = found(run);
      if (result.startsWith('taken') || result === 'returned') return null;
      return `the removal returned false while the function was ${result}`;
    },
    witness: { returned: reached((run) => found(run) === 'returned', 3) },
    faults: ['fence-048-does-not-wait', 'fence-048-unlinks-after-unlock'],
  }),
  property({
    rules: ['FENCE-049'],
    plan: `A second removal returns false; removing what is not there is caught.
      - twice; after a refused add
      - misuse: a node that was never added; through another fence than it is linked on`,
    programs: [
      program('remove-twice', {
        setup: 'f = fence.create(); cb = callback.create()',
        tasks: {
          A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb); fence.removeCallback(f, cb)',
        },
      }),
      program('remove-refused', {
        setup: 'f = fence.create(); fence.signal(f); cb = callback.create()',
        tasks: { A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb)' },
      }),
      program('remove-stranger', {
        setup: 'f = fence.create(); cb = callback.create(); fence.removeCallback(f, cb)',
      }),
      program('remove-elsewhere', {
        setup: `f = fence.create(); g = fence.create(); cb = callback.create()
                fence.addCallback(f, cb); fence.removeCallback(g, cb)`,
      }),
    ],
    allows: ['bug'],
    forbids: ['refinement', 'results'],
    outcomes: (outcomes, { name }) =>
      same(`${name} ends with`, [...outcomes].join(' or '), MISUSES[name]),
    witness: {
      second: reached((run) => run.outcome === MISUSES['remove-twice']),
      caught: reached((run) => run.violations.some(({ kind }) => kind === 'bug'), 2),
    },
    faults: ['fence-047-always-true', 'fence-049-not-caught'],
  }),
  property({
    rules: ['FENCE-050'],
    plan: `Removing the last callback leaves the fence armed.
      - the flag stays, and a later add does not call the op again`,
    programs: [
      program('remove-last', {
        setup: `f = fence.create(enable: armed); cb = callback.create(); cb2 = callback.create()
                fence.addCallback(f, cb)`,
        tasks: {
          A: `fence.removeCallback(f, cb); inspect.isEnabled(f); fence.addCallback(f, cb2)
              fence.removeCallback(f, cb2)`,
        },
      }),
    ],
    holds: (run) =>
      firstOf(
        answered(run, 'A', 'true | true | 0 | true'),
        same('calls of the op', issuerOf(run, 'f').enableCalls, 1),
      ),
    witness: { removed: reached((run) => run.resultOf('A', 'fence.addCallback') === 0) },
    faults: ['fence-050-disarms'],
  }),
];
