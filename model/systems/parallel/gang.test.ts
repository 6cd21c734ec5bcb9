import { expect, test } from 'vitest';
import { AT, BOARD_LENGTH, PHASE, shared } from './board.ts';
import type { SharedMemory } from './board.ts';
import { Gang } from './gang.ts';
import type { SharedParts } from './shared-code.ts';

const board = (): Int32Array => shared(BOARD_LENGTH);

/** Memory of which only the board matters. */
function memoryWith(own: Int32Array): SharedMemory {
  const none = shared(0);
  const seen = { store: none, parents: none, table: none, level: none, later: none };
  const written = { keys: none, hashes: none, words: none, from: none, sorted: none };
  return { board: own, ...seen, ...written, lists: none, cell: none, place: none };
}

/** The part of the main thread; `expandChunk` waits until a number on the board changes. */
function mainPart(own: Int32Array, index: number): SharedParts {
  const nothing = (): void => undefined;
  return {
    ...{ bind: nothing, writeFirst: nothing, probeStripe: nothing, commitChunk: nothing },
    ...{ refillPart: nothing, firstWhere: () => 0, wordsAt: () => [], key: () => [] },
    find: () => -1,
    expandChunk: () => {
      Atomics.wait(own, index, 0, 20_000);
    },
  };
}

test('a thread that fails does not keep the others waiting', () => {
  const own = board();
  const text = `return { bind() {}, expandChunk() { throw new Error('out of order'); } };`;
  const parts = mainPart(own, AT.done);
  const gang = new Gang({ text, values: {} }, parts, memoryWith(own), 2);
  expect(() => gang.run(PHASE.expand, 2, false)).toThrow(/in a thread: Error: out of order/);
  gang.end();
});

test('every part is done once, by whoever comes first', () => {
  const own = board();
  const text = `let board;
    return {
      bind(memory) { board = memory.board; },
      expandChunk(part) { Atomics.add(board, ${AT.fresh} + part, 1); Atomics.notify(board, ${AT.fresh} + part); },
    };`;
  const main = mainPart(own, AT.fresh);
  const parts: SharedParts = {
    ...main,
    // The first part is left to somebody else, as long as there is somebody.
    expandChunk: (part) => {
      Atomics.add(own, AT.fresh + part, 1);
      for (let other = part; other === 0 && Atomics.load(own, AT.fresh + 1) === 0;) {
        if (Atomics.wait(own, AT.fresh + 1, 0, 20_000) === 'timed-out') other = 1;
      }
    },
  };
  const gang = new Gang({ text, values: {} }, parts, memoryWith(own), 3);
  for (let round = 0; round < 3; round += 1) {
    own.fill(0, AT.fresh);
    gang.run(PHASE.expand, 40, false);
    expect([...own.subarray(AT.fresh, AT.fresh + 41)]).toEqual([
      ...Array.from({ length: 40 }, () => 1),
      0,
    ]);
  }
  gang.end();
});

test('a thread that is woken too late does not go on by itself', () => {
  const own = board();
  const text = `return { bind() {}, expandChunk() {} };`;
  const parts = { ...mainPart(own, AT.done), expandChunk: (): void => undefined };
  const gang = new Gang({ text, values: {} }, parts, memoryWith(own), 2);
  gang.run(PHASE.expand, 2, false);
  expect(Atomics.load(own, AT.done)).toBe(1);
  // Once it sleeps, it is woken without a reason.
  for (let tries = 0; Atomics.notify(own, AT.turn) === 0 && tries < 2000; tries += 1) {
    Atomics.wait(own, AT.bound, Atomics.load(own, AT.bound), 10);
  }
  expect(Atomics.wait(own, AT.done, 1, 300)).toBe('timed-out');
  gang.end();
});
