import { describe, expect, test } from 'vitest';
import type { FairGroup, Liveness } from '../claims.ts';
import { Graph } from '../graph.ts';
import { findLasso } from '../liveness.ts';
import type { Network } from '../network.ts';
import { refuteLasso } from '../replay-lasso.ts';
import { arrayLeaves } from './array-leaves.ts';
import { bufferPollers } from './buffer-pollers.ts';
import { callbackRelay } from './callback-relay.ts';
import { completions } from './completions.ts';
import { execTasks } from './exec-tasks.ts';
import { dmaJobs } from './dma-jobs.ts';
import { dmaPages } from './dma-pages.ts';
import { fenceCallers } from './fence-callers.ts';
import { flips } from './flips.ts';
import { gpuJobs } from './gpu-jobs.ts';
import { resvTasks } from './resv-tasks.ts';
import { syncFiles } from './sync-files.ts';
import { syncobjs } from './syncobjs.ts';
import { timelineCallers } from './timeline-callers.ts';
import { videoQueues } from './video-queues.ts';
import { wwTasks } from './ww-tasks.ts';

const LINE = [
  { context: 1, seqno: 1, usage: 2 },
  { context: 1, seqno: 2, usage: 1 },
];

const SMALL = [
  fenceCallers({ tasks: [['add'], ['wait']], fences: 1 }),
  fenceCallers({ tasks: [['wait'], ['wait']], fences: 1, isSpurious: true }),
  callbackRelay({ tasks: 2 }),
  syncFiles({ tasks: [[0], [0]], files: 1 }),
  bufferPollers({ tasks: 2, fences: 1 }),
  timelineCallers({ tasks: 2, valueMax: 2 }),
  resvTasks({ tasks: LINE, isWatched: false }),
  resvTasks({ tasks: LINE, isWatched: true }),
  arrayLeaves({ mode: 'all', leaves: 2, isPolled: false }),
  arrayLeaves({ mode: 'any', leaves: 2, isPolled: true }),
  syncobjs({ objects: 1 }),
  execTasks({ tasks: 2, objects: 2 }),
  gpuJobs({ tasks: 2 }),
  flips({ tasks: 2 }),
  dmaJobs({ tasks: 2 }),
  dmaPages({ tasks: 2, pages: 2 }),
  completions({ jobs: 2 }),
  videoQueues({ buffers: 2 }),
  wwTasks({ algorithm: 'waitDie', tasks: 2, mutexes: 2 }),
  wwTasks({ algorithm: 'woundWait', tasks: 2, mutexes: 2 }),
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
        const { fair } = one;
        const fails = (groups: readonly FairGroup[]): boolean =>
          failsWith(graph, network, { ...one, fair: groups });
        expect(fails(fair)).toBe(false);
        expect(fails([])).toBe(true);
        const needless = fair.filter((group) => !fails(fair.filter((other) => other !== group)));
        expect(needless).toEqual([]);
        const weaker = (group: FairGroup): readonly FairGroup[] =>
          fair.map((other) => (other === group ? { ...other, fairness: 'weak' } : other));
        const tooStrong = fair.filter(
          (group) => group.fairness === 'strong' && !fails(weaker(group)),
        );
        expect(tooStrong).toEqual([]);
      });
    }
  });
}
