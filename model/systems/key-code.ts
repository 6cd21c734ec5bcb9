import { wordNames } from './tables.ts';

/** Hash multipliers: odd, and without small structure. */
const PRIMES = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0x2c1b3c6d];

/** States that are looked up together, so that the memory is asked for all of them at once. */
export const BATCH = 256;

/** How states are remembered: themselves, as 64 bits that stand for them, or as a few bits. */
export type Memory = 'exact' | 'fingerprint' | 'bits';

/** What the text of a search depends on, besides its network. */
export interface EngineShape {
  /** Words of a packed state. */
  readonly words: number;
  readonly memory: Memory;
  /** States have twins, of which only one is remembered. */
  readonly isReduced: boolean;
}

/** Words of what the seen-set compares. */
export function keyWords({ words, memory }: EngineShape): number {
  return memory === 'exact' ? words : 2;
}

/** `text(0) text(1) ...` */
export function each(
  count: number,
  text: (index: number) => string,
  between: string = ' ',
): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(between);
}

/** Statements that make `name` a hash of the words; different `seed`s are independent. */
export function hashCode(name: string, words: number, prefix: string, seed: number): string {
  const prime = (index: number): number => PRIMES[(index + seed * 2) % PRIMES.length] ?? 1;
  const step = (word: number): string =>
    `${name} = Math.imul(${name} ^ ${prefix}${word}, ${prime(word)}); ${name} ^= ${name} >>> 15;`;
  return `let ${name} = ${seed * 0x51ed27}; ${each(words, step)}
    ${name} = Math.imul(${name}, ${prime(words)}); ${name} ^= ${name} >>> 16;`;
}

/** Statements that make `k0 ...` the key of the packed state `w0 ...`. */
function keyCode({ words, memory }: EngineShape): string {
  return memory === 'exact'
    ? each(words, (word) => `const k${word} = w${word};`)
    : `${hashCode('k0', words, 'w', 1)} ${hashCode('k1', words, 'w', 2)}`;
}

/**
 * `put`, where `expand` leaves the states that it finds, and `key`. `keep` is what becomes of a
 * state `w0 ...` with the key `k0 ...`.
 */
export function putCode(shape: EngineShape, keep: string): string {
  const w = wordNames(shape.words);
  const key = keyCode(shape);
  const keyed = `${key} return [${wordNames(keyWords(shape), 'k')}];`;
  const hold = `${key} ${keep}`;
  return shape.isReduced
    ? `function hold(${w}) { ${hold} }
      function put(move, ${w}) { canonical(hold, ${w}); }
      function keyTwin(${w}) { ${keyed} }
      function key(${w}) { return canonical(keyTwin, ${w}); }`
    : `function put(move, ${w}) { ${hold} } function key(${w}) { ${keyed} }`;
}
