import { compileShared, sharedProgram } from '../compile.ts';
import type { EngineParts } from '../compile.ts';
import { CELLS, CELLS_MAX, ROOM } from '../engine-code.ts';
import type { Engine, Saved } from '../engine-code.ts';
import { keyWords } from '../key-code.ts';
import { AT, BOARD_LENGTH, CHUNKS_MAX, PHASE, shared } from './board.ts';
import type { SharedMemory } from './board.ts';
import { Gang } from './gang.ts';
import type { SharedParts } from './shared-code.ts';

/** Places of a chunk, unless one state can have more successors. */
const CAPACITY = 1 << 15;

/** So many chunks for each thread, so that nobody waits long for the last one. */
const CHUNKS_PER_THREAD = 16;

/** Fewer states are done before another thread is awake. */
const SMALL = 1024;

/** Stripes of the table for each thread; with too many, the smallest table has one that fills up. */
const STRIPES_PER_THREAD = 8;
const STRIPES_MAX = 64;

/** Of the cells of a table. Between two ranges it is three quarters; stripes differ by little. */
const fullest = (cells: number): number => cells - cells / 8;

const full = (cells: number): number => (cells / 4) * 3;

/** The size of the table that a search by one thread has, too. */
function cellsFor(count: number): number {
  let cells = CELLS;
  while (count >= full(cells)) {
    if (cells === CELLS_MAX) throw new RangeError('the seen-set is full');
    cells *= 4;
  }
  return cells;
}

function copyOf(old: Int32Array, length: number): Int32Array {
  const more = shared(length);
  more.set(old);
  return more;
}

/**
 * A search by several threads, with the numbers of a search by one: states get their numbers in
 * the order in which one thread would have found them. A range of states is expanded in chunks;
 * what follows them is looked up in the one table, and what is new is put behind the others.
 */
export class SharedEngine implements Engine {
  private readonly parts: SharedParts;
  private readonly gang: Gang;
  private readonly board: Int32Array = shared(BOARD_LENGTH);
  private readonly threads: number;
  private readonly stripes: number;
  private readonly keyWidth: number;
  private readonly width: number;
  private readonly isExact: boolean;
  /** The most states of a chunk. */
  private readonly chunkMax: number;
  private memory: SharedMemory;
  private states = 0;
  private edgesFound = 0;
  private why = -1;
  private base = 0;
  private later = 0;

  constructor(parts: EngineParts, threads: number) {
    const { layout, network, memory } = parts;
    const capacity = Math.max(CAPACITY, network.moves.length);
    const shape = { words: layout.words, memory, isReduced: false };
    this.threads = threads;
    const stripes = 1 << Math.ceil(Math.log2(threads * STRIPES_PER_THREAD));
    this.stripes = Math.min(stripes, STRIPES_MAX);
    this.isExact = memory === 'exact';
    this.width = layout.words;
    this.keyWidth = keyWords(shape);
    this.chunkMax = Math.floor(capacity / Math.max(network.moves.length, 1));
    const places = CHUNKS_MAX * capacity;
    const room = this.isExact ? 0 : 1024 * this.width;
    this.memory = {
      board: this.board,
      store: shared(ROOM * this.keyWidth),
      parents: shared(ROOM),
      table: shared(CELLS),
      level: shared(room),
      later: shared(room),
      keys: shared(places * this.keyWidth),
      hashes: shared(places),
      words: shared(this.isExact ? 0 : places * this.width),
      from: shared(places),
      sorted: shared(places),
      lists: shared(CHUNKS_MAX * (this.stripes + 1)),
      cell: shared(places),
      place: shared(places),
    };
    const program = sharedProgram(parts, capacity, this.stripes);
    this.parts = compileShared(program);
    this.gang = new Gang(program, this.parts, this.memory, threads);
  }

  start(...words: readonly number[]): void {
    this.parts.writeFirst(...words);
    this.board[AT.before] = 0;
    this.board[AT.fresh] = 0;
    this.enter(1, true);
  }

  scan(begin: number, end: number): number {
    this.why = -1;
    let at = begin;
    while (at < end && this.why === -1) at = this.range(at, end);
    return at;
  }

  /** Searches as many states from `begin` on as fit; returns the first that is not done. */
  private range(begin: number, end: number): number {
    const { board } = this;
    const parts = Math.min(this.threads * CHUNKS_PER_THREAD, CHUNKS_MAX);
    const size = Math.min(Math.ceil((end - begin) / parts), this.chunkMax);
    const chunks = Math.min(Math.ceil((end - begin) / size), CHUNKS_MAX);
    const last = Math.min(begin + chunks * size, end);
    const isSmall = last - begin < SMALL;
    board[AT.begin] = begin;
    board[AT.end] = last;
    board[AT.size] = size;
    board[AT.base] = this.base;
    this.gang.run(PHASE.expand, chunks, isSmall);
    let before = 0;
    let taken = 0;
    let at = last;
    if (this.states + (board[AT.held] ?? 0) >= fullest(this.memory.table.length)) {
      // Not even the first chunk fits; in a larger table it stands in other stripes.
      this.refill(this.memory.table.length * 4);
      return begin;
    }
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const held = board[AT.held + chunk] ?? 0;
      if (this.states + before + held >= fullest(this.memory.table.length)) {
        at = begin + chunk * size;
        break;
      }
      board[AT.before + chunk] = before;
      board[AT.fresh + chunk] = 0;
      before += held;
      taken += 1;
      this.edgesFound += board[AT.edges + chunk] ?? 0;
      const stop = board[AT.stop + chunk] ?? -1;
      if (stop < 0) continue;
      this.why = board[AT.why + chunk] ?? -1;
      at = stop;
      break;
    }
    this.enter(taken, isSmall);
    return at;
  }

  /** Enters what the first chunks have written down. */
  private enter(chunks: number, isSmall: boolean): void {
    const { board } = this;
    board[AT.chunks] = chunks;
    board[AT.count] = this.states;
    board[AT.later] = this.later;
    this.gang.run(PHASE.probe, this.stripes, isSmall);
    let fresh = 0;
    for (let chunk = 0; chunk < chunks; chunk += 1) fresh += board[AT.fresh + chunk] ?? 0;
    this.makeRoom(this.states + fresh);
    this.gang.run(PHASE.commit, chunks, isSmall);
    this.states += fresh;
    const cells = cellsFor(this.states);
    if (cells > this.memory.table.length) this.refill(cells);
  }

  private exchange(memory: Partial<SharedMemory>): void {
    this.memory = { ...this.memory, ...memory };
    this.gang.bind(this.memory);
  }

  /** Store, parents and queue grow fourfold. */
  private makeRoom(states: number): void {
    const { store, parents, later } = this.memory;
    let room = parents.length;
    while (room < states) room *= 4;
    if (room > parents.length) {
      this.exchange({ store: copyOf(store, room * this.keyWidth), parents: copyOf(parents, room) });
    }
    const waiting = (states - this.later) * this.width;
    if (!this.isExact && waiting > later.length) {
      this.exchange({ later: copyOf(later, Math.max(later.length * 4, waiting)) });
    }
  }

  /** A new table, with all states. */
  private refill(cells: number): void {
    this.exchange({ table: shared(cells) });
    this.board[AT.count] = this.states;
    this.gang.run(PHASE.refill, this.threads, this.states < SMALL);
  }

  nextLevel(): void {
    if (this.isExact) return;
    this.base = this.later;
    this.later = this.states;
    const { level, later } = this.memory;
    this.exchange({ level: later, later: level });
    this.board[AT.base] = this.base;
  }

  firstWhere(claim: number, begin: number, end: number): number {
    return this.parts.firstWhere(claim, begin, end);
  }

  reason(): number {
    return this.why;
  }

  count(): number {
    return this.states;
  }

  edges(): number {
    return this.edgesFound;
  }

  /** As in a search by one thread; what threads write down in between is not counted. */
  bytes(): number {
    const words = this.isExact ? 0 : (this.states - this.base) * this.width;
    return 4 * (this.states * (this.keyWidth + 1) + cellsFor(this.states) + words);
  }

  wordsAt(state: number): readonly number[] {
    return this.parts.wordsAt(state);
  }

  keyAt(state: number): readonly number[] {
    const begin = state * this.keyWidth;
    return [...this.memory.store.subarray(begin, begin + this.keyWidth)];
  }

  key(...words: readonly number[]): readonly number[] {
    return this.parts.key(...words);
  }

  find(...key: readonly number[]): number {
    return this.parts.find(...key);
  }

  parent(state: number): number {
    return this.memory.parents[state] ?? -1;
  }

  save(): Saved {
    const { states: count, edgesFound: edges, base, later, width, memory } = this;
    const queues = [
      memory.level.subarray(0, (later - base) * width),
      memory.later.subarray(0, (count - later) * width),
    ];
    const seen = [
      memory.store.subarray(0, count * this.keyWidth),
      memory.parents.subarray(0, count),
    ];
    return { count, edges, base, arrays: this.isExact ? seen : [...seen, ...queues] };
  }

  load({ count, edges, base, arrays }: Saved): void {
    const [keys, parents, level, later] = arrays;
    if (keys === undefined || parents === undefined) throw new RangeError('nothing was saved');
    this.makeRoom(count);
    this.memory.store.set(keys);
    this.memory.parents.set(parents);
    this.states = count;
    this.edgesFound = edges;
    this.refill(cellsFor(count));
    if (level === undefined || later === undefined) return;
    this.base = base;
    this.later = base + level.length / this.width;
    this.exchange({ level: copyOf(level, level.length), later: copyOf(later, later.length) });
    this.board[AT.base] = base;
  }

  close(): void {
    this.gang.end();
  }
}
