import { type Ending, type MemoryLitmus, memoryLitmus, seen } from './memory-litmus.ts';

/** Stores that loads behind them may pass: what store buffers are about. */
const BOTH_STORE = [
  seen('A 0; B 1', 'A looks before B has stored'),
  seen('A 1; B 0', 'B looks before A has stored'),
  seen('A 1; B 1', 'both have stored before either looks'),
];
const BOTH_LATE = seen('A 0; B 0', 'both stores are on their way while both look');

/** Who gets in when it takes a 0 in the word of the other one. */
function dekkerEnters({ reads }: Ending): string {
  return entering(['A', 'B'].filter((task) => reads.get(task)?.[0] === 0));
}

/** Peterson's algorithm, looked at once: the other one does not want, or it is the own turn. */
function petersonEnters({ reads }: Ending): string {
  const own = new Map([
    ['A', 1],
    ['B', 2],
  ]);
  const inside = [...own].filter(([task, turn]) => {
    const [wish, given] = reads.get(task) ?? [];
    return wish === 0 || given === turn;
  });
  return entering(inside.map(([task]) => task));
}

function entering(tasks: readonly string[]): string {
  if (tasks.length === 2) return 'both enter';
  return tasks.length === 0 ? 'nobody enters' : `${tasks.join()} enters`;
}

/** Stores, loads behind them, and what keeps the loads from passing. */
export const BUFFERING_LITMUS: readonly MemoryLitmus[] = [
  memoryLitmus({
    name: 'SB',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.readOnce(y)',
      B: 'word.writeOnce(y, 1); word.readOnce(x)',
    },
    always: BOTH_STORE,
    late: [BOTH_LATE],
  }),
  memoryLitmus({
    name: 'SB+mbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.mb(); word.readOnce(y)',
      B: 'word.writeOnce(y, 1); word.mb(); word.readOnce(x)',
    },
    always: BOTH_STORE,
  }),
  memoryLitmus({
    name: 'SB+mb+po',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.mb(); word.readOnce(y)',
      B: 'word.writeOnce(y, 1); word.readOnce(x)',
    },
    always: BOTH_STORE,
    late: [seen('A 0; B 0', 'the store of B is late: a barrier on one side is not enough')],
  }),
  memoryLitmus({
    name: 'SB+rmws',
    words: 'x y',
    tasks: {
      A: 'word.swap(x, 1); word.readOnce(y)',
      B: 'word.swap(y, 1); word.readOnce(x)',
    },
    always: BOTH_STORE,
  }),
  memoryLitmus({
    name: 'SB+rel+acq',
    words: 'x y',
    tasks: {
      A: 'word.writeRelease(x, 1); word.readAcquire(y)',
      B: 'word.writeRelease(y, 1); word.readAcquire(x)',
    },
    always: BOTH_STORE,
    late: [seen('A 0; B 0', 'an acquire may pass a release before it')],
  }),
  memoryLitmus({
    name: 'SB+unlocks',
    words: 'x y',
    tasks: {
      A: 'word.lock(l); word.writeOnce(x, 1); word.unlock(l); word.readOnce(y)',
      B: 'word.lock(m); word.writeOnce(y, 1); word.unlock(m); word.readOnce(x)',
    },
    always: BOTH_STORE,
    late: [seen('A 0; B 0', 'a release of a lock is no full barrier')],
  }),
  memoryLitmus({
    name: 'SB+locks',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.lock(l); word.readOnce(y); word.unlock(l)',
      B: 'word.writeOnce(y, 1); word.lock(l); word.readOnce(x); word.unlock(l)',
    },
    always: BOTH_STORE,
  }),
  memoryLitmus({
    name: 'SB+one-lock',
    words: 'x y',
    tasks: {
      A: 'word.lock(l); word.writeOnce(x, 1); word.readOnce(y); word.unlock(l)',
      B: 'word.lock(l); word.writeOnce(y, 1); word.readOnce(x); word.unlock(l)',
    },
    always: [seen('A 0; B 1', 'A has the lock first'), seen('A 1; B 0', 'B has the lock first')],
  }),
  memoryLitmus({
    name: 'SB+rfi',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.readOnce(x); word.readOnce(y)',
      B: 'word.writeOnce(y, 1); word.readOnce(y); word.readOnce(x)',
    },
    always: [
      seen('A 1 0; B 1 1', 'A looks before B has stored'),
      seen('A 1 1; B 1 0', 'B looks before A has stored'),
      seen('A 1 1; B 1 1', 'both have stored before either looks'),
    ],
    late: [seen('A 1 0; B 1 0', 'both see their own store before anybody else does')],
  }),
  memoryLitmus({
    name: 'n6',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.readOnce(x); word.readOnce(y)',
      B: 'word.writeOnce(y, 1); word.writeOnce(x, 2)',
    },
    last: ['x'],
    always: [
      seen('A 1 0, x 2', 'A looks before B has stored'),
      seen('A 1 1, x 2', 'B stores twice between, or around, the looks of A'),
      seen('A 1 1, x 1', 'B has stored twice before A stores'),
      seen('A 2 1, x 2', 'B overwrites before A looks'),
    ],
    late: [seen('A 1 0, x 1', 'A sees its own store, which lands behind both of B')],
    weaker: [seen('A 2 0, x 2', 'the stores of B, or the loads of A, pass each other')],
  }),
  memoryLitmus({
    name: 'R',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeOnce(y, 1)',
      B: 'word.writeOnce(y, 2); word.readOnce(x)',
    },
    last: ['y'],
    always: [
      seen('B 0, y 1', 'B is through before A stores to y'),
      seen('B 1, y 1', 'B looks late, and has stored early'),
      seen('B 1, y 2', 'A is through before B stores'),
    ],
    late: [seen('B 0, y 2', 'the store of B is late: it looks before A stores, and lands behind')],
  }),
  memoryLitmus({
    name: 'R+mbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.mb(); word.writeOnce(y, 1)',
      B: 'word.writeOnce(y, 2); word.mb(); word.readOnce(x)',
    },
    last: ['y'],
    always: [
      seen('B 0, y 1', 'B is through before A stores to y'),
      seen('B 1, y 1', 'B looks late, and has stored early'),
      seen('B 1, y 2', 'A is through before B stores'),
    ],
  }),
  memoryLitmus({
    name: 'Dekker',
    words: 'a b',
    tasks: {
      A: 'word.writeOnce(a, 1); word.readOnce(b)',
      B: 'word.writeOnce(b, 1); word.readOnce(a)',
    },
    sees: dekkerEnters,
    always: [
      seen('A enters', 'A is first'),
      seen('B enters', 'B is first'),
      seen('nobody enters', 'both want before either looks'),
    ],
    late: [seen('both enter', 'neither sees that the other one wants')],
  }),
  memoryLitmus({
    name: 'Dekker+mbs',
    words: 'a b',
    tasks: {
      A: 'word.writeOnce(a, 1); word.mb(); word.readOnce(b)',
      B: 'word.writeOnce(b, 1); word.mb(); word.readOnce(a)',
    },
    sees: dekkerEnters,
    always: [
      seen('A enters', 'A is first'),
      seen('B enters', 'B is first'),
      seen('nobody enters', 'both want before either looks'),
    ],
  }),
  memoryLitmus({
    name: 'Peterson',
    words: 'a b turn',
    tasks: {
      A: 'word.writeOnce(a, 1); word.writeOnce(turn, 2); word.readOnce(b); word.readOnce(turn)',
      B: 'word.writeOnce(b, 1); word.writeOnce(turn, 1); word.readOnce(a); word.readOnce(turn)',
    },
    sees: petersonEnters,
    always: [
      seen('A enters', 'B does not want yet, or has given its turn away'),
      seen('B enters', 'A does not want yet, or has given its turn away'),
      seen('nobody enters', 'one has looked, and will look again, before the other one yields'),
    ],
    late: [seen('both enter', 'neither sees that the other one wants')],
  }),
  memoryLitmus({
    name: 'Peterson+mbs',
    words: 'a b turn',
    tasks: {
      A: `word.writeOnce(a, 1); word.writeOnce(turn, 2); word.mb()
        word.readOnce(b); word.readOnce(turn)`,
      B: `word.writeOnce(b, 1); word.writeOnce(turn, 1); word.mb()
        word.readOnce(a); word.readOnce(turn)`,
    },
    sees: petersonEnters,
    always: [
      seen('A enters', 'B does not want yet, or has given its turn away'),
      seen('B enters', 'A does not want yet, or has given its turn away'),
      seen('nobody enters', 'one has looked, and will look again, before the other one yields'),
    ],
    weaker: [seen('both enter', 'the turn is given away before the wish is seen')],
  }),
];
