import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const PAIR = 'f = fence.create(); g = fence.create()';

/** What a merge may make of one leaf that signals at some moment, or of no memory. */
function stubHasTime(run: Run): string | null {
  const merged = resultNamed(run, 'm');
  if (merged === 'leaf f' || merged === 'stub 9000') return null;
  return `the merge gives ${String(merged)}`;
}

/** Properties of merges that need no array. */
export const MERGE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UNWRAP-006'],
    plan: `Without pending leaves a merge gives a new stub with their latest time.
      - none, NULL, one in the past, two in both orders; no memory for the stub
      - the only leaf signals during the merge, and when it is polled by it
      - a leaf that is done as its issuer knows, beside a pending one`,
    programs: [
      program('two', {
        setup: `${PAIR}; fence.signalTimestamp(f, 5000); fence.signalTimestamp(g, 7000)`,
        tasks: {
          A: 'm = unwrap.merge([f, g]); n = unwrap.merge([g, f]); o = unwrap.merge([f])',
        },
      }),
      program('none', {
        setup: `${PAIR}; fence.signalTimestamp(f, -5)`,
        tasks: {
          A: 'm = unwrap.merge([]); n = unwrap.merge([null]); o = unwrap.merge([f])',
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${PAIR}; fence.signalTimestamp(f, 9000)`,
        tasks: { A: 'm = unwrap.merge([f])' },
      }),
      program('late', {
        setup: PAIR,
        tasks: { A: 'm = unwrap.merge([f])', B: 'fence.signalTimestamp(f, 9000)' },
      }),
      program('polled', {
        setup: `f = fence.create(signaled: hardware); h = fence.create(signaled: hardware)
          g = fence.create(); hardware.finish(f); hardware.finish(h)`,
        tasks: { A: 'm = unwrap.merge([f]); n = unwrap.merge([g, h]); s = inspect.isSignaled(h)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'late') return stubHasTime(run);
      if (run.program.name === 'no-memory') {
        return resultNamed(run, 'm') === 'none' ? null : stubHasTime(run);
      }
      return results({
        two: { m: 'stub 7000', n: 'stub 7000', o: 'stub 5000' },
        none: { m: 'stub 0', n: 'stub 0', o: 'stub 0' },
        polled: { m: 'stub 1000000000', n: 'leaf g', s: true },
      })(run);
    },
    witness: {
      noMemory: reached((run) => resultNamed(run, 'm') === 'none'),
      signaledBetween: reached(
        (run) =>
          resultNamed(run, 'm') === 'stub 9000' &&
          sighted(run, 'f', 'poll').some(({ result }) => result === 0),
      ),
    },
    faults: [
      'BUG-UNWRAP-02',
      'BUG-UNWRAP-03',
      'unwrap-006-time-of-the-first-pass',
      'unwrap-006-flags-only',
    ],
  }),
  property({
    rules: ['UNWRAP-007'],
    plan: `A leaf that is done drops out of a merge, with its error.
      - only failed leaves; a failed one beside a pending one`,
    programs: [
      program('failed', {
        setup: `${PAIR}; fence.setError(f, -5); fence.signalTimestamp(f, 5000)`,
        tasks: {
          A: `m = unwrap.merge([f]); s = fence.getStatus(m); n = unwrap.merge([f, g])
            fence.signal(g); t = fence.getStatus(n)`,
        },
      }),
    ],
    holds: results({ failed: { m: 'stub 5000', s: 1, n: 'leaf g', t: 1 } }),
    witness: { clean: reached((run) => resultNamed(run, 's') === 1) },
    faults: ['unwrap-007-keeps-the-error'],
  }),
  property({
    rules: ['UNWRAP-008'],
    plan: `One pending leaf, or one context, comes back itself, with a reference.
      - beside a signaled one, out of an array, two leaves of one context`,
    programs: [
      program('one', {
        setup: `${PAIR}; fence.signal(f)`,
        tasks: { A: 'm = unwrap.merge([f, g]); refs = inspect.references(g)' },
      }),
      program('out-of-array', {
        setup: `${PAIR}; fence.get(g); a = array.create([f, g]); fence.signal(f)`,
        tasks: { A: 'm = unwrap.merge([a]); refs = inspect.references(g)' },
      }),
      program('one-context', {
        setup: 'f = fence.create(1, context: 50); g = fence.create(2, context: 50)',
        tasks: { A: 'm = unwrap.merge([f, g]); refs = inspect.references(g)' },
      }),
    ],
    forbids: ['refcount', 'use-after-free', 'leak'],
    holds: results({
      one: { m: 'leaf g', refs: 2 },
      'out-of-array': { m: 'leaf g', refs: 3 },
      'one-context': { m: 'leaf g', refs: 2 },
    }),
    witness: { itself: reached((run) => resultNamed(run, 'm') === 'leaf g', 3) },
    faults: ['unwrap-008-wraps-one', 'unwrap-008-borrows'],
  }),
  property({
    rules: ['UNWRAP-010'],
    plan: `Of one context the latest leaf is kept, by its own 32-bit or 64-bit rule.
      - the same fence twice, two numbers in both orders, a wrapped number in both modes
      - the references of the others are dropped`,
    programs: [
      program('same', {
        setup: PAIR,
        tasks: { A: 'm = unwrap.merge([f, f]); rf = inspect.references(f)' },
      }),
      program('numbers', {
        setup: 'f = fence.create(1, context: 50); g = fence.create(2, context: 50)',
        tasks: {
          A: `m = unwrap.merge([f, g]); n = unwrap.merge([g, f]); rf = inspect.references(f)
            rg = inspect.references(g)`,
        },
      }),
      program('wrapped', {
        setup: `f = fence.create(4294967295, context: 50); g = fence.create(0, context: 50)
          h = fence.create(1, context: 60, is64Bit: true)
          i = fence.create(4294967296, context: 60, is64Bit: true)`,
        tasks: { A: 'm = unwrap.merge([f, g]); n = unwrap.merge([i, h])' },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      same: { m: 'leaf f', rf: 2 },
      numbers: { m: 'leaf g', n: 'leaf g', rf: 1, rg: 3 },
      wrapped: { m: 'leaf g', n: 'leaf i' },
    }),
    witness: {
      collapsed: reached((run) => resultNamed(run, 'm') !== undefined, 3),
    },
    faults: ['unwrap-010-keeps-the-earliest', 'unwrap-010-leaks-the-surplus'],
  }),
  property({
    rules: ['UNWRAP-016'],
    plan: `Context 0 follows the same rule: unrelated issuers that use it absorb each other.
      - two pending fences; the same beside another context; equal numbers`,
    programs: [
      program('zero', {
        setup: `f = fence.create(1, context: 0); g = fence.create(2, context: 0)
          h = fence.create(); i = fence.create(2, context: 0)`,
        tasks: { A: 'm = unwrap.merge([f, g]); n = unwrap.merge([h, g, f])' },
        teardown: 'o = unwrap.merge([g, i])',
      }),
    ],
    holds: (run) => {
      const equal = resultNamed(run, 'o');
      if (equal !== 'leaf g' && equal !== 'leaf i') return `twins merge to ${String(equal)}`;
      return results({ zero: { m: 'leaf g', n: 'array g h' } })(run);
    },
    witness: { absorbed: reached((run) => resultNamed(run, 'm') === 'leaf g') },
    faults: ['unwrap-016-zero-is-nobody'],
  }),
];
