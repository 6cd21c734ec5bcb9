import type { Properties } from './claims.ts';
import { explore } from './explore.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { GRAPH_STATES_MAX, Graph } from './graph.ts';
import { findLasso } from './liveness.ts';
import type { Lasso } from './lasso.ts';
import { arrayLeaves } from './required/array-leaves.ts';
import { fenceCallers } from './required/fence-callers.ts';
import { resvTasks } from './required/resv-tasks.ts';
import type { System } from './required/system.ts';
import { timelineCallers } from './required/timeline-callers.ts';
import type { Trace } from './trace.ts';

/** One property of a system. */
export interface PropertyReport {
  readonly name: string;
  readonly kind: 'always' | 'sometimes' | 'eventually' | 'deadlock';
  /** `partial`: no violation, but a limit ended the search. */
  readonly status: 'holds' | 'violated' | 'partial';
  readonly counterexample: Trace | Lasso | null;
}

/** What is known of a system within its bounds. */
export interface SystemReport {
  readonly name: string;
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
  readonly complete: boolean;
  /** Which limits ended the search. */
  readonly limits: readonly string[];
  readonly properties: readonly PropertyReport[];
}

/** The systems that every check searches. Making one tabulates its machines. */
const SYSTEMS: readonly (() => System)[] = [
  // All calls of three tasks on two fences: without `eventually`, which needs the edges in memory.
  () => {
    const call = ['add', 'wait'] as const;
    const { network, properties } = fenceCallers({ tasks: [call, call, call], fences: 2 });
    const { eventually: _, ...others } = properties;
    return { network, properties: others };
  },
  () => fenceCallers({ tasks: [['add'], ['add'], ['wait']], fences: 2 }),
  () => timelineCallers({ tasks: 2, valueMax: 3 }),
  () => resvTasks({ tasks: 3 }),
  () => arrayLeaves({ mode: 'all', leaves: 2 }),
  () => arrayLeaves({ mode: 'any', leaves: 2 }),
];

/** Each claim once by name; a name stands for one claim per object. */
function names(claims: Properties['always']): readonly string[] {
  return [...new Set((claims ?? []).map(({ name }) => name))];
}

function safety(properties: Properties, found: Exploration): readonly PropertyReport[] {
  const { violation, complete, neverMet } = found;
  const report = (kind: 'always' | 'deadlock', name: string): PropertyReport => {
    const isBroken = violation?.kind === kind && violation.property === name;
    if (isBroken) return { name, kind, status: 'violated', counterexample: violation.trace };
    return { name, kind, status: complete ? 'holds' : 'partial', counterexample: null };
  };
  return [
    ...names(properties.always).map((name) => report('always', name)),
    report('deadlock', 'no dead end'),
    ...names(properties.sometimes).map((name): PropertyReport => {
      const missing = complete ? 'violated' : 'partial';
      const status = neverMet.includes(name) ? missing : 'holds';
      return { name, kind: 'sometimes', status, counterexample: null };
    }),
  ];
}

function liveness(
  { network, properties: { eventually = [] } }: System,
  isPossible: boolean,
): readonly PropertyReport[] {
  const graph = isPossible && eventually.length > 0 ? new Graph(network) : null;
  return eventually.map((one): PropertyReport => {
    const { name } = one;
    if (graph === null)
      return { name, kind: 'eventually', status: 'partial', counterexample: null };
    const counterexample = findLasso(graph, one);
    const status = counterexample === null ? 'holds' : 'violated';
    return { name, kind: 'eventually', status, counterexample };
  });
}

/** Searches one system and checks everything that is claimed of it. */
export function checkSystem(system: System, options: ExploreOptions = {}): SystemReport {
  const found = explore(system.network, system.properties, options);
  const { states, edges, depth, complete } = found;
  const isLarge = states > GRAPH_STATES_MAX && (system.properties.eventually ?? []).length > 0;
  const limits = isLarge
    ? [...found.limits, `states for eventually: ${GRAPH_STATES_MAX}`]
    : found.limits;
  return {
    name: system.network.name,
    states,
    edges,
    depth,
    complete,
    limits,
    properties: [...safety(system.properties, found), ...liveness(system, complete && !isLarge)],
  };
}

/** Searches all required systems. `progress` hears the name of each before it begins. */
export function checkSystems(
  progress: (name: string) => void = () => undefined,
  options: ExploreOptions = {},
): readonly SystemReport[] {
  return SYSTEMS.map((make) => {
    const system = make();
    progress(system.network.name);
    return checkSystem(system, options);
  });
}
