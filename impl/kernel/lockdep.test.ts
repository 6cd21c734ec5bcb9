import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldLock } from './lockdep.ts';
import { PseudoLock } from './pseudo-lock.ts';
import type { Task, TaskContext } from './task.ts';
import { World } from './world.ts';

let world: World;
let tasks: Map<string, Task>;
let locks: Map<string, PseudoLock>;

beforeEach(() => {
  world = new World();
  tasks = new Map();
  locks = new Map();
});

function lock(name: string): PseudoLock {
  const known = locks.get(name) ?? new PseudoLock(world, name);
  locks.set(name, known);
  return known;
}

/** Lets a task of the world run one call: interrupts run with interrupts off. */
function as(name: string, body: () => void, context: TaskContext = 'process'): void {
  const task = tasks.get(name) ?? world.addTask(name, undefined, context);
  tasks.set(name, task);
  world.current = task;
  task.beginCall();
  task.cpu.irqsEnabled = context !== 'hardirq';
  body();
  task.cpu.irqsEnabled = true;
}

/** Takes these in turn, and gives them back. */
function take(...ways: readonly HeldLock[]): void {
  for (const way of ways) lockOf(way).enter(way);
  for (const way of ways.toReversed()) lockOf(way).leave(way);
}

function lockOf(way: HeldLock): PseudoLock {
  const found = [...locks.values()].find((one) => one === way || one === way.base);
  if (found === undefined) throw new Error(`no lock for ${way.label}`);
  return found;
}

/** What was reported, clause by clause. */
function report(): readonly string[] {
  expect(world.violations.length).toBeLessThanOrEqual(1);
  return world.violations.flatMap(({ message }) => message.split('; '));
}

function withIrqsOff(body: () => void): void {
  const { cpu } = world.current;
  cpu.irqsEnabled = false;
  body();
  cpu.irqsEnabled = true;
}

describe('circular dependencies', () => {
  test('two locks in both orders are one, though nobody ever waited', () => {
    as('A', () => take(lock('a'), lock('b')));
    as('B', () => take(lock('b'), lock('a')));
    expect(report()).toEqual([
      'possible circular locking dependency: B takes a while holding b',
      'a -> b first in A, call 1, by b under a',
    ]);
  });

  test('the shortest chain is shown, each step with the place where it was seen first', () => {
    as('A', () => take(lock('a'), lock('b')));
    as('A', () => take(lock('a'), lock('b'), lock('c')));
    as('B', () => take(lock('b'), lock('c')));
    as('C', () => take(lock('c'), lock('d')));
    as('D', () => take(lock('d'), lock('a')));
    expect(report()).toEqual([
      'possible circular locking dependency: D takes a while holding d',
      'a -> b first in A, call 1, by b under a',
      'b -> c first in A, call 2, by c under b',
      'c -> d first in C, call 1, by d under c',
    ]);
  });

  test('what was taught at boot says so, and is known before anything is taken', () => {
    world.lockdep.teachAtBoot(() => world.lockdep.teach([lock('a'), lock('b'), lock('c')]));
    as('A', () => take(lock('c'), lock('a')));
    expect(report()).toEqual([
      'possible circular locking dependency: A takes a while holding c',
      'a -> b first at boot',
      'b -> c first at boot',
    ]);
  });

  test('one order is none, and nothing is said after the first report', () => {
    as('A', () => take(lock('a'), lock('b'), lock('c')));
    as('B', () => take(lock('a'), lock('c')));
    expect(report()).toEqual([]);
    as('C', () => take(lock('c'), lock('a')));
    as('D', () => take(lock('b'), lock('a')));
    expect(report()).toEqual([
      'possible circular locking dependency: C takes a while holding c',
      'a -> c first in B, call 1, by c under a',
    ]);
    expect(world.lockdep.isSilent).toBe(true);
  });

  test('a lock that is given back in between orders nothing', () => {
    as('A', () => {
      lock('a').enter();
      lock('b').enter();
      lock('a').leave();
      lock('c').enter();
      lock('c').leave();
      lock('b').leave();
    });
    as('B', () => take(lock('c'), lock('a')));
    expect(report()).toEqual([
      // Through b: while it was held, c was taken, and a before it.
      'possible circular locking dependency: B takes a while holding c',
      'a -> b first in A, call 1, by b under a',
      'b -> c first in A, call 1, by c under b',
    ]);
  });
});

describe('recursion and nesting', () => {
  test('two locks of a class are one too many', () => {
    as('A', () => take(lock('a'), lock('a')));
    expect(report()).toEqual(['possible recursive locking: A holds a and takes a']);
  });

  test('a subclass is a class of its own, with its own order', () => {
    as('A', () => take(lock('a'), lock('a').nested(1)));
    expect(report()).toEqual([]);
    as('B', () => take(lock('a').nested(1), lock('a')));
    expect(report()).toEqual([
      'possible circular locking dependency: B takes a while holding a (a/1)',
      'a -> a/1 first in A, call 1, by a under a',
    ]);
  });

  test('who holds the nest lock may take several, and learns the order from the first', () => {
    const [nest, inner] = [lock('nest'), lock('a')];
    as('A', () => {
      nest.enter();
      world.lockdep.attempt(inner, false, nest);
      world.current.held.push(inner);
      world.lockdep.attempt(inner, false, nest);
      world.current.held.push(inner);
      inner.leave();
      inner.leave();
      nest.leave();
    });
    expect(report()).toEqual([]);
    as('B', () => take(inner, nest));
    expect(report()[1]).toBe('nest -> a first in A, call 1, by a under nest');
  });

  test('a nest lock that is not held, or taken too late, helps nobody', () => {
    as('A', () => world.lockdep.attempt(lock('a'), false, lock('nest')));
    expect(report()).toEqual(['nested lock not held: A takes a under nest']);
    world = new World();
    locks.clear();
    tasks.clear();
    as('A', () => {
      lock('a').enter();
      lock('nest').enter();
      world.lockdep.attempt(lock('a'), false, lock('nest'));
    });
    expect(report()).toEqual(['possible recursive locking: A holds a and takes a']);
  });

  test('who gives back what it does not hold is told so', () => {
    as('A', () => lock('a').leave());
    expect(report()).toEqual(['bad unlock balance: A does not hold a']);
  });
});

describe('tries', () => {
  test('a try comes behind nothing, and others come behind it', () => {
    as('A', () => take(lock('a'), lock('b').tried));
    as('B', () => take(lock('b'), lock('a')));
    expect(report()).toEqual([]);
    as('C', () => take(lock('a'), lock('c').tried, lock('d')));
    as('D', () => take(lock('d'), lock('c')));
    expect(report()[1]).toBe('c -> d first in C, call 1, by d under c');
  });

  test('what was held before a try comes before what is taken behind it', () => {
    as('A', () => take(lock('a'), lock('b').tried, lock('c')));
    as('B', () => take(lock('c'), lock('a')));
    expect(report()[1]).toBe('a -> c first in A, call 1, by c under a');
  });

  test('an interrupt that only tries makes nothing unsafe', () => {
    as('A', () => take(lock('a')));
    as('irq', () => take(lock('a').tried), 'hardirq');
    expect(report()).toEqual([]);
  });

  test('what is held by a try, with interrupts on, is open to them', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => {
      world.lockdep.tried(lock('a').tried, false);
    });
    expect(report()[0]).toMatch(
      /^inconsistent lock state: a .* \{IN-HARDIRQ-W\} -> \{HARDIRQ-ON-W\}$/,
    );
  });
});

describe('shared locks', () => {
  test('readers that wait for writers are part of a cycle', () => {
    as('A', () => take(lock('a').shared, lock('b')));
    as('B', () => take(lock('b'), lock('a').shared));
    expect(report()[0]).toBe(
      'possible circular locking dependency: B takes a (shared) while holding b',
    );
  });

  test('recursive readers wait for nobody who reads', () => {
    as('A', () => take(lock('a').recursive, lock('b')));
    as('B', () => take(lock('b'), lock('a').recursive));
    expect(report()).toEqual([]);
    as('C', () => take(lock('b'), lock('a')));
    expect(report()[0]).toBe('possible circular locking dependency: C takes a while holding b');
  });

  test('a path that comes to a class as a recursive reader stops at those who share it', () => {
    as('A', () => take(lock('a'), lock('b').recursive));
    as('B', () => take(lock('b').recursive, lock('c')));
    as('C', () => take(lock('c'), lock('a')));
    expect(report()).toEqual([]);
    as('D', () => take(lock('b'), lock('c')));
    expect(report()).toEqual([
      'possible circular locking dependency: D takes c while holding b',
      'c -> a first in C, call 1, by a under c',
      'a -> b first in A, call 1, by b under a',
    ]);
  });

  test('a recursive reader may read once more, a plain one may not', () => {
    as('A', () => take(lock('a').recursive, lock('a').recursive));
    expect(report()).toEqual([]);
    as('A', () => take(lock('a').shared, lock('a').shared));
    expect(report()).toEqual([
      'possible recursive locking: A holds a (shared) and takes a (shared)',
    ]);
  });
});

describe('contexts', () => {
  test('a lock of hard interrupts is held with them enabled: either way round', () => {
    as('A', () => take(lock('a')));
    as('irq', () => take(lock('a')), 'hardirq');
    expect(report()).toEqual([
      'inconsistent lock state: a is taken in hard interrupts, and also with them enabled: ' +
        '{HARDIRQ-ON-W} -> {IN-HARDIRQ-W}',
      'a {HARDIRQ-ON-W} first in A, call 1, by a',
      'a {IN-HARDIRQ-W} first in irq, call 1, by a',
    ]);
  });

  test('soft interrupts find what tasks hold, and nothing that is held with interrupts off', () => {
    as('A', () => withIrqsOff(() => take(lock('a'))));
    as('soft', () => take(lock('a')), 'softirq');
    expect(report()).toEqual([]);
    as('A', () => take(lock('a')));
    expect(report()).toEqual([
      'inconsistent lock state: a is taken in soft interrupts, and also with them enabled: ' +
        '{IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W}',
      'a {IN-SOFTIRQ-W} first in soft, call 1, by a',
      'a {SOFTIRQ-ON-W} first in A, call 2, by a',
    ]);
  });

  test('a soft interrupt may be interrupted by a hard one', () => {
    as('soft', () => take(lock('a')), 'softirq');
    as('irq', () => take(lock('a')), 'hardirq');
    expect(report()[0]).toMatch(/\{HARDIRQ-ON-W\} -> \{IN-HARDIRQ-W\}$/);
  });

  test('two who share do not wait for each other, one who excludes does', () => {
    as('A', () => take(lock('a').shared));
    as('irq', () => take(lock('a').shared), 'hardirq');
    expect(report()).toEqual([]);
    as('A', () => take(lock('a')));
    expect(report()[0]).toMatch(/\{IN-HARDIRQ-R\} -> \{HARDIRQ-ON-W\}$/);
  });

  test('enabling interrupts opens everything that is held', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => {
      world.current.cpu.irqsEnabled = false;
      lock('a').enter();
      world.current.cpu.irqsEnabled = true;
      world.lockdep.irqsOn(world.current);
      lock('a').leave();
    });
    expect(report()[0]).toMatch(/\{IN-HARDIRQ-W\} -> \{HARDIRQ-ON-W\}$/);
  });

  test('a safe lock leads to an unsafe one: by a new dependency', () => {
    as('irq', () => take(lock('safe')), 'hardirq');
    as('A', () => take(lock('unsafe')));
    as('B', () => withIrqsOff(() => take(lock('between'), lock('unsafe'))));
    as('C', () => withIrqsOff(() => take(lock('safe'), lock('between'))));
    expect(report()).toEqual([
      'hardirq-safe -> hardirq-unsafe lock order: C takes between while holding safe',
      'safe is hardirq-safe, and leads to unsafe, which is not',
      'safe {IN-HARDIRQ-W} first in irq, call 1, by safe',
      'safe -> between first in C, call 1, by between under safe',
      'between -> unsafe first in B, call 1, by unsafe under between',
      'unsafe {HARDIRQ-ON-W} first in A, call 1, by unsafe',
    ]);
  });

  test('a safe lock leads to an unsafe one: by a new use of either', () => {
    as('A', () => withIrqsOff(() => take(lock('safe'), lock('unsafe'))));
    as('soft', () => withIrqsOff(() => take(lock('safe'))), 'softirq');
    expect(report()).toEqual([]);
    as('B', () => take(lock('unsafe')));
    expect(report()).toEqual([
      'possible irq lock inversion dependency: B uses unsafe',
      'safe is softirq-safe, and leads to unsafe, which is not',
      'safe {IN-SOFTIRQ-W} first in soft, call 1, by safe',
      'safe -> unsafe first in A, call 1, by unsafe under safe',
      'unsafe {SOFTIRQ-ON-W} first in B, call 1, by unsafe',
    ]);
  });
});

describe('reclaim', () => {
  /** A lock that reclaim takes must not be held by one who asks for memory. */
  function reclaimTakes(name: string): void {
    as('kswapd', () => {
      world.memory.reclaim.enter();
      take(lock(name));
      world.memory.reclaim.leave();
    });
  }

  test('a lock that reclaim takes is held while memory is asked for', () => {
    reclaimTakes('a');
    as('A', () => {
      lock('a').enter();
      world.memory.mightAllocate('GFP_KERNEL');
    });
    expect(report()).toEqual([
      'possible circular locking dependency: A takes fs_reclaim while holding a',
      'fs_reclaim -> a first in kswapd, call 1, by a under fs_reclaim',
    ]);
  });

  test('not without calls into filesystems, nor where nobody reclaims', () => {
    reclaimTakes('a');
    as('A', () => {
      lock('a').enter();
      world.memory.mightAllocate('GFP_NOFS');
      world.memory.mightAllocate('GFP_NOIO');
      world.memory.mightAllocate('GFP_NOWAIT');
      world.memory.mightAllocate('GFP_ATOMIC');
      world.memory.mightAllocate('GFP_KERNEL|__GFP_NOLOCKDEP');
    });
    expect(report()).toEqual([]);
  });
});

test('without lock proving nothing is taught, and reclaim is not looked at', () => {
  const blind = new World({ lockProving: false });
  blind.memory.mightAllocate('GFP_KERNEL');
  expect(blind.lockdep.classOf('fs_reclaim').usage).toBe(0);
});
