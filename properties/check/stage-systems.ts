import { boundedLifecycles } from '../../model/lifecycles.ts';
import { checkSystems, type PropertyReport } from '../../model/systems/check-systems.ts';
import { cachedTable } from '../../model/table-cache.ts';
import type { CheckOptions } from './options.ts';
import type { Met, StageResult, SystemReport } from './report.ts';

export interface SystemsStage extends StageResult {
  readonly systems: readonly SystemReport[];
}

/** The complete table of every machine, and every system of machines searched to its end. */
export function checkModel(options: CheckOptions): SystemsStage {
  const searched = checkSystems((name) => options.progress(`system ${name}`));
  const findings = searched.flatMap(({ name, properties }) =>
    properties.filter(({ status }) => status === 'violated').map((one) => toMet(name, one)),
  );
  const partial = searched
    .filter(({ complete }) => !complete)
    .map(({ name, limits }) => `system ${name}: ${limits.join(', ')}`);
  const systems = searched.map(({ name, states, edges, depth, complete, properties }) => ({
    name,
    states,
    edges,
    depth,
    complete,
    properties: properties.map((one) => ({ name: one.name, kind: one.kind, status: one.status })),
  }));
  const machines = tabulatedMachines(options);
  return { runs: 0, steps: 0, findings, weak: [], partial, systems: [...machines, ...systems] };
}

function tabulatedMachines(options: CheckOptions): readonly SystemReport[] {
  return boundedLifecycles().map((lifecycle) => {
    options.progress(`machine of ${lifecycle.kind}`);
    const { states, edges, depth } = cachedTable(lifecycle);
    const scope = Object.entries(lifecycle.scope).map(([name, bound]) => `${name} ${bound}`);
    const bounds = scope.length === 0 ? '' : ` (${scope.join(', ')})`;
    const name = `machine ${lifecycle.kind}${bounds}`;
    return { name, states, edges, depth, complete: true, properties: [] };
  });
}

function toMet(system: string, { name, kind, counterexample }: PropertyReport): Met {
  const moves = counterexample === null ? '' : `: ${JSON.stringify(counterexample)}`;
  const message = `the model breaks its own claim, ${kind} ${name}${moves}`;
  const finding = { rules: [], judge: 'system', message, step: null, expected: null };
  return { finding, source: `system ${system}`, failure: null };
}
