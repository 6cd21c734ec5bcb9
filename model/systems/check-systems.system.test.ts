import { describe, expect, test } from 'vitest';
import { checkSystems } from './check-systems.ts';
import { Graph } from './graph.ts';
import { findLasso } from './liveness.ts';
import { refuteLasso } from './replay-lasso.ts';
import { SYSTEMS } from './required/scopes.ts';

test('all required systems are searched to the end, and all holds', () => {
  for (const report of checkSystems()) {
    expect(report, report.name).toMatchObject({ complete: true, limits: [] });
    expect(report.properties.filter(({ status }) => status !== 'holds')).toEqual([]);
  }
});

describe('nothing happens in the end when nobody has to be fair', () => {
  for (const { network, properties } of SYSTEMS.map((make) => make())) {
    const { eventually = [] } = properties;
    if (eventually.length === 0) continue;
    test(network.name, () => {
      const graph = new Graph(network);
      for (const one of eventually) {
        const withdrawn = { ...one, fair: [] };
        const lasso = findLasso(graph, withdrawn);
        expect(lasso, one.name).not.toBeNull();
        if (lasso !== null) expect(refuteLasso(network, withdrawn, lasso)).toBeNull();
      }
    });
  }
});
