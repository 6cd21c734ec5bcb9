import { boundedLifecycles } from '../../model/lifecycles.ts';
import {
  checkSystem,
  type PropertyReport,
  type SystemReport as SearchReport,
} from '../../model/systems/check-systems.ts';
import type { Lasso } from '../../model/systems/lasso.ts';
import { SYSTEMS } from '../../model/systems/required/scopes.ts';
import type { System } from '../../model/systems/required/system.ts';
import type { Trace } from '../../model/systems/trace.ts';
import { cachedTable } from '../../model/table-cache.ts';
import type { Batches } from '../parallel/batches.ts';
import type { CheckOptions } from './options.ts';
import type { Met, StageResult, SystemReport } from './report.ts';

export interface SystemsResult extends StageResult {
  readonly systems: readonly SystemReport[];
}

/** The complete table of every machine, and every system of machines searched to its end. */
export class SystemsStage implements Batches<'system'> {
  readonly kind = 'system';
  /** A seeded fault is one of the implementation: the model knows nothing of it. */
  readonly fault = null;
  private readonly options: CheckOptions;
  /** Required systems by their numbers. */
  private readonly asked: readonly number[];
  private readonly searched: SearchReport[] = [];

  constructor(options: CheckOptions, asked: readonly number[] = [...SYSTEMS.keys()]) {
    this.options = options;
    this.asked = asked;
  }

  job(number: number): number | null {
    const system = this.asked[number];
    if (system === undefined) return null;
    this.options.progress(`system ${number + 1} of ${this.asked.length}`);
    return system;
  }

  merge(report: SearchReport): boolean {
    this.searched.push(report);
    return true;
  }

  result(): SystemsResult {
    return systemsStage(tabulatedMachines(this.options), this.searched);
  }
}

/** Searches one required system, by its number. */
export function trySystem(number: number): SearchReport {
  const make = SYSTEMS[number];
  if (make === undefined) throw new Error(`there is no system ${number}`);
  let system: System;
  try {
    system = make();
  } catch (error) {
    return notMade(number, error instanceof Error ? error.message : String(error));
  }
  return checkSystem(system);
}

/** A machine was changed, and does not go together with those around it any more. */
function notMade(number: number, reason: string): SearchReport {
  const claim = `its machines fit together (${reason})`;
  const plain = { whenever: null, fair: [], counterexample: null } as const;
  return {
    name: `number ${number + 1}`,
    states: 0,
    edges: 0,
    depth: 0,
    complete: false,
    ended: false,
    limits: [],
    notes: [],
    properties: [{ ...plain, name: claim, kind: 'always', status: 'violated' }],
  };
}

/** What the searches of systems say. Whatever was left out of one is said as well. */
export function systemsStage(
  machines: readonly SystemReport[],
  searched: readonly SearchReport[],
): SystemsResult {
  const findings = searched.flatMap(({ name, properties }) =>
    properties.filter(({ status }) => status === 'violated').map((one) => toMet(name, one)),
  );
  const partial = searched.flatMap(leftOut);
  const systems = searched.map((system) => ({
    ...system,
    properties: system.properties.map(({ name, kind, whenever, fair, status }) => ({
      name,
      kind,
      whenever,
      fair,
      status,
    })),
  }));
  return { runs: 0, steps: 0, findings, weak: [], partial, systems: [...machines, ...systems] };
}

/** A search that a violation has ended is no partial one: the violation is what there is to say. */
function leftOut({ name, limits, properties }: SearchReport): readonly string[] {
  const open = properties.filter(({ status }) => status === 'partial').map((one) => one.name);
  const isViolated = properties.some(({ status }) => status === 'violated');
  if (limits.length === 0 && (open.length === 0 || isViolated)) return [];
  const missing = open.length === 0 ? '' : `; not decided: ${open.join(', ')}`;
  return [`system ${name}: ${limits.join(', ')}${missing}`];
}

function tabulatedMachines(options: CheckOptions): readonly SystemReport[] {
  return boundedLifecycles().map((lifecycle) => {
    options.progress(`machine of ${lifecycle.kind}`);
    const { states, edges, depth } = cachedTable(lifecycle);
    const scope = Object.entries(lifecycle.scope).map(([name, bound]) => `${name} ${bound}`);
    const bounds = scope.length === 0 ? '' : ` (${scope.join(', ')})`;
    const name = `machine ${lifecycle.kind}${bounds}`;
    const plain = { complete: true, limits: [], notes: [], properties: [] };
    return { name, states, edges, depth, ...plain };
  });
}

function toMet(system: string, { name, kind, counterexample }: PropertyReport): Met {
  const way = counterexample === null ? '' : `: ${wayText(counterexample)}`;
  const message = `the model breaks its own claim, ${kind} ${name}${way}`;
  const finding = { rules: [], judge: 'system', message, step: null, expected: null };
  return { finding, source: `system ${system}`, failure: null };
}

/** The moves, and where they lead; the states in between follow from them, and `systems` shows them. */
function wayText(way: Trace | Lasso): string {
  const state = 'states' in way ? (way.states.at(-1) ?? []) : way.state;
  const cycle = 'cycle' in way && way.cycle.length > 0 ? [`for ever ${way.cycle.join(', ')}`] : [];
  return [way.moves.join(', '), ...cycle, `in ${state.join('; ')}`].join('; ');
}
