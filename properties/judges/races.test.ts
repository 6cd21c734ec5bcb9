import { beforeEach, describe, expect, test } from 'vitest';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Cell } from '../../impl/kernel/cell.ts';
import { RaceScene } from './race-scene.ts';

let scene: RaceScene;
let box: RaceScene['box'];

function boot(): void {
  scene = new RaceScene();
  ({ box } = scene);
}

beforeEach(() => boot());

const pause = (): KernelTask<void> => scene.pause();
const writes = (): KernelTask<void> => scene.writes();
const reads = (): KernelTask<void> => scene.reads();

describe('nothing orders', () => {
  test('a plain write and a plain read: both places are named', () => {
    expect(scene.inTurn(writes, reads)).toEqual([
      'data race on box: A: plain write of word at step 1, and B: plain read of word at step 2',
    ]);
    const [finding] = scene.judge.finish();
    expect(finding?.judge).toBe('races');
    expect(finding?.step).toBe(2);
  });

  test('a plain read and a later plain write', () => {
    expect(scene.inTurn(reads, writes)).toHaveLength(1);
  });

  test('two plain reads: no race', () => {
    expect(scene.inTurn(reads, reads)).toEqual([]);
  });

  test('a marked access and a plain one, either way round', () => {
    const peeks = function* (): KernelTask<void> {
      yield* pause();
      box.relaxed.readStable();
    };
    const stores = function* (): KernelTask<void> {
      yield* box.relaxed.write(1);
    };
    expect(scene.inTurn(stores, peeks)).toEqual([
      'data race on box: A: once write of relaxed at step 1, and B: plain read of relaxed at step 2',
    ]);
    boot();
    expect(scene.inTurn(peeks, stores)).toHaveLength(1);
    boot();
    expect(
      scene.inTurn(
        function* () {
          yield* box.peeked.write(1);
        },
        function* () {
          yield* pause();
          box.word.get();
        },
      ),
    ).toEqual([]);
  });

  test('two marked accesses: no race', () => {
    const stores = function* (): KernelTask<void> {
      yield* box.relaxed.write(1);
    };
    expect(scene.inTurn(stores, pause, stores)).toEqual([]);
  });

  test('two additions to a list; a look at whether it is empty may come without the lock', () => {
    const adds = function* (): KernelTask<void> {
      yield* pause();
      box.list.push(box);
    };
    const looks = function* (): KernelTask<void> {
      yield* pause();
      box.list.isEmpty();
    };
    const walks = function* (): KernelTask<void> {
      yield* pause();
      box.list.copy();
    };
    expect(scene.inTurn(adds, looks)).toEqual([]);
    boot();
    expect(scene.inTurn(adds, walks)).toHaveLength(1);
    boot();
    expect(scene.inTurn(adds, adds)).toHaveLength(1);
  });

  test('a bit that is set with a plain word beside one that is set atomically', () => {
    const sets = function* (): KernelTask<void> {
      yield* box.bits.set(1);
    };
    const owns = function* (): KernelTask<void> {
      yield* pause();
      box.bits.setOwned(2);
    };
    const asks = function* (): KernelTask<void> {
      yield* box.bits.test(2);
    };
    expect(scene.inTurn(sets, owns)).toHaveLength(1);
    boot();
    expect(scene.inTurn(owns, asks)).toEqual([]);
  });

  test('one finding about a field is enough, and another field is another finding', () => {
    const both = function* (): KernelTask<void> {
      yield* pause();
      box.word.set(1);
      box.other.set(1);
    };
    expect(scene.inTurn(both, both, both)).toHaveLength(2);
  });
});

describe('locks', () => {
  const spinning = function* (): KernelTask<void> {
    yield* box.spin.acquire();
    box.word.set(1);
    box.spin.release();
  };
  const sleeping = function* (): KernelTask<void> {
    yield* box.mutex.acquire();
    box.word.set(1);
    box.mutex.release();
  };

  test('a lock that is handed over orders', () => {
    expect(scene.inTurn(spinning, spinning, spinning)).toEqual([]);
    boot();
    expect(scene.inTurn(sleeping, sleeping)).toEqual([]);
  });

  test('two different locks do not', () => {
    expect(scene.inTurn(spinning, sleeping)).toHaveLength(1);
  });

  test('what comes behind the release is not ordered', () => {
    const late = function* (): KernelTask<void> {
      yield* box.spin.acquire();
      box.spin.release();
      box.word.set(1);
    };
    expect(scene.inTurn(late, spinning)).toHaveLength(1);
    boot();
    // What comes behind the acquire of the second one is, since it releases afterwards.
    expect(scene.inTurn(spinning, late)).toEqual([]);
  });
});

describe('releases and acquires', () => {
  const publishes = (cell: () => Cell) =>
    function* (): KernelTask<void> {
      yield* pause();
      box.word.set(1);
      yield* cell().write(1);
    };
  const follows = (cell: () => Cell) =>
    function* (): KernelTask<void> {
      yield* cell().read();
      box.word.get();
    };

  test('a release and a later acquire of the same field order', () => {
    expect(
      scene.inTurn(
        publishes(() => box.flag),
        follows(() => box.flag),
      ),
    ).toEqual([]);
  });

  test('an acquire that comes too early orders nothing', () => {
    const writer = scene.task(
      'A',
      publishes(() => box.flag),
    );
    const reader = scene.task(
      'B',
      follows(() => box.flag),
    );
    scene.run(reader);
    scene.run(writer);
    expect(scene.messages).toHaveLength(1);
  });

  test('accesses that are only marked order nothing', () => {
    expect(
      scene.inTurn(
        publishes(() => box.relaxed),
        follows(() => box.relaxed),
      ),
    ).toHaveLength(1);
  });

  describe('a test of a bit that was set atomically', () => {
    const works = function* (): KernelTask<void> {
      yield* pause();
      box.word.set(1);
      yield* signals.bits.set(1);
    };
    const worksUnordered = function* (): KernelTask<void> {
      yield* signals.bits.test(2);
      box.word.set(1);
      signals.bits.setOwned(1);
    };
    const frees = function* (): KernelTask<void> {
      yield* signals.bits.test(1);
      scene.world.memory.free(box);
    };
    let signals: RaceScene['box'];
    beforeEach(() => {
      signals = scene.another();
    });

    test('is enough to free what it tells of', () => {
      expect(scene.inTurn(works, frees)).toEqual([]);
    });

    test('is not, when it comes too early', () => {
      const freer = scene.task('B', function* () {
        yield* signals.bits.test(1);
        yield* signals.relaxed.read();
        scene.world.memory.free(box);
      });
      scene.run(freer, 1);
      scene.run(scene.task('A', works));
      scene.run(freer);
      expect(scene.messages).toHaveLength(1);
    });

    test('is not, when the bit is set without an order', () => {
      expect(scene.inTurn(worksUnordered, frees)).toEqual([
        'data race on box: A: plain write of word at step 1, and B: free at step 2',
      ]);
    });

    test('is not enough to read or to write it: that may be done early', () => {
      const touches = function* (): KernelTask<void> {
        yield* signals.bits.test(1);
        box.word.get();
      };
      expect(scene.inTurn(works, touches)).toHaveLength(1);
    });

    test('is enough to pass it on', () => {
      const passes = function* (): KernelTask<void> {
        yield* signals.bits.test(1);
        yield* signals.flag.write(1);
      };
      const takes = function* (): KernelTask<void> {
        yield* signals.flag.read();
        box.word.get();
      };
      expect(scene.inTurn(works, passes, takes)).toEqual([]);
    });
  });

  test('a plain store where a release belongs is itself a race with who acquires', () => {
    const acquires = function* (): KernelTask<void> {
      yield* box.peeked.compareExchange(1, 0);
      box.word.get();
    };
    expect(
      scene.inTurn(
        publishes(() => box.peeked),
        acquires,
      ),
    ).toEqual([
      'data race on box: A: plain write of peeked at step 2, and B: full write of peeked at step 3',
      'data race on box: A: plain write of word at step 1, and B: plain read of word at step 3',
    ]);
  });

  test('order is passed on by a third task', () => {
    const passes = function* (): KernelTask<void> {
      yield* box.flag.read();
      yield* box.bits.set(1);
    };
    const ends = function* (): KernelTask<void> {
      yield* box.bits.testAndSet(1);
      box.word.get();
    };
    expect(
      scene.inTurn(
        publishes(() => box.flag),
        passes,
        ends,
      ),
    ).toEqual([]);
  });

  test('an atomic operation releases and acquires', () => {
    const swaps = function* (): KernelTask<void> {
      yield* box.flag.fetchAdd(1);
      box.word.set(1);
      yield* box.flag.fetchAdd(1);
    };
    expect(scene.inTurn(swaps, swaps)).toEqual([]);
  });
});
