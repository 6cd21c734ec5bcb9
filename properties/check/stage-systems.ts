import { boundedLifecycles } from '../../model/lifecycles.ts';
import { cachedTable } from '../../model/table-cache.ts';
import type { CheckOptions } from './options.ts';
import type { SystemReport } from './report.ts';

/** The complete table of every machine of the model. */
export function tabulatedMachines(options: CheckOptions): readonly SystemReport[] {
  return boundedLifecycles().map((lifecycle) => {
    options.progress(`machine of ${lifecycle.kind}`);
    const { states, edges, depth } = cachedTable(lifecycle);
    const scope = Object.entries(lifecycle.scope).map(([name, bound]) => `${name} ${bound}`);
    const name = scope.length === 0 ? lifecycle.kind : `${lifecycle.kind} (${scope.join(', ')})`;
    return { name, states, edges, depth, complete: true };
  });
}
