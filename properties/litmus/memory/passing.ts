import { type MemoryLitmus, memoryLitmus, seen } from './memory-litmus.ts';

const HANDED_OVER = [
  seen('B 0 0', 'B is through before A stores'),
  seen('B 0 1', 'A stores between the looks'),
  seen('B 1 1', 'what is handed over is complete'),
];

/** Handing something over: whoever sees the flag must see what was stored before it. */
export const PASSING_LITMUS: readonly MemoryLitmus[] = [
  memoryLitmus({
    name: 'MP',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.readOnce(x)',
    },
    always: HANDED_OVER,
    weaker: [seen('B 1 0', 'the stores of A, or the loads of B, pass each other')],
  }),
  memoryLitmus({
    name: 'MP+wmb+rmb',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.wmb(); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.rmb(); word.readOnce(x)',
    },
    always: HANDED_OVER,
  }),
  memoryLitmus({
    name: 'MP+wmb+po',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.wmb(); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.readOnce(x)',
    },
    always: HANDED_OVER,
    weaker: [seen('B 1 0', 'the loads of B pass each other')],
  }),
  memoryLitmus({
    name: 'MP+rel+acq',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeRelease(y, 1)',
      B: 'word.readAcquire(y); word.readOnce(x)',
    },
    always: HANDED_OVER,
  }),
  memoryLitmus({
    name: 'MP+locks',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.lock(l); word.writeOnce(y, 1); word.unlock(l)',
      B: 'word.lock(l); word.readOnce(y); word.unlock(l); word.readOnce(x)',
    },
    always: HANDED_OVER,
  }),
  memoryLitmus({
    name: 'MP+unlock+acq',
    words: 'x y',
    tasks: {
      A: 'word.lock(l); word.writeOnce(x, 1); word.unlock(l); word.writeOnce(y, 1)',
      B: 'word.readAcquire(y); word.readOnce(x)',
    },
    always: HANDED_OVER,
    weaker: [seen('B 1 0', 'a store behind a lock may move into what the lock protects')],
  }),
  memoryLitmus({
    name: 'LB',
    words: 'x y',
    tasks: {
      A: 'word.readOnce(x); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.writeOnce(x, 1)',
    },
    always: [
      seen('A 0; B 0', 'both look before either stores'),
      seen('A 1; B 0', 'B is through first'),
      seen('A 0; B 1', 'A is through first'),
    ],
    weaker: [seen('A 1; B 1', 'both stores pass the loads before them')],
  }),
  memoryLitmus({
    name: 'LB+rels',
    words: 'x y',
    tasks: {
      A: 'word.readOnce(x); word.writeRelease(y, 1)',
      B: 'word.readOnce(y); word.writeRelease(x, 1)',
    },
    always: [
      seen('A 0; B 0', 'both look before either stores'),
      seen('A 1; B 0', 'B is through first'),
      seen('A 0; B 1', 'A is through first'),
    ],
  }),
  memoryLitmus({
    name: 'S',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 2); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.writeOnce(x, 1)',
    },
    last: ['x'],
    always: [
      seen('B 0, x 1', 'B looks early and stores late'),
      seen('B 0, x 2', 'B stores before A does'),
      seen('B 1, x 1', 'A is through before B looks'),
    ],
    weaker: [seen('B 1, x 2', 'the stores of A pass each other, or B stores before it looks')],
  }),
];
