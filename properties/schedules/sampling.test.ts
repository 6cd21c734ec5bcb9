import { describe, expect, test } from 'vitest';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Access } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';
import { BareSubject } from '../explore/bare-subject.ts';
import { runUnder } from '../explore/drive.ts';
import type { Runner } from '../explore/guard.ts';
import { sample, SAMPLE_BATCH } from '../explore/sample.ts';
import type { Execution } from '../explore/subject.ts';
import { PctStrategy } from './pct.ts';
import { areRacing, PosStrategy } from './pos.ts';
import { RandomStrategy } from './random.ts';
import type { Strategy } from './strategy.ts';

class Words extends KernelObject {
  readonly x: Cell = new Cell(this, 'x', 0);
  readonly y: Cell = new Cell(this, 'y', 0);
  /** The tasks, one letter for each step, in the order in which they made them. */
  order = '';

  visitState(visit: StateVisitor): void {
    visit('x', this.x.value);
    visit('y', this.y.value);
  }
}

/** What each task does, as one letter for each write: `yyx`. */
type Sketch = Readonly<Record<string, string>>;

/** Runs tasks that only write, and says in which order they did. */
function subjectOf(sketch: Sketch, ended: (order: string) => void): BareSubject {
  return new BareSubject((world: World) => {
    const words = new Words(world, 'words');
    for (const [name, writes] of Object.entries(sketch)) {
      world.addTask(name).start(body(words, name, writes));
    }
    world.observe({
      stepped: () => {
        if (words.order.length === Object.values(sketch).join('').length) ended(words.order);
      },
    });
  });
}

function* body(words: Words, name: string, writes: string): KernelTask<void> {
  for (const letter of writes) {
    yield* letter === 'x' ? words.x.write(1) : words.y.write(1);
    words.order += name;
  }
}

/** How many of the strategies, each with a seed of its own, show such an order. */
function count(
  sketch: Sketch,
  runs: number,
  strategy: (seed: number) => Strategy,
  isCounted: (order: string) => boolean,
): number {
  let found = 0;
  const subject = subjectOf(sketch, (order) => {
    if (isCounted(order)) found += 1;
  });
  for (let seed = 0; seed < runs; seed += 1) runUnder(subject, strategy(seed));
  return found;
}

describe('PCT', () => {
  const LONG = 'yyyyyyyyyy';

  test('without change points every task runs to its end', () => {
    const isWhole = (order: string): boolean => /^(A*B*|B*A*)$/.test(order);
    const pct = (seed: number): Strategy => new PctStrategy(seed, 1, 20);
    expect(count({ A: LONG, B: LONG }, 500, pct, isWhole)).toBe(500);
    const unknown = (seed: number): Strategy => new PctStrategy(seed, 4, 0);
    expect(count({ A: LONG, B: LONG }, 500, unknown, isWhole)).toBe(500);
  });

  test('finds what needs two constraints as often as it promises', () => {
    const steps = LONG.length + 1;
    // B comes between the last two steps of A, at one single place of many.
    const isHit = (order: string): boolean => order === 'AAAAAAAAABA';
    const pct = (seed: number): Strategy => new PctStrategy(seed, 2, steps);
    const runs = 4000;
    const promised = runs / (2 * steps);
    // For this one schedule the promise is what is to be expected, not less.
    const hits = count({ A: LONG, B: 'y' }, runs, pct, isHit);
    expect(hits / promised).toBeGreaterThan(0.9);
    expect(hits / promised).toBeLessThan(1.1);
  });

  test('the drops come in any order: who dropped first may be the last one', () => {
    const sketch = { A: 'yyy', B: 'yyy', C: 'yyy' };
    const pct = (seed: number): Strategy => new PctStrategy(seed, 3, 9);
    const runs = 12_000;
    // One order of three priorities, and one place for each of the two drops.
    const expected = runs / (6 * 9 * 9);
    for (const wanted of ['ABCCCAABB', 'ABCCCBBAA']) {
      const hits = count(sketch, runs, pct, (order) => order === wanted);
      expect(hits / expected, wanted).toBeGreaterThan(0.7);
      expect(hits / expected, wanted).toBeLessThan(1.3);
    }
  });

  test('learns from earlier runs how long a run is', () => {
    const orders: string[] = [];
    const subject = subjectOf({ A: LONG, B: 'y' }, (order) => orders.push(order));
    const runs = SAMPLE_BATCH + 1;
    const { steps, isStopped } = sample(
      (strategy) => runUnder(subject, strategy),
      { kind: 'pct', runs, seed: 1, depth: 2 },
      () => true,
    );
    expect({ steps, isStopped }).toEqual({ steps: runs * 11, isStopped: false });
    const isCut = orders.map((order) => /^A+BA+$/.test(order));
    // The first of each batch knows nothing, and so has no change point.
    expect([isCut[0], isCut[SAMPLE_BATCH]]).toEqual([false, false]);
    expect(isCut.filter(Boolean).length).toBeGreaterThan(10);
  });
});

describe('POS', () => {
  const pos = (seed: number): Strategy => new PosStrategy(seed);
  const RUNS = 4000;

  test('meets a late access before an early one, however much does not race before it', () => {
    const sketch = { A: 'yyyyyyyyyx', B: 'x' };
    const isLate = (order: string): boolean => order.endsWith('B');
    const random = (seed: number): Strategy => new RandomStrategy(seed);
    // A walk has to choose A ten times; here one low priority is enough.
    expect(count(sketch, RUNS, random, isLate)).toBeLessThan(RUNS / 400);
    expect(count(sketch, RUNS, pos, isLate)).toBeGreaterThan(RUNS / 15);
  });

  test('what races draws again, and what does not keeps its priority', () => {
    const isLast = (order: string): boolean => order === 'AAAB';
    // Against three accesses in turn with fresh numbers: an eighth. With one number: a quarter.
    const racing = count({ A: 'xxx', B: 'x' }, RUNS, pos, isLast);
    expect(racing / RUNS).toBeGreaterThan(0.11);
    expect(racing / RUNS).toBeLessThan(0.14);
    const apart = count({ A: 'yyy', B: 'x' }, RUNS, pos, isLast);
    expect(apart / RUNS).toBeGreaterThan(0.23);
    expect(apart / RUNS).toBeLessThan(0.27);
  });

  test('knows which accesses race', () => {
    const [here, there] = [{ label: 'here' }, { label: 'there' }];
    const read = new Access('read', 'once', here, 'x', 'read');
    const write = new Access('write', 'once', here, 'x', 'write');
    expect(areRacing(read, write)).toBe(true);
    expect(areRacing(write, write)).toBe(true);
    expect(areRacing(read, read)).toBe(false);
    expect(areRacing(write, new Access('write', 'once', there, 'x', 'write'))).toBe(false);
    expect(areRacing(write, new Access('write', 'once', here, 'y', 'write'))).toBe(false);
    expect(areRacing(write, new Access('wait', 'once', here, '', 'schedule'))).toBe(true);
    expect(areRacing(write, new Access('local', 'plain', here, 'x', 'enter'))).toBe(false);
  });
});

test('a visitor ends sampling, and equal seeds give equal runs', () => {
  const sketch = { A: 'xyx', B: 'xyx', C: 'yxy' };
  for (const kind of ['random', 'pos'] as const) {
    const ordersOf = (seed: number): string[] => {
      const orders: string[] = [];
      const subject = subjectOf(sketch, (order) => orders.push(order));
      sample(
        (strategy) => runUnder(subject, strategy),
        { kind, runs: 20, seed },
        () => true,
      );
      return orders;
    };
    expect(ordersOf(3)).toEqual(ordersOf(3));
    expect(ordersOf(3)).not.toEqual(ordersOf(4));
    expect(ordersOf(3).slice(1)).toEqual(ordersOf(4).slice(0, -1));
    const subject = subjectOf(sketch, () => undefined);
    const run: Runner<Execution> = (strategy) => runUnder(subject, strategy);
    const stopped = sample(run, { kind, runs: 20, seed: 1 }, () => false);
    expect(stopped).toEqual({ runs: 1, steps: 9, isStopped: true });
  }
});
