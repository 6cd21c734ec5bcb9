import { arrayLeaves } from './array-leaves.ts';
import { captures } from './captures.ts';
import { chainLeaves } from './chain-leaves.ts';
import { bufferHolders } from './buffer-holders.ts';
import type { BufferHoldersScope } from './buffer-holders.ts';
import { bufferPollers } from './buffer-pollers.ts';
import { bufferMoves } from './buffer-moves.ts';
import { callbackRelay } from './callback-relay.ts';
import { completions } from './completions.ts';
import { evictions } from './evictions.ts';
import { execTasks } from './exec-tasks.ts';
import { dmaJobs } from './dma-jobs.ts';
import { dmaPages } from './dma-pages.ts';
import { fenceCallers } from './fence-callers.ts';
import type { FenceCallersScope } from './fence-callers.ts';
import { flips } from './flips.ts';
import { frames } from './frames.ts';
import { gpuJobs } from './gpu-jobs.ts';
import { resvTasks } from './resv-tasks.ts';
import type { SyncFilesScope } from './sync-file-parts.ts';
import { syncFiles } from './sync-files.ts';
import { schedRing } from './sched-ring.ts';
import { pictures } from './pictures.ts';
import { pageFlips } from './page-flips.ts';
import { syncobjs } from './syncobjs.ts';
import type { System } from './system.ts';
import { timelineCallers } from './timeline-callers.ts';
import { videoQueues } from './video-queues.ts';
import type { WwTasksScope } from './ww-tasks.ts';
import { wwTasks } from './ww-tasks.ts';

const DMA_RESV_USAGE_WRITE = 1;
const DMA_RESV_USAGE_READ = 2;
const DMA_RESV_USAGE_BOOKKEEP = 3;

/** `eventually` keeps the edges in memory and costs several times as much as all other claims. */
function withoutLiveness(system: System, instead: string): System {
  const { eventually: _, ...others } = system.properties;
  return { ...system, properties: others, notes: [`eventually is claimed ${instead}`] };
}

const CALLS = ['add', 'wait'] as const;
const ALL_CALLS: FenceCallersScope = { tasks: [CALLS, CALLS, CALLS], fences: 2 };
const ONE_CALL: FenceCallersScope = { tasks: [['add'], ['add'], ['wait']], fences: 2 };
const SPURIOUS: FenceCallersScope = {
  tasks: [['add'], ['wait'], ['wait']],
  fences: 2,
  isSpurious: true,
};

const TWO_FILES: SyncFilesScope = { tasks: [[0], [0, 1], [1]], files: 2 };
const ONE_FILE: SyncFilesScope = { tasks: [[0], [0], [0]], files: 1 };

const CONTEXTS = [
  { context: 1, seqno: 1, usage: DMA_RESV_USAGE_WRITE },
  { context: 2, seqno: 1, usage: DMA_RESV_USAGE_BOOKKEEP },
  { context: 3, seqno: 1, usage: DMA_RESV_USAGE_WRITE },
];
const ONE_CONTEXT_TWICE = [
  { context: 1, seqno: 1, usage: DMA_RESV_USAGE_READ },
  { context: 1, seqno: 2, usage: DMA_RESV_USAGE_WRITE },
  { context: 2, seqno: 1, usage: DMA_RESV_USAGE_BOOKKEEP },
];

const ONE_BUFFER: BufferHoldersScope = {
  tasks: [
    { buffer: 0, kind: 'maps' },
    { buffer: 0, kind: 'maps' },
    { buffer: 0, kind: 'shows' },
  ],
  buffers: 1,
};
const TWO_BUFFERS: BufferHoldersScope = {
  tasks: [
    { buffer: 0, kind: 'maps' },
    { buffer: 0, kind: 'maps' },
    { buffer: 1, kind: 'shows' },
  ],
  buffers: 2,
};

const WAIT_DIE: WwTasksScope = { algorithm: 'waitDie', tasks: 3, mutexes: 3 };
const WOUND_WAIT: WwTasksScope = { algorithm: 'woundWait', tasks: 3, mutexes: 3 };

/**
 * The systems that every check searches: each machine of `model/machines/` is in one with at least
 * three tasks and two fences, or other objects. Making one tabulates its machines.
 */
export const SYSTEMS: readonly (() => System)[] = [
  () => withoutLiveness(fenceCallers(ALL_CALLS), 'with one call for each task'),
  () => fenceCallers(ONE_CALL),
  () => fenceCallers(SPURIOUS),
  () => callbackRelay({ tasks: 3 }),
  () => withoutLiveness(syncFiles(TWO_FILES), 'with three tasks on one file'),
  () => syncFiles(ONE_FILE),
  () => bufferPollers({ tasks: 3, fences: 2 }),
  () => timelineCallers({ tasks: 3, valueMax: 2 }),
  () => timelineCallers({ tasks: 2, valueMax: 3 }),
  () => resvTasks({ tasks: CONTEXTS, isWatched: false }),
  () => resvTasks({ tasks: ONE_CONTEXT_TWICE, isWatched: true }),
  () => arrayLeaves({ mode: 'all', leaves: 3, isPolled: false }),
  () => arrayLeaves({ mode: 'any', leaves: 3, isPolled: false }),
  () => arrayLeaves({ mode: 'all', leaves: 2, isPolled: true }),
  () => arrayLeaves({ mode: 'any', leaves: 2, isPolled: true }),
  () => withoutLiveness(chainLeaves({ leaves: 3 }), 'with two leaves'),
  () => chainLeaves({ leaves: 2 }),
  () => bufferHolders(ONE_BUFFER),
  () => bufferHolders(TWO_BUFFERS),
  () => withoutLiveness(wwTasks(WAIT_DIE), 'with two mutexes'),
  () => wwTasks({ ...WAIT_DIE, mutexes: 2 }),
  () => withoutLiveness(wwTasks(WOUND_WAIT), 'with two mutexes'),
  () => wwTasks({ ...WOUND_WAIT, mutexes: 2 }),
  () => bufferMoves({ importers: 3 }),
  () => syncobjs({ objects: 2 }),
  () => evictions({ owners: 3 }),
  () => execTasks({ tasks: 3, objects: 2 }),
  () => withoutLiveness(gpuJobs({ tasks: 3 }), 'with two tasks'),
  () => gpuJobs({ tasks: 2 }),
  () => flips({ tasks: 3 }),
  () => dmaJobs({ tasks: 3 }),
  () => videoQueues({ buffers: 2 }),
  () => schedRing({ jobs: 3, credits: 2 }),
  () => pageFlips({ commits: 3 }),
  () => captures({ jobs: 3 }),
  () => frames({ tasks: 3 }),
  () => pictures({ tasks: 3 }),
  () => dmaPages({ tasks: 3, pages: 2 }),
  () => completions({ jobs: 2 }),
];
