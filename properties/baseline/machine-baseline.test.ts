import { expect, test } from 'vitest';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import { cachedTable } from '../../model/table-cache.ts';
import { shortestPaths } from './compare/machine-walk.ts';
import { machineBaseline, machineName } from './machine-baseline.ts';

test('the words of every machine lead to as many states, in as many events, as its table', () => {
  for (const lifecycle of boundedLifecycles()) {
    const table = cachedTable(lifecycle);
    const baseline = machineBaseline(table);
    const paths = shortestPaths(baseline);
    const name = machineName(lifecycle);
    expect(Object.keys(baseline.states).length, name).toBe(table.states);
    expect([...paths.keys()].toSorted(), name).toEqual(Object.keys(baseline.states).toSorted());
    const depth = Math.max(...[...paths.values()].map(({ events }) => events.length));
    expect(depth, name).toBe(table.depth);
    const edges = Object.values(baseline.states).flatMap(({ on }) => Object.keys(on));
    expect(edges.length, name).toBe(table.edges);
  }
});
