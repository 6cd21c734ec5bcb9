import { describe, expect, test } from 'vitest';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';
import { program } from '../programs/parse.ts';
import '../programs/operations/index.ts';
import { explore } from '../run/explore.ts';
import { FIRST } from '../schedules/strategy.ts';
import { BareSubject } from './bare-subject.ts';
import { Guard, NondeterminismError } from './guard.ts';

class Words extends KernelObject {
  readonly x: Cell = new Cell(this, 'x', 0);
  readonly y: Cell = new Cell(this, 'y', 0);

  visitState(visit: StateVisitor): void {
    visit('x', this.x.value);
    visit('y', this.y.value);
  }
}

/** What two runs of one program must never share. */
let hidden = 0;

type Body = (words: Words) => KernelTask<unknown>;

function* alone(body: KernelTask<unknown>): KernelTask<void> {
  yield* body;
}

function subjectOf(...bodies: readonly Body[]): BareSubject {
  return new BareSubject((world: World) => {
    const words = new Words(world, 'words');
    words.alias = 'w';
    for (const [index, body] of bodies.entries()) {
      world.addTask(['A', 'B'][index] ?? 'C').start(alone(body(words)));
    }
  });
}

/** Runs the subject with a guard that makes every run twice. */
function guarded(subject: BareSubject): () => unknown {
  return () => new Guard(1).runner(subject, subject)(FIRST);
}

function* writes(words: Words): KernelTask<void> {
  yield* words.x.write(1);
  yield* words.y.write(2);
  yield* words.x.write(3);
}

describe('a run that is made twice', () => {
  test('passes when it is the same both times', () => {
    expect(guarded(subjectOf(writes, writes))).not.toThrow();
  });

  test('names the step behind which another one came', () => {
    const body = function* (words: Words): KernelTask<void> {
      yield* words.x.write(1);
      hidden += 1;
      yield* hidden % 2 === 0 ? words.x.read() : words.y.read();
    };
    hidden = 0;
    expect(guarded(subjectOf(body))).toThrow(
      'step 1 (A: write w.x) gave another result or left another state the second time: ' +
        'behind it came step 2 (A: read w.x), not step 2 (A: read w.y)',
    );
  });

  test('names the step that left another state', () => {
    const body = function* (words: Words): KernelTask<void> {
      yield* words.x.write(1);
      yield* words.y.write(hidden);
      hidden += 1;
      yield* words.x.write(2);
    };
    expect(guarded(subjectOf(writes, body))).toThrow(
      /with the same choices, step 5 \(B: write w\.y\) gave another result or left another state the second time$/,
    );
  });

  test('notices a run that goes on, one that ends early, and another set-up', () => {
    const longer = function* (words: Words): KernelTask<void> {
      yield* words.x.write(1);
      hidden += 1;
      if (hidden % 2 === 0) yield* words.x.read();
    };
    for (let start = 0; start < 2; start += 1) {
      hidden = start;
      const come = ['the end, not step 2 (A: read w.x)', 'step 2 (A: read w.x), not the end'];
      expect(guarded(subjectOf(longer))).toThrow(`behind it came ${come[1 - start]}`);
    }
    const setup = new BareSubject((world) => {
      hidden += 1;
      const words = new Words(world, 'words');
      words.x.initialize(hidden);
      world.addTask('A').start(writes(words));
    });
    expect(guarded(setup)).toThrow('the set-up gave another result or left another state');
  });
});

test('the first run and then every n-th are made twice, over all subjects', () => {
  let starts = 0;
  const subject = new BareSubject((world) => {
    starts += 1;
    world.addTask('A').start(writes(new Words(world, 'words')));
  });
  const guard = new Guard(3);
  const startsOf: number[] = [];
  for (let run = 0; run < 7; run += 1) {
    const before = starts;
    // A runner for each: the guard counts on.
    guard.runner(subject, subject)(FIRST);
    startsOf.push(starts - before);
  }
  expect(startsOf).toEqual([2, 1, 1, 2, 1, 1, 2]);
  starts = 0;
  for (let run = 0; run < 5; run += 1) new Guard(0).runner(subject, subject)(FIRST);
  expect(starts).toBe(5);
});

test('a program whose judge remembers other runs is caught while it is explored', () => {
  const racing = program('race', {
    setup: 'f = fence.create()',
    tasks: { A: 'fence.isSignaled(f)', B: 'fence.signal(f)' },
  });
  const memory: string[] = [];
  const forgetful = {
    name: 'forgetful',
    visitState: (key: { add(value: number): void }): void => key.add(memory.length),
    event: (): void => {
      memory.push('event');
    },
    finish: () => [],
  };
  const search = (guard: Guard): unknown =>
    explore(
      racing,
      { kind: 'all', runsMax: 100 },
      {
        judges: [() => forgetful],
        guard,
        visit: () => true,
      },
    );
  expect(() => search(new Guard())).toThrow(NondeterminismError);
  expect(() => search(new Guard(0))).not.toThrow();
});
