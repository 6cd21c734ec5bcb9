import { expect, test } from 'vitest';

import { INTACT } from '../../impl/stack.ts';
import { drive } from '../explore/drive.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import { Run } from '../run/run.ts';
import { FIRST, type Strategy } from '../schedules/strategy.ts';
import { RunWatch } from './run-watch.ts';
import type { Wait } from './wait-watch.ts';

function waitsOf(one: Program, strategy: Strategy): readonly Wait[] {
  const watch = new RunWatch();
  const run = new Run(one, { types: INTACT, judges: [watch] });
  run.begin();
  run.end(drive(run, strategy));
  return watch.waits.waits;
}

/** A runs until it has the lock; then B and C come to it, and whoever of them can goes first. */
function afterA(): Strategy {
  let isTaken = false;
  return {
    choose: ({ choiceTasks }, count) => {
      const offered = choiceTasks.slice(0, count);
      isTaken ||= offered.some(({ name, held }) => name === 'A' && held.some(isMutex));
      const order = isTaken ? ['B', 'C', 'A'] : ['A', 'B', 'C'];
      const next = order.find((name) => offered.some((task) => task.name === name));
      return Math.max(
        0,
        offered.findIndex(({ name }) => name === next),
      );
    },
  };
}

const isMutex = ({ label }: { readonly label: string }): boolean => label === 'r.lock';

test('whoever waits for a lock waits for its holder of the moment', () => {
  const lock = 'resv.lock(r); word.writeRelease(w, 1); resv.unlock(r)';
  const one = program('three', {
    setup: 'r = resv.create(); w = word.create(0)',
    tasks: { A: lock, B: lock, C: lock },
  });
  const waits = waitsOf(one, afterA());
  const told = waits.map(({ lane, holder, from, to, next }) => [lane, holder, from, to, next]);
  expect(told).toEqual([
    ['B', 'A', 7, 14, null],
    ['C', 'A', 12, 14, null],
    ['B', null, 14, 16, 17],
    ['C', null, 14, 20, null],
    ['C', 'B', 20, 23, null],
    ['C', null, 23, 25, 26],
  ]);
  for (const { why, holder } of waits) expect(why).toBe(`r.lock is held by ${holder ?? 'nobody'}`);
});

test('a time-out ends a wait for which nobody has what is waited for', () => {
  const one = program('late', {
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 5)' },
  });
  const [wait, ...more] = waitsOf(one, FIRST);
  expect(more).toEqual([]);
  expect(wait).toEqual({
    ...{ lane: 'A', why: 'it sleeps and nobody wakes it', holder: null },
    ...{ from: 7, to: 9, next: 10 },
  });
});
