import { describe, expect, test } from 'vitest';
import type { Liveness } from '../claims.ts';
import { Graph } from '../graph.ts';
import { findLasso } from '../liveness.ts';
import type { Network } from '../network.ts';
import { refuteLasso } from '../replay-lasso.ts';
import { arrayLeaves } from './array-leaves.ts';
import { fenceCallers } from './fence-callers.ts';
import { resvTasks } from './resv-tasks.ts';
import { timelineCallers } from './timeline-callers.ts';

const SMALL = [
  fenceCallers({ tasks: [['add'], ['wait']], fences: 1 }),
  timelineCallers({ tasks: 2, valueMax: 2 }),
  resvTasks({ tasks: 2 }),
  arrayLeaves({ mode: 'all', leaves: 2 }),
];

function failsWith(graph: Graph, system: Network, liveness: Liveness): boolean {
  const lasso = findLasso(graph, liveness);
  if (lasso === null) return false;
  expect(refuteLasso(system, liveness, lasso)).toBeNull();
  return true;
}

for (const { network, properties } of SMALL) {
  describe(network.name, () => {
    const graph = new Graph(network);
    for (const one of properties.eventually ?? []) {
      test(`${one.name}, but only if everybody is fair who is said to be`, () => {
        expect(failsWith(graph, network, one)).toBe(false);
        expect(failsWith(graph, network, { ...one, fair: [] })).toBe(true);
        const needless = one.fair.filter(
          (group) =>
            !failsWith(graph, network, {
              ...one,
              fair: one.fair.filter((other) => other !== group),
            }),
        );
        expect(needless.map(({ group }) => group)).toEqual([]);
      });
    }
  });
}
