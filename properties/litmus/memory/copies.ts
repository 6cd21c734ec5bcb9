import { type MemoryLitmus, memoryLitmus, type MemoryOutcome, seen } from './memory-litmus.ts';

/** Every pair of looks of two readers but the one that is left out. */
function allBut(first: string, second: string, left: string): readonly MemoryOutcome[] {
  const pairs = ['0 0', '0 1', '1 0', '1 1'];
  const texts = pairs.flatMap((one) => pairs.map((two) => `${first} ${one}; ${second} ${two}`));
  return texts
    .filter((text) => text !== left)
    .map((text) => seen(text, 'both readers agree about which store came first'));
}

const DISAGREE = 'C 1 0; D 1 0';

const CHAIN = [
  seen('B 0; C 0 0', 'C is through before B stores'),
  seen('B 0; C 0 1', 'A stores between the looks of C'),
  seen('B 0; C 1 0', 'B has not seen A, so it hands nothing over'),
  seen('B 0; C 1 1', 'A stores behind the look of B'),
  seen('B 1; C 0 0', 'C is through first'),
  seen('B 1; C 0 1', 'C looks at the first word before B stores'),
  seen('B 1; C 1 1', 'what A stored has come to C with what B stored'),
];
const BROKEN_CHAIN = 'B 1; C 1 0';

const WITNESSED = [
  seen('B 0 0; C 0', 'B and C are through before A stores'),
  seen('B 0 0; C 1', 'B is through first'),
  seen('B 0 1; C 0', 'C is through before A stores'),
  seen('B 0 1; C 1', 'both stores come between the looks of B'),
  seen('B 1 0; C 1', 'B is through before C stores'),
  seen('B 1 1; C 0', 'C looks before A stores'),
  seen('B 1 1; C 1', 'both have stored before B looks'),
];

/** Several processors that see the stores of others: is there one order for all of them? */
export const COPIES_LITMUS: readonly MemoryLitmus[] = [
  memoryLitmus({
    name: 'IRIW',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.writeOnce(y, 1)',
      C: 'word.readOnce(x); word.readOnce(y)',
      D: 'word.readOnce(y); word.readOnce(x)',
    },
    always: allBut('C', 'D', DISAGREE),
    weaker: [seen(DISAGREE, 'loads pass each other, or stores come to the readers one by one')],
  }),
  memoryLitmus({
    name: 'IRIW+acqs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.writeOnce(y, 1)',
      C: 'word.readAcquire(x); word.readOnce(y)',
      D: 'word.readAcquire(y); word.readOnce(x)',
    },
    always: allBut('C', 'D', DISAGREE),
    weaker: [seen(DISAGREE, 'stores come to the readers one by one')],
  }),
  memoryLitmus({
    name: 'IRIW+mbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.writeOnce(y, 1)',
      C: 'word.readOnce(x); word.mb(); word.readOnce(y)',
      D: 'word.readOnce(y); word.mb(); word.readOnce(x)',
    },
    always: allBut('C', 'D', DISAGREE),
  }),
  memoryLitmus({
    name: 'WRC',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.readOnce(x); word.writeOnce(y, 1)',
      C: 'word.readOnce(y); word.readOnce(x)',
    },
    always: CHAIN,
    weaker: [seen(BROKEN_CHAIN, 'the store of A has come to B, and not yet to C')],
  }),
  memoryLitmus({
    name: 'WRC+rel+acq',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.readOnce(x); word.writeRelease(y, 1)',
      C: 'word.readAcquire(y); word.readOnce(x)',
    },
    always: CHAIN,
  }),
  memoryLitmus({
    name: 'ISA2',
    words: 'x y z',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeOnce(y, 1)',
      B: 'word.readOnce(y); word.writeOnce(z, 1)',
      C: 'word.readOnce(z); word.readOnce(x)',
    },
    always: CHAIN,
    weaker: [seen(BROKEN_CHAIN, 'something on the way from A to C passes something else')],
  }),
  memoryLitmus({
    name: 'ISA2+rel+rel+acq',
    words: 'x y z',
    tasks: {
      A: 'word.writeOnce(x, 1); word.writeRelease(y, 1)',
      B: 'word.readOnce(y); word.writeRelease(z, 1)',
      C: 'word.readAcquire(z); word.readOnce(x)',
    },
    always: CHAIN,
  }),
  memoryLitmus({
    name: 'RWC',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.readOnce(x); word.readOnce(y)',
      C: 'word.writeOnce(y, 1); word.readOnce(x)',
    },
    always: WITNESSED,
    late: [seen('B 1 0; C 0', 'the store of C is late: C looks before A stores')],
  }),
  memoryLitmus({
    name: 'RWC+po+mb',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.readOnce(x); word.readOnce(y)',
      C: 'word.writeOnce(y, 1); word.mb(); word.readOnce(x)',
    },
    always: WITNESSED,
    weaker: [seen('B 1 0; C 0', 'the loads of B pass each other')],
  }),
  memoryLitmus({
    name: 'RWC+mbs',
    words: 'x y',
    tasks: {
      A: 'word.writeOnce(x, 1)',
      B: 'word.readOnce(x); word.mb(); word.readOnce(y)',
      C: 'word.writeOnce(y, 1); word.mb(); word.readOnce(x)',
    },
    always: WITNESSED,
  }),
];
