/** The most threads that search together; more only wait for each other. */
export const WORKERS_MAX = 64;

/** Parts into which a range of states is cut, so that whoever is done takes the next one. */
export const CHUNKS_MAX = 64;

/** What all threads do at a time. */
export const PHASE = {
  /** Checks the states of a chunk, and writes down what follows them. */
  expand: 0,
  /** Looks up what was written down, stripe of the table by stripe, and enters what is new. */
  probe: 1,
  /** Gives the new states of a chunk their numbers. */
  commit: 2,
  /** Fills a stripe of a larger table. */
  refill: 3,
  end: 4,
} as const;

export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** Where the numbers stand that threads tell each other. */
export const AT = {
  /** Counts the phases; threads sleep on it. */
  turn: 0,
  phase: 1,
  /** How many threads have done their part of this phase; the main thread sleeps on it. */
  done: 2,
  /** The next part that nobody has taken. */
  next: 3,
  /** A thread has failed. */
  failed: 4,
  /** Counts how often memory was exchanged for larger memory. */
  bound: 5,
  /** How many chunks were expanded, and how many parts this phase has: chunks or stripes. */
  chunks: 6,
  parts: 13,
  /** The range of states, and how many of them are in each chunk. */
  begin: 7,
  end: 8,
  size: 9,
  /** States known before this range. */
  count: 10,
  /** The numbers of the first states of this level and of the next. */
  base: 11,
  later: 12,
  /** From here on `CHUNKS_MAX` numbers each. By chunk: how many states were written down, */
  held: 64,
  /** enabled moves, */
  edges: 128,
  /** the state that stopped the search, or -1, and why, */
  stop: 192,
  why: 256,
  /** how many were written down in the chunks before, */
  before: 320,
  /** and how many are new. */
  fresh: 384,
} as const;

export const BOARD_LENGTH = 448;

/** What all threads of a search share. All arrays lie in shared memory. */
export interface SharedMemory {
  readonly board: Int32Array;
  /** Keys and parents of all states, by number. */
  readonly store: Int32Array;
  readonly parents: Int32Array;
  /** Open addressing within stripes: a state's number plus one, and the upper bits of its hash. */
  readonly table: Int32Array;
  /** The words of this level and of the next, when the store holds only fingerprints. */
  readonly level: Int32Array;
  readonly later: Int32Array;
  /** By place, a region per chunk: key, hash, words and parent of a state that was written down. */
  readonly keys: Int32Array;
  readonly hashes: Int32Array;
  readonly words: Int32Array;
  readonly from: Int32Array;
  /** The places of each chunk sorted by stripe; `lists` says where each stripe begins. */
  readonly sorted: Int32Array;
  readonly lists: Int32Array;
  /** By place: the cell of the table that it took, or -1 because it was known. */
  readonly cell: Int32Array;
  /** The places of new states, by the number that they have until they are committed. */
  readonly place: Int32Array;
}

/** An array that threads share. */
export function shared(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}
