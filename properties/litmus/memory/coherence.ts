import { type MemoryLitmus, memoryLitmus, seen } from './memory-litmus.ts';

/** One word: all processors see its stores in one order, also with store buffers. */
export const COHERENCE_LITMUS: readonly MemoryLitmus[] = [
  memoryLitmus({
    name: 'CoRR',
    words: 'x',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeOnce(x, 2)',
      B: 'word.readOnce(x); word.readOnce(x)',
    },
    always: [
      seen('B 0 0', 'before A stores'),
      seen('B 0 1', 'the first store comes between the looks'),
      seen('B 0 2', 'both stores come between the looks'),
      seen('B 1 1', 'between the stores'),
      seen('B 1 2', 'the second store comes between the looks'),
      seen('B 2 2', 'behind both stores'),
    ],
  }),
  memoryLitmus({
    name: 'CoRR2',
    words: 'x',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.writeOnce(x, 2)',
      C: 'word.readOnce(x); word.readOnce(x)',
      D: 'word.readOnce(x); word.readOnce(x)',
    },
    sees: ({ reads }) => {
      const [first = '', second = ''] = ['C', 'D'].map((task) => reads.get(task)?.join(' '));
      const turned = new Set(['1 2; 2 1', '2 1; 1 2']);
      return turned.has(`${first}; ${second}`) ? 'they disagree' : 'they agree';
    },
    always: [seen('they agree', 'one store comes before the other, for everybody')],
  }),
  memoryLitmus({
    name: 'CoWW',
    words: 'x',
    tasks: { A: 'word.writeOnce(x, 1); word.writeOnce(x, 2)', B: 'word.readOnce(x)' },
    last: ['x'],
    always: [
      seen('B 0, x 2', 'before A stores'),
      seen('B 1, x 2', 'between the stores'),
      seen('B 2, x 2', 'behind both stores'),
    ],
  }),
  memoryLitmus({
    name: 'CoRW',
    words: 'x',
    tasks: {
      A: 'word.readOnce(x); word.writeOnce(x, 1)',
      B: 'word.writeOnce(x, 2)',
    },
    last: ['x'],
    always: [
      seen('A 0, x 1', 'B stores before A does, and not before it looks'),
      seen('A 0, x 2', 'B stores last'),
      seen('A 2, x 1', 'B stores before A looks'),
    ],
  }),
  memoryLitmus({
    name: 'CoWR',
    words: 'x',
    tasks: {
      A: 'word.writeOnce(x, 1); word.readOnce(x)',
      B: 'word.writeOnce(x, 2)',
    },
    last: ['x'],
    always: [
      seen('A 1, x 1', 'B stores before A does'),
      seen('A 1, x 2', 'B stores behind the look'),
      seen('A 2, x 2', 'B stores between store and look'),
    ],
  }),
  memoryLitmus({
    name: 'n5',
    words: 'x',
    tasks: {
      A: 'word.writeOnce(x, 1); word.readOnce(x)',
      B: 'word.writeOnce(x, 2); word.readOnce(x)',
    },
    last: ['x'],
    always: [
      seen('A 1; B 1, x 1', 'A stores before B looks'),
      seen('A 1; B 2, x 1', 'B is through, or has seen its own store, before A stores'),
      seen('A 1; B 2, x 2', 'A is through, or has seen its own store, before B stores'),
      seen('A 2; B 2, x 2', 'B stores before A looks'),
    ],
  }),
  memoryLitmus({
    name: '2+2W',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeOnce(y, 2)',
      B: 'word.writeOnce(y, 1); word.writeOnce(x, 2)',
    },
    last: ['x', 'y'],
    always: [
      seen('x 1, y 2', 'A is last in both'),
      seen('x 2, y 1', 'B is last in both'),
      seen('x 2, y 2', 'both second stores come behind both first ones'),
    ],
    weaker: [seen('x 1, y 1', 'the stores of A, or of B, pass each other')],
  }),
  memoryLitmus({
    name: '2+2W+wmbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.wmb(); word.writeOnce(y, 2)',
      B: 'word.writeOnce(y, 1); word.wmb(); word.writeOnce(x, 2)',
    },
    last: ['x', 'y'],
    always: [
      seen('x 1, y 2', 'A is last in both'),
      seen('x 2, y 1', 'B is last in both'),
      seen('x 2, y 2', 'both second stores come behind both first ones'),
    ],
    weaker: [seen('x 1, y 1', 'a write barrier says what is seen first, not what is left')],
  }),
  memoryLitmus({
    name: '2+2W+mbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1); word.mb(); word.writeOnce(y, 2)',
      B: 'word.writeOnce(y, 1); word.mb(); word.writeOnce(x, 2)',
    },
    last: ['x', 'y'],
    always: [
      seen('x 1, y 2', 'A is last in both'),
      seen('x 2, y 1', 'B is last in both'),
      seen('x 2, y 2', 'both second stores come behind both first ones'),
    ],
  }),
];
