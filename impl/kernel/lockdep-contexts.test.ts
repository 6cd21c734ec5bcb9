import { beforeEach, describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import type { HeldLock } from './lockdep.ts';
import { LockScene } from './lockdep-scene.ts';
import { KernelObject } from './object.ts';
import type { PseudoLock } from './pseudo-lock.ts';
import { SpinLock } from './spinlock.ts';

let scene: LockScene;

beforeEach(() => {
  scene = new LockScene();
});

const lock = (name: string): PseudoLock => scene.lock(name);
const take = (...ways: readonly HeldLock[]): void => scene.take(...ways);
const as: LockScene['as'] = (...call) => scene.as(...call);

class Owner extends KernelObject {
  visitState(): void {
    // It has nothing but its locks.
  }
}

/** Runs what does not have to wait for anybody, as the task that runs. */
function alone<T>(body: KernelTask<T>): T {
  for (;;) {
    const next = body.next();
    if (next.done === true) return next.value;
  }
}

function* both(outer: SpinLock, inner: SpinLock): KernelTask<void> {
  yield* outer.acquire();
  yield* inner.acquire();
  inner.release();
  outer.release();
}

describe('contexts', () => {
  test('a lock of hard interrupts is held with them enabled: either way round', () => {
    as('A', () => take(lock('a')));
    as('irq', () => take(lock('a')), 'hardirq');
    expect(scene.report).toEqual([
      'inconsistent lock state: a is taken in hard interrupts, and also with them enabled: ' +
        '{HARDIRQ-ON-W} -> {IN-HARDIRQ-W}',
      'a {HARDIRQ-ON-W} first in A, call 1, by a',
      'a {IN-HARDIRQ-W} first in irq, call 1, by a',
    ]);
  });

  test('soft interrupts find what tasks hold, and nothing that is held with interrupts off', () => {
    as('A', () => scene.withIrqsOff(() => take(lock('a'))));
    as('soft', () => take(lock('a')), 'softirq');
    expect(scene.report).toEqual([]);
    as('A', () => take(lock('a')));
    expect(scene.report).toEqual([
      'inconsistent lock state: a is taken in soft interrupts, and also with them enabled: ' +
        '{IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W}',
      'a {IN-SOFTIRQ-W} first in soft, call 1, by a',
      'a {SOFTIRQ-ON-W} first in A, call 2, by a',
    ]);
  });

  test('a soft interrupt may be interrupted by a hard one', () => {
    as('soft', () => take(lock('a')), 'softirq');
    as('irq', () => take(lock('a')), 'hardirq');
    expect(scene.report[0]).toMatch(/\{HARDIRQ-ON-W\} -> \{IN-HARDIRQ-W\}$/);
  });

  test('two who share do not wait for each other, one who excludes does', () => {
    as('A', () => take(lock('a').shared));
    as('irq', () => take(lock('a').shared), 'hardirq');
    expect(scene.report).toEqual([]);
    as('A', () => take(lock('a')));
    expect(scene.report[0]).toMatch(/\{IN-HARDIRQ-R\} -> \{HARDIRQ-ON-W\}$/);
  });

  test('enabling interrupts opens everything that is held', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => {
      scene.world.current.cpu.irqsEnabled = false;
      lock('a').enter();
      scene.world.current.cpu.irqsEnabled = true;
      scene.world.lockdep.irqsOn(scene.world.current);
      lock('a').leave();
    });
    expect(scene.report[0]).toMatch(/\{IN-HARDIRQ-W\} -> \{HARDIRQ-ON-W\}$/);
  });

  test('also what was taken first', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => {
      scene.world.current.cpu.irqsEnabled = false;
      lock('a').enter();
      lock('b').enter();
      scene.world.current.cpu.irqsEnabled = true;
      scene.world.lockdep.irqsOn(scene.world.current);
      lock('b').leave();
      lock('a').leave();
    });
    expect(scene.report[0]).toMatch(/^inconsistent lock state: a .*\{HARDIRQ-ON-W\}$/);
  });

  test('an interrupt that excludes others finds what is held shared', () => {
    as('A', () => take(lock('a').shared));
    as('irq', () => take(lock('a')), 'hardirq');
    expect(scene.report[0]).toMatch(/\{HARDIRQ-ON-R\} -> \{IN-HARDIRQ-W\}$/);
  });

  test('a lock that is taken and given back at once has been held, too', () => {
    as('irq', () => lock('a').pass(), 'hardirq');
    as('A', () => lock('a').pass());
    expect(scene.report[0]).toMatch(/^inconsistent lock state: a .*\{HARDIRQ-ON-W\}$/);
  });

  test('interrupts that are off already are off for what is taken without a word about them', () => {
    as('irq', () => take(lock('a')), 'hardirq');
    as('A', () => scene.withIrqsOff(() => scene.world.lockdep.attempt(lock('a'), false)));
    expect(scene.report).toEqual([]);
  });

  test('a spinlock that gives interrupts back opens what is held besides, and not itself', () => {
    const owner = new Owner(scene.world, 'owner');
    const [outer, inner] = [new SpinLock(owner, 'outer', 'o'), new SpinLock(owner, 'inner', 'i')];
    as('irq', () => alone(both(outer, inner)), 'hardirq');
    as('A', () => alone(inner.acquireIrq()));
    as('A', () => inner.releaseIrq());
    as('A', () => inner.releaseIrqrestore(alone(inner.acquireIrqsave())));
    expect(scene.report).toEqual([]);
    as('A', () => {
      alone(outer.acquireIrqsave());
      alone(inner.acquireIrq());
      inner.releaseIrq();
    });
    expect(scene.report[0]).toMatch(/^inconsistent lock state: o is .*HARDIRQ-ON-W\}$/);
  });

  test('a safe lock leads to an unsafe one: by a new dependency', () => {
    as('irq', () => take(lock('safe')), 'hardirq');
    as('A', () => take(lock('unsafe')));
    as('B', () => scene.withIrqsOff(() => take(lock('between'), lock('unsafe'))));
    as('C', () => scene.withIrqsOff(() => take(lock('safe'), lock('between'))));
    expect(scene.report).toEqual([
      'hardirq-safe -> hardirq-unsafe lock order: C takes between while holding safe',
      'safe is hardirq-safe, and leads to unsafe, which is not',
      'safe {IN-HARDIRQ-W} first in irq, call 1, by safe',
      'safe -> between first in C, call 1, by between under safe',
      'between -> unsafe first in B, call 1, by unsafe under between',
      'unsafe {HARDIRQ-ON-W} first in A, call 1, by unsafe',
    ]);
  });

  test('a safe lock leads to an unsafe one: also where it was only shared', () => {
    as('irq', () => take(lock('safe')), 'hardirq');
    as('A', () => scene.withIrqsOff(() => take(lock('safe').recursive, lock('unsafe'))));
    expect(scene.report).toEqual([]);
    as('B', () => take(lock('unsafe')));
    expect(scene.report.slice(0, 2)).toEqual([
      'possible irq lock inversion dependency: B uses unsafe',
      'safe is hardirq-safe, and leads to unsafe, which is not',
    ]);
  });

  test('a safe lock leads to an unsafe one: by a new use of either', () => {
    as('A', () => scene.withIrqsOff(() => take(lock('safe'), lock('unsafe'))));
    as('soft', () => scene.withIrqsOff(() => take(lock('safe'))), 'softirq');
    expect(scene.report).toEqual([]);
    as('B', () => take(lock('unsafe')));
    expect(scene.report).toEqual([
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
      scene.world.memory.reclaim.enter();
      take(lock(name));
      scene.world.memory.reclaim.leave();
    });
  }

  test('a lock that reclaim takes is held while memory is asked for', () => {
    reclaimTakes('a');
    as('A', () => {
      lock('a').enter();
      scene.world.memory.mightAllocate('GFP_KERNEL');
    });
    expect(scene.report).toEqual([
      'possible circular locking dependency: A takes fs_reclaim while holding a',
      'fs_reclaim -> a first in kswapd, call 1, by a under fs_reclaim',
    ]);
  });

  test('notifiers are called inside of reclaim', () => {
    as('A', () => {
      lock('a').enter();
      scene.world.memory.mightAllocate('GFP_KERNEL');
      lock('a').leave();
    });
    as('B', () => {
      scene.world.memory.notifier.enter();
      scene.world.memory.reclaim.enter();
    });
    expect(scene.report[1]).toMatch(/^fs_reclaim -> mmu_notifier\S* first in A, call 1/);
  });

  test('not without calls into filesystems, nor where nobody reclaims', () => {
    reclaimTakes('a');
    as('A', () => {
      lock('a').enter();
      scene.world.memory.mightAllocate('GFP_NOFS');
      scene.world.memory.mightAllocate('GFP_NOIO');
      scene.world.memory.mightAllocate('GFP_NOWAIT');
      scene.world.memory.mightAllocate('GFP_ATOMIC');
      scene.world.memory.mightAllocate('GFP_KERNEL|__GFP_NOLOCKDEP');
    });
    expect(scene.report).toEqual([]);
  });
});
