import { expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { World } from './world.ts';

/** What is said of a task that runs this code; it is over with it then. */
function saidOf(code: () => void): readonly string[] {
  const world = new World();
  const task = world.addTask('A');
  task.start(
    (function* (): KernelTask<void> {
      yield* world.current.sleeper.setState(0);
      code();
    })(),
  );
  while (world.enumerate() > 0 && !world.crashed) world.perform(0);
  expect(world.crashed).toBe(true);
  return world.violations.map(({ kind }) => kind);
}

function nestsForEver(depth: number): number {
  return 1 + nestsForEver(depth + 1);
}

test('a wild pointer is an oops, endless recursion a smashed stack', () => {
  const nowhere: { readonly next: { readonly word: number } | null } = { next: null };
  const wild = (): number => (nowhere as { readonly next: { readonly word: number } }).next.word;
  expect(saidOf(wild)).toEqual(['bug']);
  expect(saidOf(() => nestsForEver(0))).toEqual(['stack-overflow']);
});

test('what a kernel cannot do to itself is nothing that it did', () => {
  expect(() =>
    saidOf(() => {
      throw new Error('a defect of the suite');
    }),
  ).toThrow('a defect of the suite');
});
