import { STUCK } from '../engine-code.ts';
import { BATCH, each, hashCode, keyWords, putCode } from '../key-code.ts';
import type { EngineShape } from '../key-code.ts';
import { wordNames } from '../tables.ts';
import { AT } from './board.ts';
import type { SharedMemory } from './board.ts';

/** What the generated code of one thread offers. Chunks are numbered within the current range. */
export interface SharedParts {
  /** Exchanges the memory. */
  readonly bind: (memory: SharedMemory) => void;
  /** Writes a state without parent down in the first chunk. */
  readonly writeFirst: (...words: readonly number[]) => void;
  readonly expandChunk: (chunk: number) => void;
  readonly probeStripe: (stripe: number) => void;
  readonly commitChunk: (chunk: number) => void;
  readonly refillPart: (part: number) => void;
  /** The first state of a range of this level in which a wanted claim holds, or `end`. */
  readonly firstWhere: (claim: number, begin: number, end: number) => number;
  readonly wordsAt: (state: number) => readonly number[];
  readonly key: (...words: readonly number[]) => readonly number[];
  readonly find: (...key: readonly number[]) => number;
}

export interface SharedShape extends EngineShape {
  /** Places of each chunk. */
  readonly capacity: number;
}

function assign(names: readonly string[]): string {
  return names.map((name) => `${name} = memory.${name};`).join(' ');
}

const MEMORY: readonly string[] = [
  ...['board', 'store', 'parents', 'table', 'level', 'later'],
  ...['keys', 'hashes', 'words', 'from', 'sorted', 'lists', 'cell', 'place'],
];

/** Checks states one by one, until one of them stops the search, and writes down what follows. */
function expandCode({ words, memory, capacity }: SharedShape): string {
  const w = wordNames(words);
  const isExact = memory === 'exact';
  const load = each(
    words,
    (word) => `w${word} = ${isExact ? 'store' : 'level'}[o + ${word}]`,
    ', ',
  );
  const offset = isExact ? `i * ${words}` : `(i - board[${AT.base}]) * ${words}`;
  return `
    function expandChunk(chunk) {
      const begin = board[${AT.begin}] + chunk * board[${AT.size}];
      const end = Math.min(begin + board[${AT.size}], board[${AT.end}]);
      let edges = 0, stop = -1, why = -1;
      held = chunk * ${capacity};
      for (let i = begin; i < end; i++) {
        const o = ${offset}, ${load};
        parent = i;
        why = check(${w});
        if (why >= 0) { stop = i; break; }
        const n = expand(${w});
        edges += n;
        if (n === 0 && mayEnd(${w}) === 0) { why = ${STUCK}; stop = i; break; }
      }
      board[${AT.edges} + chunk] = edges;
      board[${AT.stop} + chunk] = stop;
      board[${AT.why} + chunk] = why;
      sortByStripe(chunk);
    }
    function sortByStripe(chunk) {
      const first = chunk * ${capacity}, list = chunk * (stripes + 1);
      board[${AT.held} + chunk] = held - first;
      let end = first;
      for (let stripe = 0; stripe < stripes; stripe++) {
        lists[list + stripe] = end;
        const length = counts[stripe];
        counts[stripe] = end;
        end += length;
      }
      lists[list + stripes] = end;
      for (let at = first; at < held; at++) sorted[counts[(hashes[at] & cells) >>> shift]++] = at;
      counts.fill(0);
    }
    function firstWhere(claim, begin, end) {
      const holds = wanted[claim];
      for (let i = begin; i < end; i++) {
        const o = ${offset}, ${load};
        if (holds(${w}) !== 0) return i;
      }
      return end;
    }
    function wordsAt(i) { const o = ${offset}, ${load}; return [${w}]; }`;
}

/**
 * Each stripe of the table is one thread's in this phase. It looks states up in the order in which
 * one thread would have found them, whichever threads are faster, so that parents and numbers are
 * those of a search by one. Until the others know how many are new before it, a new state has the
 * number that it would have if all were.
 */
function probeCode({ words, memory, capacity }: SharedShape): string {
  const width = keyWords({ words, memory, isReduced: false });
  const k = wordNames(width, 'k');
  const load = each(width, (word) => `k${word} = keys[o + ${word}]`, ', ');
  const isKnown = each(width, (word) => `store[o + ${word}] === k${word}`, ' && ');
  const isTwin = each(width, (word) => `keys[o + ${word}] === k${word}`, ' && ');
  return `
    function cellOf(h, number, count, ${k}) {
      const first = h & cells & ~inStripe;
      let c = h & cells, seen = table[c];
      while (seen !== 0) {
        if (((seen ^ h) & ~cells) === 0) {
          const i = (seen & cells) - 1;
          if (i < count) {
            const o = i * ${width};
            if (${isKnown}) return -1;
          } else {
            const o = place[i - count] * ${width};
            if (${isTwin}) return -1;
          }
        }
        c = first | c + 1 & inStripe;
        if (c === (h & cells)) throw new RangeError('a stripe of the seen-set is full');
        seen = table[c];
      }
      table[c] = h & ~cells | number + 1;
      return c;
    }
    function probeStripe(stripe) {
      const count = board[${AT.count}], chunks = board[${AT.chunks}];
      let sum = 0;
      for (let chunk = 0; chunk < chunks; chunk++) {
        const list = chunk * (stripes + 1) + stripe;
        const begin = lists[list], end = lists[list + 1];
        const before = board[${AT.before} + chunk] - chunk * ${capacity};
        // The table is read for all of them first, so that the memory answers side by side.
        for (let i = begin; i < end; i++) sum ^= table[hashes[sorted[i]] & cells];
        let fresh = 0;
        for (let i = begin; i < end; i++) {
          const at = sorted[i], o = at * ${width}, ${load};
          const c = cellOf(hashes[at], count + before + at, count, ${k});
          cell[at] = c;
          if (c < 0) continue;
          place[before + at] = at;
          fresh++;
        }
        Atomics.add(board, ${AT.fresh} + chunk, fresh);
      }
      return sum;
    }
    function find(${k}) {
      ${hashCode('h', width, 'k', 0)}
      const first = h & cells & ~inStripe;
      for (let c = h & cells; table[c] !== 0; c = first | c + 1 & inStripe) {
        if (((table[c] ^ h) & ~cells) !== 0) continue;
        const i = (table[c] & cells) - 1, o = i * ${width};
        if (${isKnown}) return i;
      }
      return -1;
    }`;
}

/** New states get the next numbers, in the order in which they were written down. */
function commitCode({ words, memory, capacity }: SharedShape): string {
  const isExact = memory === 'exact';
  const width = keyWords({ words, memory, isReduced: false });
  const load = each(width, (word) => `k${word} = store[o + ${word}]`, ', ');
  const keep = each(
    words,
    (word) => `later[(number - begin) * ${words} + ${word}] = words[at * ${words} + ${word}];`,
  );
  return `
    function commitChunk(chunk) {
      const first = chunk * ${capacity}, end = first + board[${AT.held} + chunk];
      const begin = board[${AT.later}];
      let number = board[${AT.count}];
      for (let c = 0; c < chunk; c++) number += board[${AT.fresh} + c];
      for (let at = first; at < end; at++) {
        const c = cell[at];
        if (c < 0) continue;
        table[c] = hashes[at] & ~cells | number + 1;
        ${each(width, (word) => `store[number * ${width} + ${word}] = keys[at * ${width} + ${word}];`)}
        parents[number] = from[at];
        ${isExact ? '' : keep}
        number++;
      }
    }
    function refillPart(part) {
      const count = board[${AT.count}], parts = board[${AT.parts}];
      const low = Math.floor(part * stripes / parts) * (inStripe + 1);
      const high = Math.floor((part + 1) * stripes / parts) * (inStripe + 1);
      let length = 0;
      for (let i = 0, o = 0; i < count; i++, o += ${width}) {
        const ${load};
        ${hashCode('h', width, 'k', 0)}
        if ((h & cells) >= low && (h & cells) < high) {
          batch[length] = i;
          batchHashes[length++] = h;
        }
        if (length === ${BATCH} || i === count - 1) { fill(length); length = 0; }
      }
    }
    const batch = new Int32Array(${BATCH}), batchHashes = new Int32Array(${BATCH});
    function fill(length) {
      let sum = 0;
      for (let j = 0; j < length; j++) sum ^= table[batchHashes[j] & cells];
      for (let j = 0; j < length; j++) {
        const h = batchHashes[j], first = h & cells & ~inStripe;
        let c = h & cells;
        while (table[c] !== 0) c = first | c + 1 & inStripe;
        table[c] = h & ~cells | batch[j] + 1;
      }
      return sum;
    }`;
}

/** The text behind the successor code, for one of several threads. */
export function sharedCode(shape: SharedShape): string {
  const { words, memory } = shape;
  const width = keyWords(shape);
  const keepWords = each(words, (word) => `words[held * ${words} + ${word}] = w${word};`);
  const keep = `
    ${hashCode('h', width, 'k', 0)}
    counts[(h & cells) >>> shift]++;
    hashes[held] = h;
    ${each(width, (word) => `keys[held * ${width} + ${word}] = k${word};`)}
    ${memory === 'exact' ? '' : keepWords}
    from[held++] = parent;`;
  return `
    let ${MEMORY.join(', ')};
    let cells = 0, inStripe = 0, shift = 0, held = 0, parent = -1;
    const counts = new Int32Array(stripes);
    function bind(memory) {
      ${assign(MEMORY)}
      cells = table.length - 1;
      inStripe = table.length / stripes - 1;
      shift = 32 - Math.clz32(inStripe);
    }
    ${putCode(shape, keep)}
    function writeFirst(${wordNames(words)}) {
      held = 0;
      parent = -1;
      put(-1, ${wordNames(words)});
      sortByStripe(0);
    }
    ${expandCode(shape)}
    ${probeCode(shape)}
    ${commitCode(shape)}
    return {
      bind, writeFirst, expandChunk, probeStripe, commitChunk, refillPart,
      firstWhere, wordsAt, key, find,
    };`;
}
