import { FenceWatch } from '../../programs/fence-watch.ts';
import { type CallSight, Probe } from '../../programs/probe.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { byProgram, firstOf, same } from './evidence.ts';

const probe = (run: Run, name = 'cb'): Probe => run.environment.find(`${name}.probe`, Probe);

const SIGNALS = new Set(['fence.signal', 'fence.signalTimestamp', 'fence.signalLocked']);

/** One call of `cb`, in the winner's context, with the right arguments, under the lock. */
function calledProperly(run: Run): string | null {
  const winner = run.calls.find(({ call, result }) => SIGNALS.has(call.op) && result === 0);
  const { sights } = probe(run);
  const sight: CallSight | undefined = sights[0];
  return firstOf(
    same('calls', sights.length, 1),
    same('task', sight?.task, winner?.task),
    same('fence', sight?.fence === run.environment.fence('f'), true),
    same('its own node', sight?.isOwnNode, true),
    same('interrupts on', sight?.irqsEnabled, false),
    same('lock held', sight?.isLocked, true),
    same('SIGNALED', sight?.isSignaled, true),
    same('returned', probe(run).returned, 1),
  );
}

/** Who was woken or called by the signal, in order: sleepers by task, callbacks by name. */
function actualOrder(run: Run): string {
  const names = new Map<unknown, string>();
  for (const { object, name, task } of run.sightings) {
    if (name === 'add') names.set(object, object.alias ?? task);
  }
  const runs = run.sightings.filter(({ name }) => name === 'run');
  return runs.map(({ object }) => names.get(object) ?? 'nobody').join(' ');
}

/** Who is on the list when the signal comes: the latest sleeper first, callbacks as added. */
function expectedOrder(run: Run): string {
  const sleepers: string[] = [];
  const callbacks: string[] = [];
  const fence = run.environment.fence('f');
  let node = '';
  for (const { object, name, task, result } of run.sightings) {
    if (name === 'add') node = object.alias ?? task;
    if (object !== fence) continue;
    if (name === 'signal') break;
    if (name === 'wait.link') sleepers.unshift(task);
    if (name === 'addCallback' && result === 0) callbacks.push(node);
  }
  return [...sleepers, ...callbacks].join(' ');
}

/** What a callback may do to its own fence, with what it must get. */
const HARMLESS: Readonly<Record<string, string>> = {
  'inside-add': '-2',
  'inside-poll': 'true',
  'inside-deadline': 'null',
};

function inside(does: string, target = ''): Program {
  const action = target === '' ? does : `${does}, ${target}`;
  return program(`inside-${does}`, {
    setup: `f = fence.create(deadline: true); other = callback.create()
            cb = probe.create(${action}); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.signal(f)' },
    mayBlock: ['A'],
  });
}

function isStuck(run: Run): boolean {
  return run.blocked.some(({ task }) => task === 'A');
}

function insideRule(run: Run): string | null {
  const { name } = run.program;
  const expected = HARMLESS[name];
  if (expected === undefined) return isStuck(run) ? null : `${name} does not lock up`;
  if (isStuck(run) || run.violations.length > 0) return `${name} takes the lock`;
  return same(name, String(probe(run).results[0]), expected);
}

/** The fence was released, and not with its own lock held. */
function releasedUnlocked(name: string): (run: Run) => string | null {
  return (run) => {
    const release = run.environment.find(`${name}.watch`, FenceWatch).first('release');
    if (release === undefined) return 'the fence is never released';
    return release.detail === '' ? null : `${release.task} releases it with its lock held`;
  };
}

/** Properties of the circumstances in which callbacks are called, and of what they may do. */
export const CALLBACK_CONTEXT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-032'],
    plan: `An added callback is called once, by the winner, with fence and node, under the lock.
      - two and three signallers, of which one is an interrupt; the callback takes a step`,
    programs: [
      program('called-once', {
        setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
        tasks: { A: 'fence.signal(f)', B: 'fence.signalTimestamp(f, 7)' },
      }),
      program('called-once-irq', {
        setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
        tasks: { A: 'fence.signalLocked(f)', 'irq@A': 'fence.signal(f)', B: 'fence.signal(f)' },
      }),
    ],
    forbids: ['refinement', 'lock-misuse'],
    holds: calledProperly,
    witness: {
      byTask: reached((run) => probe(run).sights[0]?.task === 'B'),
      byInterrupt: reached((run) => probe(run).sights[0]?.task === 'irq'),
    },
    faults: [
      'fence-031-callbacks-after-unlock',
      'fence-032-by-worker',
      'fence-032-twice',
      'fence-032-never',
    ],
  }),
  property({
    rules: ['FENCE-033'],
    plan: `A node is unlinked before its function runs, and never touched after that began.
      - the function adds its node to another fence, which signals at once or later
      - the function frees its node`,
    programs: [
      program('readd', {
        setup: `f = fence.create(); g = fence.create(); cb = probe.create(readd, g)
                fence.addCallback(f, cb)`,
        tasks: { A: 'fence.signal(f); fence.signal(g)' },
      }),
      program('readd-race', {
        setup: `f = fence.create(); g = fence.create(); cb = probe.create(readd, g)
                fence.addCallback(f, cb)`,
        tasks: { A: 'fence.signal(f)', B: 'fence.signal(g)' },
        teardown: 'fence.signal(g)',
      }),
      program('free-in-callback', {
        setup: 'f = fence.create(); cb = probe.create(free); fence.addCallback(f, cb)',
        tasks: { A: 'fence.signal(f)' },
      }),
    ],
    // Both fences have locks of one class: a driver that did this would tell the lock prover.
    allows: ['lockdep'],
    forbids: ['use-after-free', 'bug', 'refinement'],
    holds: (run) => {
      const { sights, results } = probe(run);
      const accepted = run.program.name !== 'free-in-callback' && results[0] === 0;
      return firstOf(
        same(
          'linked when called',
          sights.some(({ isLinked }) => isLinked),
          false,
        ),
        same('calls', sights.length, accepted ? 2 : 1),
      );
    },
    witness: {
      calledTwice: reached((run) => probe(run).sights.length === 2, 2),
      refused: reached((run) => probe(run).results[0] === -2),
      freed: reached((run) => probe(run).node.freedBy !== null),
    },
    faults: ['fence-033-unlinked-afterwards', 'fence-033-looks-back'],
  }),
  property({
    rules: ['FENCE-034'],
    plan: `Sleepers are woken first, the latest first of all; then callbacks as they were added.
      - two sleepers, two callbacks, in every order; one waiter for any of two fences`,
    programs: [
      program('wake-order', {
        setup: `f = fence.create(); cb = probe.create(); cb2 = probe.create()
                fence.addCallback(f, cb)`,
        tasks: {
          W: 'fence.wait(f)',
          X: 'fence.wait(f)',
          A: 'fence.addCallback(f, cb2); fence.signal(f)',
        },
      }),
      program('wake-order-any', {
        setup: 'f = fence.create(); g = fence.create(); cb = probe.create()',
        tasks: {
          W: 'fence.waitAny([f, g])',
          X: 'fence.wait(f)',
          A: 'fence.addCallback(f, cb); fence.signal(f)',
        },
      }),
    ],
    // One schedule of each class, and so all: what the claim looks at is under one lock.
    schedules: [{ kind: 'dpor', runsMax: 3000 }],
    forbids: ['refinement'],
    holds: (run) => same('order', actualOrder(run), expectedOrder(run)),
    witness: {
      latestFirst: reached((run) => actualOrder(run) === 'X W cb cb2'),
      otherOrder: reached((run) => actualOrder(run) === 'W X cb cb2'),
      anyBehind: reached((run) => actualOrder(run) === 'X cb W'),
      anyBetween: reached((run) => actualOrder(run) === 'X W cb'),
    },
    faults: ['fence-034-callbacks-reversed', 'fence-034-sleepers-behind'],
  }),
  property({
    rules: ['FENCE-035'],
    plan: `In a callback nothing may take the fence's lock; what needs none works.
      - an add is refused, a poll is true, a deadline does nothing: without the lock
      - status, removal, enabling, signals and waits lock up`,
    programs: [
      inside('add', 'other'),
      inside('poll'),
      inside('deadline'),
      inside('status'),
      inside('remove', 'cb'),
      inside('enable'),
      inside('signal'),
      inside('signalTimestamp'),
      inside('wait'),
    ],
    // What must lock up is part of the claim; so is that the rest must not.
    allows: ['lockdep', 'deadlock', 'sleep-in-atomic'],
    holds: insideRule,
    witness: {
      stuck: reached(isStuck, 6),
      harmless: reached((run) => run.isOver, 3),
    },
    faults: [
      'fence-035-add-locks',
      'fence-035-poll-locks',
      'fence-035-deadline-locks',
      'fence-035-signal-looks-first',
    ],
  }),
  property({
    rules: ['FENCE-036'],
    plan: `A signaller's reference outlives the callbacks: no release under the fence's own lock.
      - the callback drops the last other reference; the signaller then drops its own
      - an array's interrupt work, a timeline and a poll signal; the callback drops the last
        outside reference`,
    programs: [
      program('callback-puts', {
        setup: `f = fence.create(); fence.get(f); watch.fence(f); cb = probe.create(put, f)
                fence.addCallback(f, cb)`,
        tasks: { A: 'fence.signal(f); fence.put(f)' },
      }),
      program('callback-puts-array', {
        setup: `c = fence.create(); fence.get(c); a = array.create([c]); watch.fence(a)
                cb = probe.create(put, a); fence.addCallback(a, cb)`,
        tasks: { A: 'fence.signal(c)' },
      }),
      program('callback-puts-point', {
        setup: `p = fence.createPoint(1); watch.fence(p); cb = probe.create(put, p)
                fence.addCallback(p, cb)`,
        tasks: { A: 'point.advance(p, 1)' },
      }),
      program('poller-signals', {
        setup: `f = fence.create(signaled: hardware); fence.get(f); watch.fence(f)
                cb = probe.create(put, f); fence.addCallback(f, cb); hardware.finish(f)`,
        tasks: { A: 'fence.isSignaled(f); fence.put(f)' },
      }),
    ],
    forbids: ['use-after-free', 'refcount', 'refinement', 'deadlock', 'lockdep'],
    holds: byProgram({
      'callback-puts': releasedUnlocked('f'),
      'callback-puts-array': releasedUnlocked('a'),
      'callback-puts-point': releasedUnlocked('p'),
      'poller-signals': releasedUnlocked('f'),
    }),
    witness: { putInside: reached((run) => probe(run).returned === 1, 4) },
    faults: [
      'fence-036-array-puts-first',
      'fence-036-signal-gives-away',
      'fence-036-timeline-borrows',
    ],
  }),
];
