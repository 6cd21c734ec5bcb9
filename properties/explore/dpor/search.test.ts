import { describe, expect, test } from 'vitest';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';
import { BareSubject } from '../bare-subject.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import type { Dependency } from '../steps/dependency.ts';
import {
  draw,
  type Drawn,
  DrawnSubject,
  FLAVOURS,
  type Line,
  type Lines,
  outcomesOfAll,
} from '../drawn.ts';
import { type DporCounts, exploreClasses } from './search.ts';

const RUNS_MAX = 3000;

class Counter extends KernelObject {
  private readonly count: Cell;

  constructor(world: World) {
    super(world, 'counter');
    this.count = new Cell(this, 'count', 0);
  }

  *forEver(): KernelTask<void> {
    for (;;) yield* this.count.fetchAdd(1);
  }

  visitState(visit: StateVisitor): void {
    visit('count', this.count.value);
  }
}

interface Found {
  readonly outcomes: ReadonlySet<string>;
  readonly counts: DporCounts;
}

function classesOf(drawn: Drawn, dependency?: Dependency): Found {
  const outcomes = new Set<string>();
  const counts = exploreClasses(new DrawnSubject(drawn), {
    runsMax: RUNS_MAX,
    ...(dependency === undefined ? {} : { dependency }),
    visit: (run) => {
      outcomes.add(run.outcome);
      return true;
    },
  });
  return { outcomes, counts };
}

function program(...tasks: readonly Lines[]): Drawn {
  return {
    tasks: tasks.map((lines, cpu) => ({ cpu, isIrq: false, lines })),
    failuresMax: 0,
    interruptionsMax: 0,
    time: 'discrete',
    memory: 'sc',
  };
}

const read = (on: number): Line => ({ does: 'read', on });
const write = (on: number): Line => ({ does: 'write', on });
const locked = (on: number, ...lines: Lines): Line => ({ does: 'mutex', on, lines });

/** How many runs a program takes: to the end, and given up. */
function runsOf(drawn: Drawn): readonly [number, number] {
  const { explored, redundant, isFinished, surprises } = classesOf(drawn).counts;
  expect(isFinished).toBe(true);
  expect(surprises).toBe(0);
  return [explored, redundant];
}

/** Who waits for ever, in each of the outcomes. */
function endsOf(outcomes: ReadonlySet<string>): readonly string[] {
  return [...outcomes].map((outcome) => outcome.split(' | ')[2] ?? '').toSorted();
}

describe('one run of each class', () => {
  test('tasks that have nothing in common need one run', () => {
    expect(runsOf(program([write(0), write(0)], [write(1), read(1)]))).toEqual([1, 0]);
  });

  test('two readers and a writer: each reader is before or behind it', () => {
    expect(runsOf(program([read(0)], [write(0)], [read(0)]))).toEqual([4, 0]);
  });

  test('three writers have six orders', () => {
    expect(runsOf(program([write(0)], [write(0)], [write(0)]))).toEqual([6, 0]);
  });

  test('a lock is taken in each order, though it is held in between', () => {
    const holder = [locked(0, read(1))];
    expect(runsOf(program(holder, holder))).toEqual([2, 0]);
    expect(runsOf(program(holder, holder, holder))).toEqual([6, 0]);
  });

  test('a lock that is never given back keeps others from going first only in one order', () => {
    const forEver: Lines = [locked(0, { does: 'await', on: 0 })];
    const setter: Lines = [locked(0), { does: 'set', on: 0 }];
    const { outcomes } = classesOf(program(forEver, setter));
    expect(endsOf(outcomes)).toEqual(['', 'T0,T1']);
  });

  test('two locks in opposite order: both orders, and the deadlock', () => {
    const { outcomes } = classesOf(program([locked(0, locked(1))], [locked(1, locked(0))]));
    expect(endsOf(outcomes)).toEqual(['', '', 'T0,T1']);
  });

  test('a wait is no race with what ends it', () => {
    expect(runsOf(program([{ does: 'await', on: 0 }], [{ does: 'set', on: 0 }]))).toEqual([1, 0]);
  });

  test('a search that is stopped does not say that it is finished', () => {
    const drawn = program([write(0)], [write(0)], [write(0)]);
    const subject = new DrawnSubject(drawn);
    const { explored, isFinished } = exploreClasses(subject, { runsMax: 2, visit: () => true });
    expect([explored, isFinished]).toEqual([2, false]);
    expect(exploreClasses(subject, { runsMax: 9, visit: () => false }).isFinished).toBe(false);
  });

  test('a run that does not end is cut, and the search is not finished', () => {
    const subject = new BareSubject((world) => {
      const counter = new Counter(world);
      world.addTask('A').start(counter.forEver());
    });
    const { cut, isFinished } = exploreClasses(subject, { runsMax: 9, visit: () => true });
    expect([cut, isFinished]).toEqual([1, false]);
  });

  test('the same search twice gives the same counts', () => {
    const drawn = draw(new RandomNumbers(7), 'nature');
    expect(classesOf(drawn).counts).toEqual(classesOf(drawn).counts);
  });
});

describe('drawn programs have the outcomes that they have under all schedules', () => {
  test.each(FLAVOURS)('%s', (flavour) => {
    let compared = 0;
    let fewer = 0;
    for (let seed = 1; seed <= 75; seed += 1) {
      const drawn = draw(new RandomNumbers(seed * 7919), flavour);
      const all = outcomesOfAll(drawn, RUNS_MAX);
      if (all === null) continue;
      const { outcomes, counts } = classesOf(drawn);
      expect([...outcomes].toSorted()).toEqual([...all.outcomes].toSorted());
      expect(counts.isFinished).toBe(true);
      expect(counts.explored).toBeLessThanOrEqual(all.runs);
      compared += 1;
      if (counts.explored < all.runs) fewer += 1;
    }
    expect(compared).toBeGreaterThan(30);
    expect(fewer).toBeGreaterThan(10);
  });
});

describe('a dependency that leaves something out is noticed', () => {
  const name = (kind: number): string => ['read', 'write', 'release', 'lock'][kind] ?? '';

  test.each([
    ['two writes', 'cells', 'write write'],
    ['a read behind a write', 'cells', 'write read'],
    ['a write behind a read', 'cells', 'read write'],
    ['two holders of a lock', 'locks', 'lock lock'],
  ] as const)('%s', (_what, flavour, left) => {
    const unsound: Dependency = (first, second) =>
      `${name(first)} ${name(second)}` !== left && (first !== 0 || second !== 0);
    let missed = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const drawn = draw(new RandomNumbers(seed * 7919), flavour);
      const all = outcomesOfAll(drawn, RUNS_MAX);
      if (all !== null && classesOf(drawn, unsound).outcomes.size < all.outcomes.size) missed += 1;
    }
    expect(missed).toBeGreaterThan(0);
  });
});
