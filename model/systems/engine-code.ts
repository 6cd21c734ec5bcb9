import { BATCH, each, hashCode, keyWords, putCode } from './key-code.ts';
import type { EngineShape } from './key-code.ts';
import { wordNames } from './tables.ts';

/** Room at the start. Store and hash table grow fourfold; untouched room costs no memory. */
export const ROOM: number = 1 << 16;
export const CELLS: number = 1 << 18;

/** The largest table: its entries still have room for a state's number. */
export const CELLS_MAX: number = 1 << 30;

/** Independent bits per state in bit-state mode. */
export const BITS_PER_STATE = 3;

/** All that a search has found so far, and what it has still to look at. */
export interface Saved {
  readonly count: number;
  readonly edges: number;
  /** The first state of the level that is read, where states wait apart from the seen-set. */
  readonly base: number;
  readonly arrays: readonly Int32Array[];
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
  /** Views of its memory, good until it goes on. */
  readonly save: () => Saved;
  /** Instead of `start`: goes on where `save` was called. The arrays become its own. */
  readonly load: (saved: Saved) => void;
  /** Lets go of threads, where there are some. */
  readonly close: () => void;
}

/** No move is enabled. */
export const STUCK = -2;

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
      if (count >= full) return rehash();
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
    const seenBytes = () => count * ${4 * (keys + 1)} + table.byteLength;
    const seen = () => [store.subarray(0, count * ${keys}), parents.subarray(0, count)];
    function loadSeen(arrays) {
      [store, parents] = arrays;
      room = parents.length;
      cells = ${CELLS / 4 - 1};
      rehash();
      return arrays.slice(2);
    }`;
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
    let field = new Int32Array(bitField / 32);
    const last = bitField - 1;
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
    const seenBytes = () => field.byteLength;
    const seen = () => [field];
    function loadSeen(arrays) { [field] = arrays; return arrays.slice(1); }`;
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
    const frontierBytes = () => (count - base) * ${4 * words};
    const frontier = () => [
      level.subarray(0, (count - laterCount - base) * ${words}),
      later.subarray(0, laterCount * ${words}),
    ];
    function loadFrontier(from, [ready, waiting]) {
      base = from;
      laterCount = waiting.length / ${words};
      level = ready;
      if (waiting.length > later.length) later = new Int32Array(waiting.length * 2);
      later.set(waiting);
    }`;
}

/** With exact memory the store is the queue, too. */
const QUEUE = `
    const base = 0, nextLevel = () => undefined, frontierBytes = () => 0;
    const frontier = () => [], loadFrontier = () => undefined;`;

/**
 * `flush` looks the states of a batch up: first the table is read for all of them, so that the
 * memory answers them side by side.
 */
function batchCode(shape: EngineShape): string {
  const { words, memory } = shape;
  const isExact = memory === 'exact';
  const keys = keyWords(shape);
  const keepWords = each(words, (word) => `heldWords[held * ${words} + ${word}] = w${word};`);
  const keep = `
      ${each(keys, (word) => `heldKeys[held * ${keys} + ${word}] = k${word};`)}
      ${isExact ? '' : keepWords}
      heldFrom[held++] = from;
      if (held === ${BATCH}) flush();`;
  return `
    const heldKeys = new Int32Array(${BATCH * keys}), heldWords = new Int32Array(${BATCH * words});
    const heldFrom = new Int32Array(${BATCH});
    let held = 0;
    ${putCode(shape, keep)}
    function flush() {
      touch(heldKeys, 0, held, hashes);
      for (let j = 0; j < held; j++) {
        const ${each(keys, (word) => `k${word} = heldKeys[j * ${keys} + ${word}]`, ', ')};
        if (!isNew(hashes[j], ${wordNames(keys, 'k')})) continue;
        remember(heldFrom[j], ${wordNames(keys, 'k')});
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
    ${batchCode(shape)}
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
      close: () => undefined,
      save: () => ({ count, edges, base, arrays: [...seen(), ...frontier()] }),
      load(saved) {
        count = saved.count;
        edges = saved.edges;
        loadFrontier(saved.base, loadSeen(saved.arrays));
      },
      wordsAt(i) { const o = (i - base) * ${words}, ${load}; return [${w}]; },
    };`;
}
