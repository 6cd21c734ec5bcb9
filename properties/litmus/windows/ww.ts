import { litmus, type Litmus, outcome, type WrittenLitmus } from '../litmus.ts';
import { results } from '../observables.ts';

/** One mutex, which is taken without a context. */
const MUTEX = 'k = ww.class(wait-die); a = ww.mutex(k)';

/** Mutexes of one kind, and two contexts: x is older than y. */
const mutexes = (algorithm: string): string =>
  `${MUTEX.replace('wait-die', algorithm)}; b = ww.mutex(k); c = ww.mutex(k); d = ww.mutex(k)
    x = ww.prepare(k); y = ww.prepare(k)`;

/** A with x takes a, then b; B with y takes b, then a, and looks at its context. */
const CROSSING = {
  A: `ww.enter(x); ww.lock(a, x); ww.lock(b, x); ww.unlock(a); ww.unlock(b); ww.fini(x)`,
  B: `ww.enter(y); ww.lock(b, y); ww.lock(a, y); ww.look(y); ww.leave(a); ww.unlock(b)
    ww.fini(y)`,
};

const RETRIES = {
  A: `ww.enter(x); ww.lockAll([a, b], x); ww.unlockAll([a, b]); ww.fini(x)`,
  B: `ww.enter(y); ww.lockAll([b, a], y); ww.unlockAll([b, a]); ww.fini(y)`,
};

const TWO = 'stamp 2, 2 acquired';
const ONE = 'stamp 2, 1 acquired';

/** What a reader sees of the word and of the lock, from one step of the holder to the next. */
const STAGES = ['0 false', '1 false', '1 true', '2 true', '2 false', '3 false'] as const;

/** A look at the word, one at the lock, and one more at the word, at any stages in this order. */
function threeLooks(): readonly string[] {
  const stages = [...STAGES.keys()];
  const word = (stage: number): string => STAGES[stage]?.split(' ')[0] ?? '';
  const lock = (stage: number): string => STAGES[stage]?.split(' ')[1] ?? '';
  const texts = stages.flatMap((first) =>
    stages
      .slice(first)
      .flatMap((second) =>
        stages.slice(second).map((third) => `${word(first)} ${lock(second)} ${word(third)}`),
      ),
  );
  return [...new Set(texts)];
}

/** A reservation is locked and unlocked between stores that a reader sees in this order. */
function lockedBetween(call: 'lock' | 'lockInterruptible' | 'trylock'): Litmus {
  const result = call === 'trylock' ? 'true' : '0';
  return litmus({
    name: `reader-${call.toLowerCase()}`,
    window: 'RW-14',
    setup: 'r = resv.create(); w = word.create(0)',
    tasks: {
      A: `word.writeRelease(w, 1); resv.${call}(r); word.writeRelease(w, 2); resv.unlock(r)
        word.writeRelease(w, 3)`,
      B: 'word.readAcquire(w); resv.isLocked(r); word.readAcquire(w)',
    },
    sees: [results],
    outcomes: threeLooks().map((text) =>
      outcome(`A ${result}; B ${text}`, ['RESV-005', 'WW-055'], 'each look at a stage of its own'),
    ),
  });
}

/** They have more schedules than can be run one by one. */
function wide(written: Omit<WrittenLitmus, 'sees'>): Litmus {
  return litmus({ ...written, sees: [results], isWide: true });
}

/** Wound/wait mutexes: transactions that cross, and a mutex that several want at once. */
export const WW_LITMUS: readonly Litmus[] = [
  lockedBetween('lock'),
  lockedBetween('lockInterruptible'),
  lockedBetween('trylock'),
  litmus({
    name: 'reader-context',
    window: 'RW-14',
    setup: 'r = resv.create(); x = ww.prepare()',
    tasks: {
      A: 'ww.enter(x); resv.lock(r, x); resv.unlock(r); ww.fini(x)',
      B: 'resv.lockingContext(r); resv.lockingContext(r)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B none none', ['RESV-005'], 'before it is published, or when it is taken out'),
      outcome('A 0; B none x', ['RESV-005', 'WW-006'], 'published between the looks'),
      outcome('A 0; B x x', ['RESV-005'], 'published, and not taken out'),
      outcome('A 0; B x none', ['RESV-005', 'WW-037'], 'taken out between the looks'),
    ],
  }),
  wide({
    name: 'crossing',
    window: 'RW-12',
    setup: mutexes('wait-die'),
    tasks: CROSSING,
    outcomes: [
      outcome(`A 0 0; B 0 0 ${TWO}`, ['WW-006', 'WW-016'], 'one of them was through before'),
      outcome(`A 0 0; B 0 -EDEADLK ${ONE}`, ['WW-015', 'WW-020'], 'the younger one gives way'),
    ],
  }),
  wide({
    name: 'crossing-with-retry',
    window: 'RW-12',
    setup: mutexes('wait-die'),
    tasks: RETRIES,
    outcomes: [
      outcome('A false; B false', ['WW-010', 'WW-016'], 'nobody had to back off'),
      outcome('A false; B true', ['WW-015', 'WW-031', 'WW-051'], 'the younger one waits for a'),
    ],
  }),
  wide({
    name: 'crossing',
    window: 'RW-13',
    setup: mutexes('wound-wait'),
    tasks: CROSSING,
    outcomes: [
      outcome(`A 0 0; B 0 0 ${TWO}`, ['WW-006', 'WW-024'], 'one of them was through before'),
      outcome(`A 0 0; B 0 -EDEADLK ${ONE}, wounded`, ['WW-022', 'WW-026'], 'wounded, it gives way'),
    ],
  }),
  wide({
    // Only who holds something wounds: with a third mutex it can do so when the other has both.
    name: 'crossing-with-a-third',
    window: 'RW-13',
    setup: mutexes('wound-wait'),
    tasks: {
      A: `ww.enter(x); ww.lock(c, x); ww.lock(a, x); ww.lock(b, x); ww.unlock(c); ww.unlock(a)
        ww.unlock(b); ww.fini(x)`,
      B: CROSSING.B,
    },
    outcomes: [
      outcome(`A 0 0 0; B 0 0 ${TWO}`, ['WW-006', 'WW-024'], 'one of them was through before'),
      outcome(`A 0 0 0; B 0 0 ${TWO}, wounded`, ['WW-025'], 'it has both and goes on, wounded'),
      outcome(`A 0 0 0; B 0 -EDEADLK ${ONE}, wounded`, ['WW-022', 'WW-026'], 'it gives way'),
    ],
  }),
  wide({
    name: 'crossing-with-retry',
    window: 'RW-13',
    setup: mutexes('wound-wait'),
    tasks: RETRIES,
    outcomes: [
      outcome('A false; B false', ['WW-024', 'WW-025'], 'nobody had to back off'),
      outcome('A false; B true', ['WW-022', 'WW-031', 'WW-051'], 'the younger one waits for a'),
    ],
  }),
  wide({
    name: 'publish-queue',
    window: 'RW-14',
    setup: mutexes('wait-die'),
    tasks: {
      A: 'ww.enter(x); ww.lock(a, x); task.sleep(10); ww.count(a); ww.unlock(a); ww.fini(x)',
      B: 'ww.enter(y); ww.lock(c, y); ww.lock(a, y); ww.leave(a); ww.unlock(c); ww.fini(y)',
    },
    outcomes: [
      outcome('A 0 0; B 0 0', ['WW-006'], 'it was first, and has left'),
      outcome(
        'A 0 0; B 0 -EDEADLK',
        ['WW-015', 'WW-020'],
        'it sees the context, or the holder sees that somebody waits: it never sleeps on',
      ),
    ],
  }),
  wide({
    name: 'publish-wound',
    window: 'RW-14',
    setup: mutexes('wound-wait'),
    tasks: {
      A: 'ww.enter(x); ww.lock(c, x); ww.lock(a, x); ww.unlock(a); ww.unlock(c); ww.fini(x)',
      B: 'ww.enter(y); ww.lock(a, y); task.sleep(10); ww.look(y); ww.unlock(a); ww.fini(y)',
    },
    outcomes: [
      outcome(`A 0 0; B 0 ${ONE}`, ['WW-024'], 'the older one was first'),
      outcome(`A 0 0; B 0 ${ONE}, wounded`, ['WW-022', 'WW-027'], 'one of the two wounds'),
    ],
  }),
  wide({
    name: 'unlock-newcomer',
    window: 'RW-15',
    setup: MUTEX,
    tasks: {
      A: 'ww.lock(a); task.sleep(10); ww.unlock(a)',
      B: 'task.sleep(5); ww.lock(a); task.sleep(10); ww.unlock(a)',
      C: 'task.sleep(10); ww.trylock(a); ww.leave(a)',
    },
    outcomes: [
      outcome('A 0; B 0; C true', ['WW-041'], 'the newcomer wins; the waiter sleeps on'),
      outcome('A 0; B 0; C false', ['WW-034', 'WW-040'], 'too early, or the waiter wins'),
    ],
  }),
  wide({
    name: 'hand-off-newcomer',
    window: 'RW-15',
    setup: MUTEX,
    tasks: {
      A: 'ww.lock(a); task.sleep(10); task.wake(B); task.sleep(5); ww.unlock(a)',
      B: 'task.sleep(5); ww.lock(a); task.sleep(20); ww.unlock(a)',
      C: 'task.sleep(15); ww.trylock(a); ww.leave(a)',
    },
    outcomes: [
      outcome('A 0; B 0; C false', ['WW-042'], 'it is handed to the waiter, and free for nobody'),
    ],
  }),
  wide({
    name: 'unlock-signal-kill',
    window: 'RW-16',
    setup: mutexes('wait-die'),
    tasks: {
      A: 'ww.lock(a); task.sleep(10); ww.unlock(a)',
      // Behind the window all sleep, so that nothing there goes on beside it.
      B: `ww.enter(y); ww.lock(c, y); task.sleep(5); ww.lockInterruptible(a, y)
        task.sleep(10); ww.leave(a); ww.unlock(c); ww.fini(y)`,
      C: 'ww.enter(x); task.sleep(10); ww.lock(a, x); task.sleep(10); ww.unlock(a); ww.fini(x)',
      D: 'task.sleep(10); task.interrupt(B)',
    },
    outcomes: [
      outcome('A 0; B 0 0; C 0', ['WW-012'], 'the mutex was to be had when it looked'),
      outcome('A 0; B 0 -EINTR; C 0', ['WW-012', 'WW-013'], 'it was not, and a signal was there'),
      outcome('A 0; B 0 -EDEADLK; C 0', ['WW-012', 'WW-019'], 'an older one, and no signal yet'),
    ],
  }),
  wide({
    name: 'wound-free',
    window: 'RW-17',
    setup: mutexes('wound-wait'),
    tasks: {
      A: 'ww.enter(x); ww.lock(c, x); ww.lock(a, x); ww.unlock(a); ww.unlock(c); ww.fini(x)',
      B: `ww.enter(y); ww.lock(a, y); ww.lock(d, y); ww.look(y); ww.unlock(d); ww.unlock(a)
        ww.fini(y)`,
    },
    outcomes: [
      outcome(`A 0 0; B 0 0 ${TWO}`, ['WW-024'], 'nobody asked in time'),
      outcome(`A 0 0; B 0 0 ${TWO}, wounded`, ['WW-025'], 'wounded before it, after it, or during'),
    ],
  }),
];
