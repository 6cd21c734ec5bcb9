import type { Properties } from './claims.ts';
import { BITS_PER_STATE, STUCK } from './engine-code.ts';
import type { Memory } from './key-code.ts';
import type { Network } from './network.ts';
import { WORKERS_MAX } from './parallel/board.ts';
import { BIT_FIELD, Search } from './search.ts';
import { proveViews } from './prove-views.ts';
import { proveSymmetry } from './symmetry.ts';
import type { Symmetry } from './symmetry.ts';
import { describeState, traceTo } from './trace.ts';
import type { Trace } from './trace.ts';

import type { View } from './views.ts';

/** How far a search has come. */
export interface SearchProgress {
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
}

export interface CheckpointOptions {
  readonly file: string;
  /** States that are searched between two of them. */
  readonly everyStates?: number;
  /** Goes on where the file says, instead of from the beginning. */
  readonly resume?: boolean;
}

export interface ExploreOptions {
  /** Breadth first finds shortest counterexamples; depth first needs exact memory. */
  readonly order?: 'breadth' | 'depth';
  readonly memory?: Memory;
  /** Bits of the field in bit-state mode: a power of two. */
  readonly bitField?: number;
  readonly symmetry?: readonly Symmetry[];
  readonly views?: readonly View[];
  /** Views are tried out first on a system of at most so many states; they are believed beyond. */
  readonly proveStatesMax?: number;
  /** Threads that search together, breadth first; the result is the same with any number. */
  readonly workers?: number;
  /** Moves from the initial state; what lies behind the last of them is counted, not searched. */
  readonly depthMax?: number;
  readonly statesMax?: number;
  /** Of the seen-set and the queue. */
  readonly memoryMaxMiB?: number;
  /** Asked now and then: why the search has to end, say because its time is up; else null. */
  readonly stop?: (progress: SearchProgress) => string | null;
  readonly checkpoint?: CheckpointOptions;
}

/** A property that does not hold, and how the system gets there. */
export interface Violation {
  readonly property: string;
  readonly kind: 'always' | 'deadlock';
  /** Null in bit-state mode, which does not remember where states came from. */
  readonly trace: Trace | null;
  readonly state: readonly string[];
}

/** A declared symmetry or view that was active. */
export interface Reduction {
  readonly kind: 'symmetry' | 'view';
  readonly name: string;
  /** It changes no verdict: proved for this very system, not only declared. */
  readonly isProved: boolean;
}

export interface Exploration {
  readonly states: number;
  /** Enabled moves of all expanded states, those that change nothing included. */
  readonly edges: number;
  readonly depth: number;
  /** Every reachable state was expanded, as far as memory mode and reductions can tell. */
  readonly complete: boolean;
  /** Which limits ended the search. */
  readonly limits: readonly string[];
  /** How likely it is that a state was overlooked; 0 with exact memory. */
  readonly omission: number;
  readonly reductions: readonly Reduction[];
  readonly violation: Violation | null;
  /** Claims that no state met so far satisfies. */
  readonly neverMet: readonly string[];
  readonly bytes: number;
}

/** Larger ones have positions that are no 32-bit integers any more. */
const BIT_FIELDS = Array.from({ length: 22 }, (_, index) => 2 ** (10 + index));

/** How likely it is that two of `states` states looked the same. */
function omissionOf(memory: Memory, states: number, bitField: number): number {
  if (memory === 'exact') return 0;
  if (memory === 'fingerprint') return -Math.expm1((-states * (states - 1)) / 2 ** 65);
  // The chance of the last state: all its bits were set by others. Over all states it adds up.
  const used = -Math.expm1((-BITS_PER_STATE * states) / bitField);
  return -Math.expm1((-states * used ** BITS_PER_STATE) / (BITS_PER_STATE + 1));
}

/** What stopped the search. */
function violationOf(
  { engine, layout, stopped }: Search,
  network: Network,
  { always = [] }: Properties,
  memory: Memory,
): Violation | null {
  if (stopped < 0) return null;
  const reason = engine.reason();
  const isStuck = reason === STUCK;
  return {
    property: isStuck ? 'no dead end' : (always[reason]?.name ?? ''),
    kind: isStuck ? 'deadlock' : 'always',
    trace: memory === 'bits' ? null : traceTo(network, layout, engine, stopped),
    state: describeState(network, layout, engine.wordsAt(stopped)),
  };
}

/** What cannot be wanted, or not together; null when all can. */
export function wrongOptions(options: ExploreOptions): string | null {
  const { order, memory = 'exact', workers = 1, bitField = BIT_FIELD } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
    return `${workers} workers; expected 1 to ${WORKERS_MAX}`;
  }
  if (!BIT_FIELDS.includes(bitField)) return `a field of ${bitField} bits; expected 2^10 to 2^31`;
  if (order === 'depth' && memory !== 'exact') return 'depth first needs exact memory';
  if (order === 'depth' && workers > 1) return 'depth first is for one worker';
  if (memory === 'bits' && workers > 1) {
    return 'bit-state memory is for one worker: what it overlooks depends on the order';
  }
  return null;
}

/** Proves what can be proved of symmetries and views. */
function reductionsOf(
  network: Network,
  properties: Properties,
  { symmetry = [], views = [], proveStatesMax = 0 }: ExploreOptions,
): readonly Reduction[] {
  for (const one of symmetry) proveSymmetry(network, properties, one);
  const isProved = views.length > 0 && proveViews(network, properties, views, proveStatesMax);
  return [
    ...symmetry.map(({ name }) => ({ kind: 'symmetry', name, isProved: true }) as const),
    ...views.map(({ name }) => ({ kind: 'view', name, isProved }) as const),
  ];
}

/**
 * Searches all states that a network can reach and checks `always`, `sometimes` and dead ends; for
 * `eventually` see `findLasso`. It stops at the first violation.
 */
export function explore(
  network: Network,
  properties: Properties = {},
  options: ExploreOptions = {},
): Exploration {
  const wrong = wrongOptions(options);
  if (wrong !== null) throw new RangeError(wrong);
  const { memory = 'exact', bitField = BIT_FIELD } = options;
  const reductions = reductionsOf(network, properties, options);
  const search = new Search(network, properties, options);
  const { engine } = search;
  try {
    search.run();
    const { limits, neverMet, depth } = search;
    const violation = violationOf(search, network, properties, memory);
    return {
      states: engine.count(),
      edges: engine.edges(),
      depth,
      complete: violation === null && limits.length === 0,
      limits,
      omission: omissionOf(memory, engine.count(), bitField),
      reductions,
      violation,
      neverMet,
      bytes: engine.bytes(),
    };
  } finally {
    engine.close();
  }
}
