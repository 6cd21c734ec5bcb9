import type { FairGroup, Properties } from './claims.ts';
import { explore } from './explore.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { Graph } from './graph.ts';
import type { Lasso } from './lasso.ts';
import { isSure, leftOut } from './left-out.ts';
import { findLasso } from './liveness.ts';
import type { Network } from './network.ts';
import { refuteLasso } from './replay-lasso.ts';
import { SYSTEMS } from './required/scopes.ts';
import type { System } from './required/system.ts';
import type { Trace } from './trace.ts';

/** One property of a system. */
export interface PropertyReport {
  readonly name: string;
  readonly kind: 'always' | 'sometimes' | 'eventually' | 'deadlock';
  /** Of `eventually`: where it begins to be called for; null from the start. */
  readonly whenever: string | null;
  /** Of `eventually`: who does not wait for ever. */
  readonly fair: readonly FairGroup[];
  /** `partial`: no violation, but a limit ended the search, or there was no room for it. */
  readonly status: 'holds' | 'violated' | 'partial';
  readonly counterexample: Trace | Lasso | null;
}

/** What is known of a system within its bounds. */
export interface SystemReport {
  readonly name: string;
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
  /** Every reachable state was searched: no limit left one out, and no memory could overlook one. */
  readonly complete: boolean;
  /** Neither a limit nor a violation ended the search. */
  readonly ended: boolean;
  /** Which limits ended the search, or left something out of it. */
  readonly limits: readonly string[];
  /** What this system does not claim, and which one does. */
  readonly notes: readonly string[];
  readonly properties: readonly PropertyReport[];
}

export interface CheckSystemOptions extends ExploreOptions {
  /** States that are kept with their edges, which `eventually` needs. */
  readonly graphStatesMax?: number;
}

/** Each claim once by name; a name stands for one claim per object. */
function names(claims: Properties['always']): readonly string[] {
  return [...new Set((claims ?? []).map(({ name }) => name))];
}

function safety(properties: Properties, found: Exploration): readonly PropertyReport[] {
  const { violation, neverMet } = found;
  const isDecided = isSure(found);
  const plain = { whenever: null, fair: [], counterexample: null } as const;
  const report = (kind: 'always' | 'deadlock', name: string): PropertyReport => {
    const isBroken = violation?.kind === kind && violation.property === name;
    if (!isBroken) return { ...plain, name, kind, status: isDecided ? 'holds' : 'partial' };
    return { ...plain, name, kind, status: 'violated', counterexample: violation.trace };
  };
  return [
    ...names(properties.always).map((name) => report('always', name)),
    report('deadlock', 'no dead end'),
    ...names(properties.sometimes).map((name): PropertyReport => {
      const missing = isDecided ? 'violated' : 'partial';
      return {
        ...plain,
        name,
        kind: 'sometimes',
        status: neverMet.includes(name) ? missing : 'holds',
      };
    }),
  ];
}

/** The edges in memory, or why there are none. */
function graphOf(network: Network, statesMax: number | undefined): Graph | string {
  try {
    return new Graph(network, statesMax === undefined ? {} : { statesMax });
  } catch (error) {
    // Too many states, or a typed array that cannot be made; everything else is a defect.
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

/** Without a graph, nothing is said. */
function liveness(
  { network, properties: { eventually = [] } }: System,
  graph: Graph | null,
): readonly PropertyReport[] {
  return eventually.map((one): PropertyReport => {
    const { name, fair } = one;
    const whenever = one.whenever?.name ?? null;
    const plain = { name, kind: 'eventually', whenever, fair, counterexample: null } as const;
    if (graph === null) return { ...plain, status: 'partial' };
    const counterexample = findLasso(graph, one);
    if (counterexample === null) return { ...plain, status: 'holds' };
    const wrong = refuteLasso(network, one, counterexample);
    if (wrong !== null) throw new Error(`system ${network.name}, ${name}: no lasso, ${wrong}`);
    return { ...plain, status: 'violated', counterexample };
  });
}

/** Searches one system and checks everything that is claimed of it. */
export function checkSystem(system: System, options: CheckSystemOptions = {}): SystemReport {
  const { network, properties, notes = [] } = system;
  const found = explore(network, properties, options);
  const { states, edges, depth, complete: ended, omission } = found;
  const isLive = ended && (properties.eventually ?? []).length > 0;
  const graph = isLive ? graphOf(network, options.graphStatesMax) : null;
  const missing = typeof graph === 'string' ? [`no edges for eventually: ${graph}`] : [];
  return {
    name: network.name,
    states,
    edges,
    depth,
    complete: ended && omission === 0,
    ended,
    limits: [...found.limits, ...leftOut(found), ...missing],
    notes,
    properties: [
      ...safety(properties, found),
      ...liveness(system, typeof graph === 'string' ? null : graph),
    ],
  };
}

/** Searches all required systems. `progress` hears the name of each before it begins. */
export function checkSystems(
  progress: (name: string) => void = () => undefined,
  options: CheckSystemOptions = {},
): readonly SystemReport[] {
  return SYSTEMS.map((make) => {
    const system = make();
    progress(system.network.name);
    return checkSystem(system, options);
  });
}
