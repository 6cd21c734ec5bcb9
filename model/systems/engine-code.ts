import { wordNames } from './tables.ts';

/** Hash multipliers: odd, and without small structure. */
const PRIMES = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0x2c1b3c6d];

/** Room at the start. Store and hash table grow fourfold; untouched room costs no memory. */
const ROOM = 1 << 16;
const CELLS = 1 << 18;

/** The largest table: its entries still have room for a state's number. */
const CELLS_MAX = 1 << 30;

/** States that are looked up together, so that the memory is asked for all of them at once. */
const BATCH = 256;

/** Independent bits per state in bit-state mode. */
export const BITS_PER_STATE = 3;

/** How states are remembered: themselves, as 64 bits that stand for them, or as a few bits. */
export type Memory = 'exact' | 'fingerprint' | 'bits';

export interface EngineShape {
  /** Words of a packed state. */
  readonly words: number;
  readonly memory: Memory;
  readonly isSymmetric: boolean;
}

/** What generated code offers to the search. */
export interface Engine {
  /** Enters the initial state. */
  readonly start: (...words: readonly number[]) => void;
  /** Checks and expands states `begin .. end - 1`; returns the first that stopped it, or `end`. */
  readonly scan: (begin: number, end: number) => number;
  /** Why `scan` stopped: the number of a claim, or one of the reasons below. */
  readonly reason: () => number;
  /** The first state of a range of this level in which a wanted claim holds, or `end`. */
  readonly firstWhere: (claim: number, begin: number, end: number) => number;
  readonly count: () => number;
  readonly edges: () => number;
  readonly bytes: () => number;
  /** Everything found so far becomes the level that `scan` reads. */
  readonly nextLevel: () => void;
  readonly wordsAt: (state: number) => readonly number[];
  readonly keyAt: (state: number) => readonly number[];
  /** The key under which a state is remembered, whatever its symmetric twins are. */
  readonly key: (...words: readonly number[]) => readonly number[];
  /** The number of the state with this key, or -1. */
  readonly find: (...key: readonly number[]) => number;
  readonly parent: (state: number) => number;
}

/** No move is enabled. */
export const STUCK = -2;

/** Words of what the seen-set compares. */
function keyWords({ words, memory }: EngineShape): number {
  return memory === 'exact' ? words : 2;
}

function each(count: number, text: (index: number) => string, between: string = ' '): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(between);
}

/** Statements that make `name` a hash of the words; different `seed`s are independent. */
function hashCode(name: string, words: number, prefix: string, seed: number): string {
  const prime = (index: number): number => PRIMES[(index + seed * 2) % PRIMES.length] ?? 1;
  const step = (word: number): string =>
    `${name} = Math.imul(${name} ^ ${prefix}${word}, ${prime(word)}); ${name} ^= ${name} >>> 15;`;
  return `let ${name} = ${seed * 0x51ed27}; ${each(words, step)}
    ${name} = Math.imul(${name}, ${prime(words)}); ${name} ^= ${name} >>> 16;`;
}

/** Keys in the order of discovery, and a table of their numbers with the hash's upper bits. */
function storeCode(keys: number): string {
  const k = wordNames(keys, 'k');
  return `
    let room = ${ROOM}, store = new Int32Array(room * ${keys}), parents = new Int32Array(room);
    let cells = ${CELLS - 1}, full = ${(CELLS / 4) * 3}, table = new Int32Array(cells + 1);
    const hashes = new Int32Array(${BATCH}), again = new Int32Array(${BATCH});
    function copy(old, length) { const more = new Int32Array(length); more.set(old); return more; }
    function enlarge() {
      room *= 4;
      store = copy(store, room * ${keys});
      parents = copy(parents, room);
    }
    function rehash() {
      if (cells + 1 === ${CELLS_MAX}) throw new RangeError('the seen-set is full');
      cells = cells * 4 + 3;
      full = (cells + 1) * 3 / 4;
      table = new Int32Array(cells + 1);
      for (let i = 0; i < count; i += ${BATCH}) {
        const end = Math.min(count - i, ${BATCH});
        touch(store, i, end, again);
        for (let j = 0; j < end; j++) {
          const h = again[j];
          let at = h & cells;
          while (table[at] !== 0) at = at + 1 & cells;
          table[at] = h & ~cells | i + j + 1;
        }
      }
    }
    function touch(keys, begin, count, hashes) {
      let sum = 0;
      for (let j = 0, o = begin * ${keys}; j < count; j++, o += ${keys}) {
        const ${each(keys, (word) => `k${word} = keys[o + ${word}]`, ', ')};
        ${hashCode('h', keys, 'k', 0)}
        hashes[j] = h;
        sum ^= table[h & cells];
      }
      return sum;
    }
    function remember(parent, ${k}) {
      if (count === room) enlarge();
      const o = count * ${keys};
      ${each(keys, (word) => `store[o + ${word}] = k${word};`)}
      parents[count] = parent;
      count++;
      if (count === full) rehash();
    }
    const keyAt = (i) => [...store.subarray(i * ${keys}, i * ${keys} + ${keys})];
    const parent = (i) => parents[i];
    const seenBytes = () => count * ${4 * (keys + 1)} + table.byteLength;`;
}

/** `find` and `isNew`: the two ways to look into the table of `storeCode`. */
function lookupCode(keys: number): string {
  const k = wordNames(keys, 'k');
  const isSame = each(keys, (word) => `store[o + ${word}] === k${word}`, ' && ');
  return `
    function find(${k}) {
      ${hashCode('h', keys, 'k', 0)}
      for (let at = h & cells; table[at] !== 0; at = at + 1 & cells) {
        if (((table[at] ^ h) & ~cells) !== 0) continue;
        const i = (table[at] & cells) - 1, o = i * ${keys};
        if (${isSame}) return i;
      }
      return -1;
    }
    function isNew(h, ${k}) {
      let at = h & cells, entry = table[at];
      while (entry !== 0) {
        if (((entry ^ h) & ~cells) === 0) {
          const o = ((entry & cells) - 1) * ${keys};
          if (${isSame}) return false;
        }
        at = at + 1 & cells;
        entry = table[at];
      }
      table[at] = h & ~cells | count + 1;
      return true;
    }`;
}

/** Three bits per state in one large field: whoever finds all three set takes the state for known. */
function bitsCode(): string {
  return `
    const field = new Int32Array(bitField / 32), last = bitField - 1;
    const hashes = new Int32Array(${BATCH});
    function touch(keys, begin, count, hashes) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum ^= field[(keys[j * 2] & last) >>> 5];
      return sum;
    }
    function remember() { count++; }
    function isNew(h, k0, k1) {
      let isFresh = false;
      for (let i = 0; i < ${BITS_PER_STATE}; i++) {
        const bit = k0 + Math.imul(k1 | 1, i) & last, one = 1 << (bit & 31);
        if ((field[bit >>> 5] & one) !== 0) continue;
        field[bit >>> 5] |= one;
        isFresh = true;
      }
      return isFresh;
    }
    const find = () => -1, keyAt = () => [], parent = () => -1;
    const seenBytes = () => field.byteLength;`;
}

/** Where states wait for their turn when the store holds only what stands for them. */
function frontierCode(words: number): string {
  return `
    let level = new Int32Array(${words * 1024}), later = new Int32Array(${words * 1024});
    let base = 0, laterCount = 0;
    function enter(${wordNames(words)}) {
      const o = laterCount++ * ${words};
      if (o === later.length) {
        const more = new Int32Array(o * 2);
        more.set(later);
        later = more;
      }
      ${each(words, (word) => `later[o + ${word}] = w${word};`)}
    }
    function nextLevel() {
      base = count - laterCount;
      laterCount = 0;
      [level, later] = [later, level];
    }
    const frontierBytes = () => level.byteLength + later.byteLength;`;
}

/** With exact memory the store is the queue, too. */
const QUEUE = 'const base = 0, nextLevel = () => undefined, frontierBytes = () => 0;';

/**
 * `put`: where `expand` leaves the states that it finds, until a batch is full. `flush` looks them
 * up: first the table is read for all of them, so that the memory answers them side by side.
 */
function putCode(shape: EngineShape): string {
  const { words, isSymmetric, memory } = shape;
  const isExact = memory === 'exact';
  const keys = keyWords(shape);
  const w = wordNames(words);
  const k = wordNames(keys, 'k');
  const print = isExact
    ? each(words, (word) => `const k${word} = w${word};`)
    : `${hashCode('k0', words, 'w', 1)} ${hashCode('k1', words, 'w', 2)}`;
  const keep = each(words, (word) => `heldWords[held * ${words} + ${word}] = w${word};`);
  const hold = `
      ${print}
      ${each(keys, (word) => `heldKeys[held * ${keys} + ${word}] = k${word};`)}
      ${isExact ? '' : keep}
      heldFrom[held++] = from;
      if (held === ${BATCH}) flush();`;
  const keyed = `${print} return [${k}];`;
  const entries = isSymmetric
    ? `function hold(${w}) { ${hold} }
      function put(move, ${w}) { canonical(hold, ${w}); }
      function keyTwin(${w}) { ${keyed} }
      function key(${w}) { return canonical(keyTwin, ${w}); }`
    : `function put(move, ${w}) { ${hold} } function key(${w}) { ${keyed} }`;
  return `
    const heldKeys = new Int32Array(${BATCH * keys}), heldWords = new Int32Array(${BATCH * words});
    const heldFrom = new Int32Array(${BATCH});
    let held = 0;
    ${entries}
    function flush() {
      touch(heldKeys, 0, held, hashes);
      for (let j = 0; j < held; j++) {
        const ${each(keys, (word) => `k${word} = heldKeys[j * ${keys} + ${word}]`, ', ')};
        if (!isNew(hashes[j], ${k})) continue;
        remember(heldFrom[j], ${k});
        ${isExact ? '' : `enter(${each(words, (word) => `heldWords[j * ${words} + ${word}]`, ', ')});`}
      }
      held = 0;
    }`;
}

/** The text behind the successor code: the seen-set, and the loop over a range of states. */
export function engineCode(shape: EngineShape): string {
  const { words, memory } = shape;
  const isExact = memory === 'exact';
  const w = wordNames(words);
  const queue = isExact ? 'store' : 'level';
  const load = each(words, (word) => `w${word} = ${queue}[o + ${word}]`, ', ');
  return `
    let count = 0, edges = 0, from = -1, why = -1;
    ${memory === 'bits' ? bitsCode() : storeCode(keyWords(shape)) + lookupCode(keyWords(shape))}
    ${isExact ? QUEUE : frontierCode(words)}
    ${putCode(shape)}
    function scan(begin, end) {
      for (let i = begin; i < end; i++) {
        const o = (i - base) * ${words}, ${load};
        from = i;
        why = check(${w});
        if (why >= 0) { flush(); return i; }
        const n = expand(${w});
        edges += n;
        if (n === 0 && mayEnd(${w}) === 0) { why = ${STUCK}; flush(); return i; }
      }
      flush();
      return end;
    }
    function firstWhere(claim, begin, end) {
      const holds = wanted[claim];
      for (let i = begin; i < end; i++) {
        const o = (i - base) * ${words}, ${load};
        if (holds(${w}) !== 0) return i;
      }
      return end;
    }
    return {
      scan, firstWhere, key, find, keyAt, parent, nextLevel,
      start(${w}) { put(-1, ${w}); flush(); },
      reason: () => why, count: () => count, edges: () => edges,
      bytes: () => seenBytes() + frontierBytes(),
      wordsAt(i) { const o = (i - base) * ${words}, ${load}; return [${w}]; },
    };`;
}
