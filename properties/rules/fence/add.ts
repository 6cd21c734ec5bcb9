import { Probe } from '../../programs/probe.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, byProgram, firstOf, issuerOf, same, warnings } from './evidence.ts';

function callsOf(run: Run, name: string): number {
  return run.environment.find(`${name}.probe`, Probe).sights.length;
}

/** The op was called once, while nothing was linked yet. */
function armedBeforeLinking(run: Run): string | null {
  const armings = issuerOf(run, 'f').sights.filter(({ op }) => op === 'enableSignaling');
  return firstOf(
    same('calls of the op', armings.length, 1),
    same('nodes on the list at that time', armings[0]?.callbacks, 0),
  );
}

/** Properties of adding callbacks, one call at a time. */
export const ADD_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-041'],
    plan: `Adding to NULL, or without a function, complains, gives -EINVAL, and leaves the node.
      - the node is linked on another fence, and stays so`,
    programs: [
      program('add-null-fence', {
        setup: 'g = fence.create(); cb = callback.create(); fence.addCallback(g, cb)',
        tasks: { A: 'fences.addCallback(null, cb); inspect.node(cb)' },
        teardown: 'fence.removeCallback(g, cb)',
      }),
      program('add-null-function', {
        setup: `f = fence.create(); g = fence.create(); cb = callback.create(missing)
                fence.addCallback(g, cb)`,
        tasks: { A: 'fences.addCallback(f, cb); inspect.node(cb)' },
        teardown: 'fence.removeCallback(g, cb)',
      }),
    ],
    allows: ['warn'],
    forbids: ['bug', 'refinement'],
    holds: (run) =>
      firstOf(answered(run, 'A', '-22 | on g, calls 0'), same('warnings', warnings(run), 1)),
    witness: { refused: reached((run) => run.resultOf('A', 'fences.addCallback') === -22, 2) },
    faults: ['fence-041-silent', 'fence-041-unlinks-first', 'fence-041-wrong-error'],
  }),
  property({
    rules: ['FENCE-042'],
    plan: `Adding to a signaled fence gives -ENOENT, never calls, and leaves the node self-linked.
      - a node whose memory was something else before; it is removed afterwards`,
    programs: [
      program('add-late', {
        setup: `f = fence.create(); g = fence.create(); cb = probe.create()
                callback.poison(cb, g); fence.signal(f)`,
        tasks: {
          A: `fence.addCallback(f, cb); inspect.node(cb); fence.removeCallback(f, cb)
              fence.signal(f)`,
        },
      }),
    ],
    forbids: ['bug', 'refinement', 'results'],
    holds: (run) =>
      firstOf(
        answered(run, 'A', '-2 | unlinked, calls 0 | false | -22'),
        same('calls', callsOf(run, 'cb'), 0),
      ),
    witness: { refused: reached((run) => run.resultOf('A', 'fence.addCallback') === -2) },
    faults: ['fence-042-links-stay', 'fence-042-called-at-once'],
  }),
  property({
    rules: ['FENCE-043'],
    plan: `Adding to a pending fence gives 0, sets the flag, arms once, then appends at the tail.
      - two adds, then the signal: the op runs before the first is linked, the order is kept`,
    programs: [
      program('add-add', {
        setup: 'f = fence.create(enable: armed); cb = probe.create(); cb2 = probe.create()',
        tasks: {
          A: `fence.addCallback(f, cb); inspect.isEnabled(f); inspect.callbacks(f)
              fence.addCallback(f, cb2); inspect.callbacks(f); fence.signal(f)`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) =>
      firstOf(
        answered(run, 'A', '0 | true | 1 | 0 | 2 | 0'),
        armedBeforeLinking(run),
        same('first call', run.environment.find('cb.probe', Probe).sights[0]?.order, 0),
        same('second call', run.environment.find('cb2.probe', Probe).sights[0]?.order, 1),
      ),
    witness: { called: reached((run) => callsOf(run, 'cb2') === 1) },
    faults: ['fence-043-links-first', 'fence-043-flag-not-set', 'fence-043-at-the-head'],
  }),
  property({
    rules: ['FENCE-044'],
    plan: `When the op refuses during an add, the fence is signaled, and the add with it refused.
      - an op that refuses, with and without an error
      - against a second add and a signal`,
    programs: [
      program('add-refused', {
        setup: 'f = fence.create(enable: refuses); cb = probe.create()',
        tasks: { A: 'fence.addCallback(f, cb); inspect.isSignaled(f); fence.getStatus(f)' },
      }),
      program('add-failed', {
        setup: 'f = fence.create(enable: failing); cb = probe.create()',
        tasks: { A: 'fence.addCallback(f, cb); inspect.isSignaled(f); fence.getStatus(f)' },
      }),
      program('add-refused-race', {
        setup: 'f = fence.create(enable: refuses); cb = probe.create(); cb2 = probe.create()',
        tasks: {
          A: 'fence.addCallback(f, cb); inspect.isSignaled(f); fence.getStatus(f)',
          B: 'fence.addCallback(f, cb2)',
        },
      }),
    ],
    forbids: ['refinement', 'results'],
    holds: byProgram({
      'add-refused': (run) => refused(run, '1'),
      'add-failed': (run) => refused(run, '-5'),
      'add-refused-race': (run) =>
        firstOf(refused(run, '1'), same('calls of the other', callsOf(run, 'cb2'), 0)),
    }),
    witness: { refused: reached((run) => run.resultOf('A', 'fence.addCallback') === -2, 4) },
    faults: ['fence-043-links-first', 'fence-018-refusal-ignored', 'fence-044-returns-0'],
  }),
  property({
    rules: ['FENCE-045'],
    plan: `An add does not ask the hardware: while SIGNALED is clear, the callback is accepted.
      - hardware that is done, an op that arms; then the signal`,
    programs: [
      program('add-unnoticed', {
        setup: 'f = fence.create(enable: armed, signaled: hardware); cb = probe.create()',
        tasks: {
          A: `hardware.finish(f); fence.addCallback(f, cb); inspect.isSignaled(f)
              inspect.polls(f); fence.signal(f)`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) =>
      firstOf(answered(run, 'A', '0 | false | 0 | 0'), same('calls', callsOf(run, 'cb'), 1)),
    witness: { accepted: reached((run) => run.resultOf('A', 'fence.addCallback') === 0) },
    faults: ['fence-045-add-polls'],
  }),
];

function refused(run: Run, status: string): string | null {
  return firstOf(answered(run, 'A', `-2 | true | ${status}`), same('calls', callsOf(run, 'cb'), 0));
}
