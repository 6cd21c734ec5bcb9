import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldLock } from './lockdep.ts';
import { LockScene } from './lockdep-scene.ts';
import type { PseudoLock } from './pseudo-lock.ts';
import { World } from './world.ts';

let scene: LockScene;

beforeEach(() => {
  scene = new LockScene();
});

const lock = (name: string): PseudoLock => scene.lock(name);
const take = (...ways: readonly HeldLock[]): void => scene.take(...ways);
const as: LockScene['as'] = (...call) => scene.as(...call);

describe('circular dependencies', () => {
  test('two locks in both orders are one, though nobody ever waited', () => {
    as('A', () => take(lock('a'), lock('b')));
    as('B', () => take(lock('b'), lock('a')));
    expect(scene.report).toEqual([
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
    expect(scene.report).toEqual([
      'possible circular locking dependency: D takes a while holding d',
      'a -> b first in A, call 1, by b under a',
      'b -> c first in A, call 2, by c under b',
      'c -> d first in C, call 1, by d under c',
    ]);
  });

  test('what was taught at boot says so, and is known before anything is taken', () => {
    scene.world.lockdep.teachAtBoot(() =>
      scene.world.lockdep.teach([lock('a'), lock('b'), lock('c')]),
    );
    as('A', () => take(lock('c'), lock('a')));
    expect(scene.report).toEqual([
      'possible circular locking dependency: A takes a while holding c',
      'a -> b first at boot',
      'b -> c first at boot',
    ]);
  });

  test('one order is none, and nothing is said after the first report', () => {
    as('A', () => take(lock('a'), lock('b'), lock('c')));
    as('B', () => take(lock('a'), lock('c')));
    expect(scene.report).toEqual([]);
    as('C', () => take(lock('c'), lock('a')));
    as('D', () => take(lock('b'), lock('a')));
    expect(scene.report).toEqual([
      'possible circular locking dependency: C takes a while holding c',
      'a -> c first in B, call 1, by c under a',
    ]);
    expect(scene.world.lockdep.isSilent).toBe(true);
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
    expect(scene.report).toEqual([
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
    expect(scene.report).toEqual(['possible recursive locking: A holds a and takes a']);
  });

  test('a subclass is a class of its own, with its own order', () => {
    as('A', () => take(lock('a'), lock('a').nested(1)));
    expect(scene.report).toEqual([]);
    as('B', () => take(lock('a').nested(1), lock('a')));
    expect(scene.report).toEqual([
      'possible circular locking dependency: B takes a while holding a (a/1)',
      'a -> a/1 first in A, call 1, by a under a',
    ]);
  });

  test('who holds the nest lock may take several, and learns the order from the first', () => {
    const [nest, inner] = [lock('nest'), lock('a')];
    as('A', () => {
      nest.enter();
      scene.world.lockdep.attempt(inner, false, nest);
      scene.world.current.held.push(inner);
      scene.world.lockdep.attempt(inner, false, nest);
      scene.world.current.held.push(inner);
      inner.leave();
      inner.leave();
      nest.leave();
    });
    expect(scene.report).toEqual([]);
    as('B', () => take(inner, nest));
    expect(scene.report[1]).toBe('nest -> a first in A, call 1, by a under nest');
  });

  test('a nest lock that is not held, or taken too late, helps nobody', () => {
    as('A', () => scene.world.lockdep.attempt(lock('a'), false, lock('nest')));
    expect(scene.report).toEqual(['nested lock not held: A takes a under nest']);
    scene = new LockScene();
    as('A', () => {
      lock('a').enter();
      lock('nest').enter();
      scene.world.lockdep.attempt(lock('a'), false, lock('nest'));
    });
    expect(scene.report).toEqual(['possible recursive locking: A holds a and takes a']);
  });

  test('who gives back what it does not hold is told so', () => {
    as('A', () => lock('a').leave());
    expect(scene.report).toEqual(['bad unlock balance: A does not hold a']);
  });
});

describe('tries', () => {
  test('a try comes behind nothing, and others come behind it', () => {
    as('A', () => take(lock('a'), lock('b').tried));
    as('B', () => take(lock('b'), lock('a')));
    expect(scene.report).toEqual([]);
    as('C', () => take(lock('a'), lock('c').tried, lock('d')));
    as('D', () => take(lock('d'), lock('c')));
    expect(scene.report[1]).toBe('c -> d first in C, call 1, by d under c');
  });

  test('what was held before a try comes before what is taken behind it', () => {
    as('A', () => take(lock('a'), lock('b').tried, lock('c')));
    as('B', () => take(lock('c'), lock('a')));
    expect(scene.report[1]).toBe('a -> c first in A, call 1, by c under a');
  });

  test('the same where the try is for a share, as signalling sections are', () => {
    as('A', () => take(lock('a'), lock('b').sharedTried, lock('c')));
    as('B', () => take(lock('c'), lock('a')));
    expect(scene.report[1]).toBe('a -> c first in A, call 1, by c under a');
  });

  test('an interrupt that only tries makes nothing unsafe', () => {
    as('A', () => take(lock('a')));
    as('irq', () => take(lock('a').tried), 'hardirq');
    expect(scene.report).toEqual([]);
  });

  test('what is held by a try, with interrupts on, is open to them', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => {
      scene.world.lockdep.tried(lock('a').tried, false);
    });
    expect(scene.report[0]).toMatch(
      /^inconsistent lock state: a .* \{IN-HARDIRQ-W\} -> \{HARDIRQ-ON-W\}$/,
    );
  });
});

describe('shared locks', () => {
  test('readers that wait for writers are part of a cycle', () => {
    as('A', () => take(lock('a').shared, lock('b')));
    as('B', () => take(lock('b'), lock('a').shared));
    expect(scene.report[0]).toBe(
      'possible circular locking dependency: B takes a (shared) while holding b',
    );
  });

  test('recursive readers wait for nobody who reads', () => {
    as('A', () => take(lock('a').recursive, lock('b')));
    as('B', () => take(lock('b'), lock('a').recursive));
    expect(scene.report).toEqual([]);
    as('C', () => take(lock('b'), lock('a')));
    expect(scene.report[0]).toBe('possible circular locking dependency: C takes a while holding b');
  });

  test('a path that comes to a class as a recursive reader stops at those who share it', () => {
    as('A', () => take(lock('a'), lock('b').recursive));
    as('B', () => take(lock('b').recursive, lock('c')));
    as('C', () => take(lock('c'), lock('a')));
    expect(scene.report).toEqual([]);
    as('D', () => take(lock('b'), lock('c')));
    expect(scene.report).toEqual([
      'possible circular locking dependency: D takes c while holding b',
      'c -> a first in C, call 1, by a under c',
      'a -> b first in A, call 1, by b under a',
    ]);
  });

  test('a recursive reader does not wait for who reads, and takes what excludes it', () => {
    as('A', () => take(lock('a'), lock('b').recursive));
    as('B', () => take(lock('b').shared, lock('a')));
    expect(scene.report).toEqual([]);
  });

  test('an order that was seen among readers first is known among writers later', () => {
    as('A', () => take(lock('a').shared, lock('b').recursive));
    as('A', () => take(lock('a'), lock('b')));
    as('B', () => take(lock('b').shared, lock('a')));
    expect(scene.report[0]).toBe(
      'possible circular locking dependency: B takes a while holding b (shared)',
    );
  });

  test('a class that a search came to as a reader is looked at again when it comes as a writer', () => {
    as('A', () => take(lock('a'), lock('b').recursive));
    as('B', () => take(lock('a'), lock('c')));
    as('C', () => take(lock('c'), lock('b')));
    as('D', () => take(lock('b').shared, lock('d')));
    as('E', () => take(lock('d'), lock('a')));
    expect(scene.report.slice(1)).toEqual([
      'a -> c first in B, call 1, by c under a',
      'c -> b first in C, call 1, by b under c',
      'b -> d first in D, call 1, by d under b',
    ]);
  });

  test('a recursive reader may read once more, a plain one may not', () => {
    as('A', () => take(lock('a').recursive, lock('a').recursive));
    expect(scene.report).toEqual([]);
    as('A', () => take(lock('a').shared, lock('a').shared));
    expect(scene.report).toEqual([
      'possible recursive locking: A holds a (shared) and takes a (shared)',
    ]);
  });
});

test('without lock proving nothing is taught, and reclaim is not looked at', () => {
  const blind = new World({ lockProving: false });
  blind.memory.mightAllocate('GFP_KERNEL');
  expect(blind.lockdep.classOf('fs_reclaim').usage).toBe(0);
});
