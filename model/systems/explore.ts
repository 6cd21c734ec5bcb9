import type { Claim, Properties } from './claims.ts';
import { compileEngine } from './compile.ts';
import { BITS_PER_STATE, STUCK } from './engine-code.ts';
import type { Engine, Memory } from './engine-code.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { proveSymmetry } from './symmetry.ts';
import type { Symmetry } from './symmetry.ts';
import { describeState, traceTo } from './trace.ts';
import type { Trace } from './trace.ts';

/** States between two looks at the limits. */
const CHUNK = 1 << 13;

/** Bits of the field in bit-state mode, when nothing else is said. */
const BIT_FIELD = 1 << 27;

const MIB = 1 << 20;

export interface ExploreOptions {
  /** Breadth first finds shortest counterexamples; depth first needs exact memory. */
  readonly order?: 'breadth' | 'depth';
  readonly memory?: Memory;
  /** Bits of the field in bit-state mode: a power of two. */
  readonly bitField?: number;
  readonly symmetry?: readonly Symmetry[];
  /** Moves from the initial state; what lies behind the last of them is counted, not searched. */
  readonly depthMax?: number;
  readonly statesMax?: number;
  readonly memoryMaxMiB?: number;
  /** Asked now and then: why the search has to end, say because its time is up; else null. */
  readonly stop?: () => string | null;
}

/** A property that does not hold, and how the system gets there. */
export interface Violation {
  readonly property: string;
  readonly kind: 'always' | 'deadlock';
  /** Null in bit-state mode, which does not remember where states came from. */
  readonly trace: Trace | null;
  readonly state: readonly string[];
}

export interface Exploration {
  readonly states: number;
  /** Enabled moves of all expanded states, those that change nothing included. */
  readonly edges: number;
  readonly depth: number;
  /** Every reachable state was expanded, as far as the memory mode can tell. */
  readonly complete: boolean;
  /** Which limits ended the search. */
  readonly limits: readonly string[];
  /** How likely it is that a state was overlooked; 0 with exact memory. */
  readonly omission: number;
  readonly violation: Violation | null;
  /** Claims that no state met so far satisfies. */
  readonly neverMet: readonly string[];
  readonly bytes: number;
}

/** How likely it is that two of `states` states looked the same. */
function omissionOf(memory: Memory, states: number, bitField: number): number {
  if (memory === 'exact') return 0;
  if (memory === 'fingerprint') return -Math.expm1((-states * (states - 1)) / 2 ** 65);
  // The chance of the last state: all its bits were set by others. Over all states it adds up.
  const used = -Math.expm1((-BITS_PER_STATE * states) / bitField);
  return -Math.expm1((-states * used ** BITS_PER_STATE) / (BITS_PER_STATE + 1));
}

/** One search of one network. */
class Search {
  readonly network: Network;
  readonly layout: Layout;
  readonly engine: Engine;
  readonly options: ExploreOptions;
  depth = 0;
  limits: string[] = [];
  /** The state that stopped the search, or -1. */
  stopped = -1;
  private readonly wanted: readonly Claim[];
  private readonly open: Set<number>;

  constructor(network: Network, properties: Properties, options: ExploreOptions) {
    const { always = [], sometimes = [], mayEnd = null } = properties;
    const { symmetry = [], memory = 'exact', bitField = BIT_FIELD } = options;
    for (const bundles of symmetry) proveSymmetry(network, properties, bundles);
    this.network = network;
    this.options = options;
    this.layout = layoutOf(network.components);
    this.wanted = sometimes;
    this.open = new Set(sometimes.keys());
    const { layout } = this;
    const parts = { network, layout, always, sometimes, mayEnd, symmetry, memory, bitField };
    this.engine = compileEngine(parts);
    this.engine.start(...Array.from({ length: this.layout.words }, () => 0));
  }

  get neverMet(): readonly string[] {
    return [...this.open].map((claim) => this.wanted[claim]?.name ?? '');
  }

  /** Level by level. */
  breadth(): void {
    const { engine, options } = this;
    const { depthMax = Infinity } = options;
    for (let begin = 0; begin < engine.count(); this.depth += 1) {
      if (this.depth > depthMax) {
        this.depth -= 1;
        this.limits.push(`depth: ${depthMax}`);
        return;
      }
      const end = engine.count();
      engine.nextLevel();
      for (; begin < end; begin = Math.min(begin + CHUNK, end)) {
        if (this.isOver(begin, Math.min(begin + CHUNK, end))) return;
      }
    }
    this.depth -= 1;
  }

  /** Newest state first; `depth` is that of the search tree. */
  deep(): void {
    const { engine, options } = this;
    const { depthMax = Infinity } = options;
    const stack = [0];
    const depths = [0];
    for (let turn = 1; stack.length > 0; turn += 1) {
      const state = stack.pop() ?? 0;
      const depth = depths[state] ?? 0;
      if (depth > depthMax) {
        if (this.limits.length === 0) this.limits.push(`depth: ${depthMax}`);
        continue;
      }
      this.depth = Math.max(this.depth, depth);
      const before = engine.count();
      if (this.isOver(state, state + 1, turn % CHUNK === 0)) return;
      for (let found = before; found < engine.count(); found += 1) {
        depths.push(depth + 1);
        stack.push(found);
      }
    }
  }

  /** Scans a range of states; true when the search ends here. */
  private isOver(begin: number, end: number, isAsked: boolean = true): boolean {
    const { engine } = this;
    if (isAsked && this.isOutOfBounds()) return true;
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

  private isOutOfBounds(): boolean {
    const { statesMax = Infinity, memoryMaxMiB = Infinity, stop } = this.options;
    if (this.engine.count() > statesMax) this.limits.push(`states: ${statesMax}`);
    if (this.engine.bytes() > memoryMaxMiB * MIB) this.limits.push(`memory: ${memoryMaxMiB} MiB`);
    const reason = stop?.() ?? null;
    if (reason !== null) this.limits.push(reason);
    return this.limits.length > 0;
  }

  /** What stopped the search. */
  violation({ always = [] }: Properties): Violation | null {
    const { engine, network, layout, stopped } = this;
    if (stopped < 0) return null;
    const reason = engine.reason();
    const isStuck = reason === STUCK;
    const words = engine.wordsAt(stopped);
    const state = describeState(network, layout, words);
    return {
      property: isStuck ? 'no dead end' : (always[reason]?.name ?? ''),
      kind: isStuck ? 'deadlock' : 'always',
      trace: this.options.memory === 'bits' ? null : traceTo(network, layout, engine, stopped),
      state,
    };
  }
}

/**
 * Searches all states that a network can reach and checks `always`, `sometimes` and dead ends; for
 * `eventually` see `checkLiveness`. It stops at the first violation.
 */
export function explore(
  network: Network,
  properties: Properties = {},
  options: ExploreOptions = {},
): Exploration {
  const { order = 'breadth', memory = 'exact', bitField = BIT_FIELD } = options;
  if (order === 'depth' && memory !== 'exact') throw new Error('depth first needs exact memory');
  const search = new Search(network, properties, options);
  if (order === 'depth') search.deep();
  else search.breadth();
  const { engine, limits, neverMet, depth } = search;
  const violation = search.violation(properties);
  return {
    states: engine.count(),
    edges: engine.edges(),
    depth,
    complete: violation === null && limits.length === 0,
    limits,
    omission: omissionOf(memory, engine.count(), bitField),
    violation,
    neverMet,
    bytes: engine.bytes(),
  };
}
