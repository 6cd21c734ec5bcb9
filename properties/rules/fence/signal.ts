import { FenceWatch } from '../../programs/fence-watch.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, firstOf, same } from './evidence.ts';

const SIGNALS = new Set(['fence.signal', 'fence.signalTimestamp', 'fence.signalLocked']);

/** Exactly one signal won, and its timestamp is the one that stayed. */
function oneWinner(run: Run): string | null {
  const signals = run.calls.filter(({ call }) => SIGNALS.has(call.op));
  const winners = signals.filter(({ result }) => result === 0);
  const losers = signals.filter(({ result }) => result === -22);
  const stamp = winners[0]?.call.args['timestampNs'] ?? run.world.clock.nanoseconds;
  const watch = run.environment.find('f.watch', FenceWatch);
  const stores = watch.changes.filter(({ kind }) => kind === 'store').length;
  return firstOf(
    same('winners', winners.length, 1),
    same('losers with -EINVAL', losers.length, signals.length - 1),
    same('timestamp', run.environment.fence('f').timestampNs.value, stamp),
    same('stores of the timestamp', stores, 1),
  );
}

function isWonBy(run: Run, task: string): boolean {
  return run.calls.some(
    ({ task: by, call, result }) => by === task && SIGNALS.has(call.op) && result === 0,
  );
}

/** What a lockless observer sees of a signal with two callbacks, in this order. */
const EFFECTS = 'lock SIGNALED detach store TIMESTAMP trace cb cb2 unlock';

/** The part of a fence's story that is about its signal. */
function signalStory(run: Run): string {
  const { changes } = run.environment.find('f.watch', FenceWatch);
  const flag = changes.findIndex(({ kind }) => kind === 'SIGNALED');
  const last = changes.findIndex(({ kind, detail }) => kind === 'call' && detail === 'cb2');
  const first = flag > 0 && changes[flag - 1]?.kind === 'lock' ? flag - 1 : flag;
  const part = changes.slice(Math.max(0, first), last + 2);
  return part.map(({ kind, detail }) => (detail === '' ? kind : detail)).join(' ');
}

/** A look at the flag, then the lock: everything has happened. */
function settled(run: Run): string | null {
  const result = run.resultOf('B', 'fence.settle');
  if (result === 'pending') return null;
  if (result === 'early stamped 1' || result === 'late stamped 1') return null;
  return `after the flag and the lock: ${String(result)}`;
}

const WATCHED = `f = fence.create(); watch.fence(f); cb = probe.create(); cb2 = probe.create()
  fence.addCallback(f, cb); fence.addCallback(f, cb2)`;

/** Properties of the one transition of a fence, and of what can be seen of it. */
export const SIGNAL_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-027'],
    plan: `Of all attempts to signal exactly one returns 0, the others -EINVAL, without effect.
      - two and three signallers: plain, timestamped, locked; tasks and an interrupt
      - a second signal from the same task`,
    programs: [
      program('signal-signal', {
        setup: 'f = fence.create(); watch.fence(f)',
        tasks: { A: 'fence.signal(f)', B: 'fence.signalTimestamp(f, 7)' },
      }),
      program('signal-signal-irq', {
        setup: 'f = fence.create(); watch.fence(f)',
        tasks: {
          A: 'fence.signalLocked(f)',
          B: 'fence.signalTimestamp(f, 7)',
          'irq@A': 'fence.signal(f)',
        },
      }),
      program('signal-again', {
        setup: 'f = fence.create(); watch.fence(f)',
        tasks: { A: 'fence.signalTimestamp(f, 7); fence.signalTimestamp(f, 9)' },
      }),
    ],
    forbids: ['refinement', 'deadlock'],
    holds: oneWinner,
    witness: {
      byA: reached((run) => isWonBy(run, 'A')),
      byB: reached((run) => isWonBy(run, 'B')),
      byInterrupt: reached((run) => isWonBy(run, 'irq')),
    },
    faults: ['fence-027-loser-returns-0', 'fence-027-loser-stamps', 'fence-027-test-then-set'],
  }),
  property({
    rules: ['FENCE-028'],
    plan: `NULL cannot be signaled: -EINVAL from both unlocked variants, and no complaint.`,
    programs: [
      program('signal-null', {
        setup: 'f = fence.create()',
        tasks: {
          A: `fences.signal(null); fences.signalTimestamp(null, 7)
              fences.signal(f); fences.signalTimestamp(f, 7)`,
        },
      }),
    ],
    forbids: ['warn', 'bug'],
    holds: (run) => answered(run, 'A', '-22 | -22 | 0 | -22'),
    witness: { refused: reached((run) => run.resultOf('A', 'fences.signal') === -22) },
    faults: ['fence-028-null-is-done', 'fence-028-null-warns'],
  }),
  property({
    rules: ['FENCE-029'],
    plan: `Flag, list, timestamp, its flag, trace point, callbacks: in this order under one hold.
      - a look after every step at a signal with two callbacks, alone and beside another task
      - both ways to signal`,
    programs: [
      program('effects', { setup: WATCHED, tasks: { A: 'fence.signal(f)' } }),
      program('effects-timestamp', { setup: WATCHED, tasks: { A: 'fence.signalTimestamp(f, 7)' } }),
      program('effects-beside', {
        setup: WATCHED,
        tasks: { A: 'fence.signal(f)', B: 'fence.getStatus(f)' },
      }),
    ],
    forbids: ['refinement', 'lock-misuse'],
    holds: (run) => same('effects', signalStory(run), EFFECTS),
    witness: {
      alone: reached((run) => run.program.name === 'effects' && signalStory(run) === EFFECTS),
      statusBefore: reached((run) => run.resultOf('B', 'fence.getStatus') === 0),
      statusAfter: reached((run) => run.resultOf('B', 'fence.getStatus') === 1),
    },
    faults: [
      'fence-013-early-timestamp',
      'fence-029-stamped-flag-first',
      'fence-029-two-holds',
      'fence-029-trace-last',
    ],
  }),
  property({
    rules: ['FENCE-030'],
    plan: `Who sees SIGNALED without a lock sees the final error.
      - an error, then the signal; readers in two tasks
      - an error that the issuer stores while it is being armed
      - the error of an array's child`,
    programs: [
      program('error-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.setError(f, -5); fence.signal(f)', B: 'fence.errorIfSignaled(f)' },
      }),
      program('error-arming', {
        setup: 'f = fence.create(enable: failing)',
        tasks: { A: 'fence.enableSwSignaling(f)', B: 'fence.errorIfSignaled(f)' },
      }),
      program('error-array', {
        setup: `c = fence.create(); fence.get(c); f = array.create([c])
                fence.setError(c, -5); fence.enableSwSignaling(f)`,
        tasks: { A: 'fence.signal(c)', B: 'fence.errorIfSignaled(f)' },
      }),
    ],
    holds: (run) => {
      const seen = run.resultOf('B', 'fence.errorIfSignaled');
      return seen === 'pending' ? null : same('error', seen, -5);
    },
    witness: {
      pending: reached((run) => run.resultOf('B', 'fence.errorIfSignaled') === 'pending', 3),
      seen: reached((run) => run.resultOf('B', 'fence.errorIfSignaled') === -5, 3),
    },
    faults: ['fence-030-error-after-flag'],
  }),
  property({
    rules: ['FENCE-031'],
    plan: `After the flag alone callbacks may be outstanding; after the lock, too, nothing is.
      - the selftest's way to wait for a callback, against a task and an interrupt that signal`,
    programs: [
      program('settle', {
        setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
        tasks: { A: 'fence.signal(f)', B: 'fence.settle(f, cb)' },
      }),
      program('settle-irq', {
        setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
        tasks: { irq: 'fence.signal(f)', B: 'fence.settle(f, cb)' },
      }),
    ],
    holds: settled,
    witness: {
      flagBeforeCallback: reached((run) => isSettled(run, 'early'), 2),
      callbackBeforeFlag: reached((run) => isSettled(run, 'late'), 2),
    },
    faults: ['fence-031-callbacks-after-unlock', 'fence-031-only-flag-locked'],
  }),
];

function isSettled(run: Run, word: string): boolean {
  return String(run.resultOf('B', 'fence.settle')).startsWith(word);
}
