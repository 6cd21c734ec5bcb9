import { MockIssuer } from '../../programs/mock-issuer.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import { nodes, ORDERS } from './nodes.ts';

const LETTERS = ['p', 'q', 'r'];

/** Signals in this order, with a poll of every node after each. */
function polled(order: readonly number[]): string {
  return order
    .map((number, at) => {
      const letter = LETTERS[at] ?? '';
      const polls = [3, 2, 1].map((node) => `${letter}${node} = fence.isSignaled(c${node})`);
      return `fence.signal(f${number}); ${polls.join('; ')}`;
    })
    .join('; ');
}

/** Node n is done when the first n fences are. */
function expectedOf(order: readonly number[]): Record<string, boolean> {
  const expected: Record<string, boolean> = {};
  for (const [at] of order.entries()) {
    const done = order.slice(0, at + 1);
    for (const node of [1, 2, 3]) {
      const isDone = [1, 2, 3].filter((one) => one <= node).every((one) => done.includes(one));
      expected[`${LETTERS[at] ?? ''}${node}`] = isDone;
    }
  }
  return expected;
}

const nameOf = (order: readonly number[]): string => `order-${order.join('')}`;

/** In how many rounds of interrupt work the node came to its end. */
function rounds(run: Run): number {
  return sighted(run, 'c3.chain', 'work').length;
}

function completesInTime(run: Run): string | null {
  if (resultNamed(run, 'done') !== true) return 'everything is done, and the node is not';
  return rounds(run) <= 3 ? null : `it took ${rounds(run)} rounds of work for 3 fences`;
}

/** The ops of f1 were called in interrupt context. */
function enabledInInterrupt(run: Run): boolean {
  const { ops } = run.environment.fence('f1');
  if (!(ops instanceof MockIssuer)) return false;
  return ops.sights.some(({ op, context }) => op === 'enableSignaling' && context === 'hardirq');
}

/** Properties of when a node is done, and of who notices. */
export const COMPLETING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CHAIN-005'],
    plan: `A node is done when its fence and all before it are; a poll looks from the newest on, and
      no further than to the first pending one.
      - how often each fence is asked; a plain fence at the end; taken off on the way`,
    programs: [
      program('looks', {
        setup: `${nodes(3, 'signaled: hardware')}; hardware.finish(f3)`,
        tasks: {
          A: `s = fence.isSignaled(c3); n3 = inspect.polls(f3); n2 = inspect.polls(f2)
            n1 = inspect.polls(f1); hardware.finish(f2); t = fence.isSignaled(c3)
            p = chain.prev(c3); hardware.finish(f1); u = fence.isSignaled(c3)`,
        },
      }),
      program('plain', {
        setup: `g = fence.create(); fence.get(g); f = fence.create(); fence.get(f)
          c = chain.create(g, f, 1); fence.signal(f)`,
        tasks: { A: 's = fence.isSignaled(c); fence.signal(g); t = fence.isSignaled(c)' },
      }),
    ],
    forbids: ['chains'],
    holds: results({
      looks: { s: false, n3: 1, n2: 2, n1: 0, t: false, p: 'c1', u: true },
      plain: { s: false, t: true },
    }),
    witness: { done: reached((run) => resultNamed(run, 't') === true) },
    faults: ['chain-005-own-fence-only', 'chain-005-asks-everybody'],
  }),
  property({
    rules: ['CHAIN-006'],
    plan: `In whatever order fences are done, nodes are done from the oldest to the newest.
      - all six orders of three, with polls of every node after each signal`,
    programs: ORDERS.map((order) =>
      program(nameOf(order), { setup: nodes(3), tasks: { A: polled(order) } }),
    ),
    schedules: [{ kind: 'random', runs: 1, seed: 1 }],
    forbids: ['chains', 'leak'],
    holds: results(Object.fromEntries(ORDERS.map((order) => [nameOf(order), expectedOf(order)]))),
    witness: { done: reached((run) => resultNamed(run, 'r3') === true, 6) },
    faults: ['chain-006-two-are-enough', 'chain-005-own-fence-only'],
  }),
  property({
    rules: ['CHAIN-018'],
    plan: `An armed node has its one callback on the newest contained fence that is pending.
      - which fence is armed, before and after each signal; a poll that is faster than the work`,
    programs: [
      program('one-by-one', {
        setup: nodes(3),
        tasks: {
          A: `fence.enableSwSignaling(c3); a3 = inspect.callbacks(f3); a2 = inspect.isEnabled(f2)
            fence.signal(f3); b2 = inspect.callbacks(f2); b1 = inspect.isEnabled(f1)
            fence.signal(f2); d1 = inspect.callbacks(f1); s = inspect.isSignaled(c3)
            fence.signal(f1); t = inspect.isSignaled(c3)`,
        },
      }),
      program('backwards', {
        setup: `${nodes(3)}; fence.signal(f3)`,
        tasks: {
          A: `fence.enableSwSignaling(c3); a2 = inspect.callbacks(f2); fence.signal(f1)
            s = inspect.isSignaled(c3); fence.signal(f2); t = inspect.isSignaled(c3)`,
        },
      }),
      program('all-done', {
        setup: `${nodes(2)}; fence.signal(f1); fence.signal(f2)`,
        tasks: { A: 'fence.enableSwSignaling(c2); t = inspect.isSignaled(c2)' },
      }),
      program('polled', {
        setup: `${nodes(2)}; fence.enableSwSignaling(c2)`,
        tasks: { A: 'fence.signal(f2); fence.signal(f1)', B: 's = fence.isSignaled(c2)' },
        teardown: 't = inspect.isSignaled(c2)',
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['chains', 'leak', 'refcount'],
    holds: results({
      'one-by-one': { a3: 1, a2: false, b2: 1, b1: false, d1: 1, s: false, t: true },
      backwards: { a2: 1, s: false, t: true },
      'all-done': { t: true },
      polled: { t: true },
    }),
    witness: {
      faster: reached((run) => {
        const [work] = sighted(run, 'c2.chain', 'exhaust');
        const [signal] = sighted(run, 'c2', 'signal').filter(({ result }) => result === 0);
        return signal?.task === 'B' && work !== undefined && signal.step < work.step;
      }),
    },
    faults: [
      'chain-018-watches-the-oldest',
      'chain-018-one-round-only',
      'chain-018-goes-on-from-there',
    ],
  }),
  property({
    rules: ['CHAIN-019'],
    plan: `An armed node completes by itself, after at most one round of work for each fence.
      - all six orders of three`,
    programs: ORDERS.map((order) =>
      program(nameOf(order), {
        setup: `${nodes(3)}; fence.enableSwSignaling(c3)`,
        tasks: { A: order.map((number) => `fence.signal(f${number})`).join('; ') },
        teardown: 'done = inspect.isSignaled(c3)',
      }),
    ),
    schedules: [{ kind: 'random', runs: 2, seed: 1 }],
    holds: completesInTime,
    witness: { thrice: reached((run) => rounds(run) === 3) },
    faults: ['chain-019-forgets-the-end'],
  }),
  property({
    rules: ['CHAIN-020'],
    plan: `An armed node owns itself and the fence that it watches, until the work and the callback.
      - the counts; the last outside reference goes while it is armed`,
    programs: [
      program('counts', {
        setup: nodes(2),
        tasks: {
          A: `n0 = inspect.references(c2); w0 = inspect.references(f2); fence.enableSwSignaling(c2)
            n1 = inspect.references(c2); w1 = inspect.references(f2); fence.signal(f2)
            n2 = inspect.references(c2); w2 = inspect.references(f2); v2 = inspect.references(f1)
            fence.signal(f1); n3 = inspect.references(c2); v3 = inspect.references(f1)`,
        },
      }),
      program('alone', {
        setup: `f = fence.create(); fence.get(f); c = chain.create(null, f, 1)
          fence.enableSwSignaling(c); fence.put(c)`,
        tasks: { A: 'fence.signal(f)' },
        teardown: 'r = inspect.isFreed(c)',
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      counts: { n0: 2, w0: 2, n1: 3, w1: 3, n2: 3, w2: 2, v2: 3, n3: 2, v3: 2 },
      alone: { r: true },
    }),
    witness: { alone: reached((run) => resultNamed(run, 'r') === true) },
    faults: [
      'chain-020-no-own-reference',
      'chain-020-borrows-the-fence',
      'chain-020-keeps-the-fence',
    ],
  }),
  property({
    rules: ['CHAIN-021'],
    plan: `Callback and work take turns: they are one piece of memory.
      - two fences signal at once, in either order, with the node armed`,
    programs: [
      program('turns', {
        setup: `${nodes(2)}; fence.enableSwSignaling(c2)`,
        tasks: { A: 'fence.signal(f2)', B: 'fence.signal(f1)' },
        teardown: 't = inspect.isSignaled(c2)',
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['refinement', 'deadlock', 'use-after-free'],
    holds: results({ turns: { t: true } }),
    witness: {
      rearmed: reached((run) => sighted(run, 'c2.chain', 'watch').length === 2),
      once: reached((run) => sighted(run, 'c2.chain', 'work').length === 1),
    },
    faults: ['chain-021-rearms-at-once'],
  }),
  property({
    rules: ['CHAIN-022'],
    plan: `A node is done without an error, whatever the fences had.
      - its own fence fails, an older one fails; polled and armed`,
    programs: [
      program('polled', {
        setup: `${nodes(2)}; fence.setError(f2, -5); fence.setError(f1, -22)`,
        tasks: { A: 'fence.signal(f1); fence.signal(f2); s = fence.getStatus(c2)' },
      }),
      program('armed', {
        setup: `${nodes(2)}; fence.setError(f2, -5); fence.setError(f1, -22)
          fence.enableSwSignaling(c2)`,
        tasks: { A: 'fence.signal(f2); fence.signal(f1); s = fence.getStatus(c2)' },
      }),
    ],
    holds: results({ polled: { s: 1 }, armed: { s: 1 } }),
    witness: { done: reached((run) => resultNamed(run, 's') === 1, 2) },
    faults: ['chain-022-hands-on-errors'],
  }),
  property({
    rules: ['CHAIN-024'],
    plan: `A hint reaches every fence of the chain that is pending.
      - all pending; the middle one done; a plain fence at the end; the node done
      - a point that is not in order, with two nodes of the older timeline behind it`,
    programs: [
      program('hints', {
        setup: nodes(3, 'deadline: true'),
        tasks: {
          A: `fence.setDeadline(c3, 9); fence.signal(f2); fence.setDeadline(c3, 5)
            d3 = inspect.deadlines(f3); d2 = inspect.deadlines(f2); d1 = inspect.deadlines(f1)
            p = chain.prev(c3)`,
        },
      }),
      program('plain', {
        setup: `g = fence.create(deadline: true); fence.get(g); f = fence.create()
          fence.get(f); c = chain.create(g, f, 1)`,
        tasks: {
          A: `fence.setDeadline(c, 7); fence.signal(g); fence.signal(f); fence.setDeadline(c, 3)
            d = inspect.deadlines(g)`,
        },
      }),
      program('unordered', {
        setup: `${nodes(2, 'deadline: true')}; f = fence.create(); fence.get(f); fence.get(c2)
          c = chain.create(c2, f, 1)`,
        tasks: {
          A: `fence.setDeadline(c, 7); d2 = inspect.deadlines(f2); d1 = inspect.deadlines(f1)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      hints: { d3: '9 5', d2: '9', d1: '9 5', p: 'c1' },
      plain: { d: '7' },
      unordered: { d2: '7', d1: '7' },
    }),
    witness: { hinted: reached((run) => resultNamed(run, 'd1') === '9 5') },
    faults: ['chain-024-own-fence-only', 'chain-024-one-timeline'],
  }),
  property({
    rules: ['CHAIN-026'],
    plan: `The next fence is asked to signal in the interrupt work of the one before.
      - the context in which its issuer is asked; the issuer refuses there`,
    programs: [
      program('interrupt', {
        setup: `${nodes(2, 'enable: armed')}; fence.enableSwSignaling(c2)`,
        tasks: { A: 'fence.signal(f2)' },
        teardown: 'fence.signal(f1); t = inspect.isSignaled(c2)',
      }),
      program('refuses', {
        setup: `${nodes(2, 'enable: armed').replace('enable: armed', 'enable: refuses')}
          fence.enableSwSignaling(c2)`,
        tasks: { A: 'fence.signal(f2)' },
        teardown: 't = inspect.isSignaled(c2)',
      }),
    ],
    forbids: ['sleep-in-atomic', 'lockdep'],
    holds: (run) => {
      if (!enabledInInterrupt(run)) return 'f1 is not enabled in an interrupt';
      return resultNamed(run, 't') === true ? null : 'the node is not done';
    },
    witness: { enabled: reached(enabledInInterrupt, 2) },
    faults: ['chain-026-later-in-a-task'],
  }),
];
