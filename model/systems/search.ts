import { createHash } from 'node:crypto';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { SearchIdentity } from './checkpoint.ts';
import type { Claim, Properties } from './claims.ts';
import { compileEngine, networkCode } from './compile.ts';
import type { EngineParts } from './compile.ts';
import type { Engine } from './engine-code.ts';
import type { ExploreOptions } from './explore.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { SharedEngine } from './parallel/shared-engine.ts';
import { orbitsOf } from './symmetry.ts';

/** States between two looks at the limits. */
const CHUNK = 1 << 13;

/** Bits of the field in bit-state mode, when nothing else is said. */
export const BIT_FIELD: number = 1 << 27;

/** States between two checkpoints, when nothing else is said. */
const CHECKPOINT_STATES = 5_000_000;

const MIB = 1 << 20;

/** Everything that decides which states a search finds, and in which order, as one number. */
function identityOf(parts: EngineParts, order: 'breadth' | 'depth'): SearchIdentity {
  const { network, memory, bitField, always, sometimes } = parts;
  const { text, arrays } = networkCode(parts);
  const names = [network.moves, network.components, always, sometimes].map((list) =>
    list.map(({ name }) => name),
  );
  const hash = createHash('sha256');
  const field = memory === 'bits' ? bitField : 0;
  hash.update(JSON.stringify([text, names, order, memory, field]));
  for (const [name, array] of Object.entries(arrays)) {
    hash.update(name).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return { system: network.name, order, memory, search: hash.digest('hex') };
}

/** One search of one network. */
export class Search {
  readonly layout: Layout;
  readonly engine: Engine;
  /** Of the deepest level; -1 before the first. */
  depth = -1;
  readonly limits: string[] = [];
  /** The state that stopped the search, or -1. */
  stopped = -1;
  private readonly parts: EngineParts;
  private readonly options: ExploreOptions;
  private readonly order: 'breadth' | 'depth';
  private readonly open: Set<number>;
  /** The states of this level that have still to be searched; depth first, `begin` counts them. */
  private begin = 0;
  private end = 0;
  /** States that were waiting when a search by depth was interrupted. */
  private waiting: readonly number[] = [0];
  private savedAt = 0;
  private known: SearchIdentity | null = null;

  constructor(network: Network, properties: Properties, options: ExploreOptions) {
    const { always = [], sometimes = [], mayEnd = null } = properties;
    const { symmetry = [], views = [], memory = 'exact', bitField = BIT_FIELD } = options;
    const { order = 'breadth', workers = 1, checkpoint } = options;
    this.options = options;
    this.order = order;
    this.layout = layoutOf(network.components);
    this.open = new Set(sometimes.keys());
    const claims = { always, sometimes, mayEnd };
    const reductions = { symmetry, views };
    this.parts = { network, layout: this.layout, ...claims, ...reductions, memory, bitField };
    this.engine = workers > 1 ? new SharedEngine(this.parts, workers) : compileEngine(this.parts);
    if (checkpoint?.resume === true) this.resume(checkpoint.file);
    else this.engine.start(...Array.from({ length: this.layout.words }, () => 0));
  }

  /** Of claims that are the same but for a symmetry, each state shows one: then all are met. */
  get neverMet(): readonly string[] {
    const orbits = orbitsOf(this.wanted, this.parts.symmetry);
    const met = new Set(orbits.filter((_, claim) => !this.open.has(claim)));
    return [...this.open]
      .filter((claim) => !met.has(orbits[claim] ?? claim))
      .map((claim) => this.wanted[claim]?.name ?? '');
  }

  private get identity(): SearchIdentity {
    this.known ??= identityOf(this.parts, this.order);
    return this.known;
  }

  private get wanted(): readonly Claim[] {
    return this.parts.sometimes;
  }

  run(): void {
    if (this.order === 'depth') this.deep();
    else this.breadth();
  }

  /** Level by level. */
  private breadth(): void {
    const { engine, options } = this;
    const { depthMax = Infinity } = options;
    for (;;) {
      if (this.begin === this.end) {
        if (engine.count() === this.end) return;
        if (this.depth >= depthMax) {
          this.limits.push(`depth: ${depthMax}`);
          this.save();
          return;
        }
        this.depth += 1;
        this.end = engine.count();
        engine.nextLevel();
      }
      const next = Math.min(this.begin + CHUNK, this.end);
      if (this.isOutOfBounds() || this.isStopped(this.begin, next)) return;
      this.begin = next;
    }
  }

  /** Newest state first; `depth` is that of the search tree. */
  private deep(): void {
    const { engine, options } = this;
    const { depthMax = Infinity } = options;
    const stack = [...this.waiting];
    const depths: number[] = [];
    for (let state = 0; state < engine.count(); state += 1) {
      depths.push((depths[engine.parent(state)] ?? -1) + 1);
    }
    for (; stack.length > 0; this.begin += 1) {
      if (this.begin % CHUNK === 0) {
        this.waiting = stack;
        if (this.isOutOfBounds()) return;
      }
      const state = stack.pop() ?? 0;
      const depth = depths[state] ?? 0;
      if (depth > depthMax) {
        if (this.limits.length === 0) this.limits.push(`depth: ${depthMax}`);
        continue;
      }
      this.depth = Math.max(this.depth, depth);
      const before = engine.count();
      if (this.isStopped(state, state + 1)) return;
      for (let found = before; found < engine.count(); found += 1) {
        depths.push(depth + 1);
        stack.push(found);
      }
    }
  }

  /** Scans a range of states; true when the search ends here. */
  private isStopped(begin: number, end: number): boolean {
    const { engine } = this;
    const at = this.scan(begin, end);
    if (at < 0) return true;
    for (const claim of this.open) {
      if (engine.firstWhere(claim, begin, Math.min(at + 1, end)) <= Math.min(at, end - 1)) {
        this.open.delete(claim);
      }
    }
    if (at < end) this.stopped = at;
    return at < end;
  }

  /** As the engine's; -1 when there was no memory for more states. */
  private scan(begin: number, end: number): number {
    try {
      return this.engine.scan(begin, end);
    } catch (error) {
      // A typed array that cannot be made is a RangeError; everything else is a defect.
      if (!(error instanceof RangeError)) throw error;
      this.limits.push(`memory: ${error.message}`);
      return -1;
    }
  }

  /** Looks at the limits, and writes a checkpoint when it is time or the search ends here. */
  private isOutOfBounds(): boolean {
    const { engine, limits, depth } = this;
    const { statesMax = Infinity, memoryMaxMiB = Infinity, stop, checkpoint } = this.options;
    const before = limits.length;
    const states = engine.count();
    if (states > statesMax) limits.push(`states: ${statesMax}`);
    if (engine.bytes() > memoryMaxMiB * MIB) limits.push(`memory: ${memoryMaxMiB} MiB`);
    const reason = stop?.({ states, edges: engine.edges(), depth }) ?? null;
    if (reason !== null) limits.push(reason);
    const isOver = limits.length > before;
    const { everyStates = CHECKPOINT_STATES } = checkpoint ?? {};
    if (isOver || this.begin - this.savedAt >= everyStates) this.save();
    return isOver;
  }

  /** Without the limits that ended this search: the next one has its own. */
  private save(): void {
    const { checkpoint } = this.options;
    if (checkpoint === undefined) return;
    const { engine, begin, end, depth, open } = this;
    const { count, edges, base, arrays } = engine.save();
    const stack = this.order === 'depth' ? [Int32Array.from(this.waiting)] : [];
    const limits =
      this.order === 'depth' ? this.limits.filter((one) => one.startsWith('depth')) : [];
    const where = { states: count, edges, base, begin, end, depth, open: [...open], limits };
    writeCheckpoint(checkpoint.file, {
      head: { ...this.identity, ...where },
      arrays: [...arrays, ...stack],
    });
    this.savedAt = begin;
  }

  private resume(file: string): void {
    const { head, arrays } = readCheckpoint(file, this.identity);
    const { states: count, edges, base, begin, end, depth, open, limits } = head;
    const own = this.order === 'depth' ? arrays.slice(0, -1) : arrays;
    this.waiting = this.order === 'depth' ? [...(arrays.at(-1) ?? [])] : [];
    this.engine.load({ count, edges, base, arrays: own });
    this.begin = begin;
    this.savedAt = begin;
    this.end = end;
    this.depth = depth;
    this.limits.push(...limits);
    this.open.clear();
    for (const claim of open) this.open.add(claim);
  }
}
