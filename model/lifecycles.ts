import type { ObjectKind } from './events.ts';
import { LazyTable } from './lazy-table.ts';
import type { Lifecycle } from './lifecycle.ts';
import { arrayMachine } from './machines/array.ts';
import { attachmentMachine } from './machines/attachment.ts';
import { cameraMachine } from './machines/camera.ts';
import { codecMachine } from './machines/codec.ts';
import { callbackMachine } from './machines/callback.ts';
import { cacheLineMachine } from './machines/cache-line.ts';
import { chainMachine } from './machines/chain.ts';
import { commitMachine } from './machines/commit.ts';
import { dmaBufMachine } from './machines/dma-buf.ts';
import { execMachine } from './machines/exec.ts';
import { crtcMachine } from './machines/crtc.ts';
import { dmaEngineMachine } from './machines/dma-engine.ts';
import { fenceMachine } from './machines/fence.ts';
import { gpuMachine } from './machines/gpu.ts';
import { interruptLineMachine } from './machines/interrupt-line.ts';
import { pageMachine } from './machines/page.ts';
import { pollSlotMachine } from './machines/poll-slot.ts';
import { resvMachine } from './machines/resv.ts';
import { schedEntityMachine } from './machines/sched-entity.ts';
import { schedFenceMachine } from './machines/sched-fence.ts';
import { schedJobMachine } from './machines/sched-job.ts';
import { schedulerMachine } from './machines/scheduler.ts';
import { syncFileMachine } from './machines/sync-file.ts';
import { syncobjMachine } from './machines/syncobj.ts';
import { timerMachine } from './machines/timer.ts';
import { translationMachine } from './machines/translation.ts';
import { timelineMachine } from './machines/timeline.ts';
import { ttmManagerMachine } from './machines/ttm-manager.ts';
import { ttmObjectMachine } from './machines/ttm-object.ts';
import { vblankMachine } from './machines/vblank.ts';
import { vb2BufferMachine } from './machines/vb2-buffer.ts';
import { vb2QueueMachine } from './machines/vb2-queue.ts';
import { waiterMachine } from './machines/waiter.ts';
import { writebackJobMachine } from './machines/writeback-job.ts';
import { wwContextMachine } from './machines/ww-context.ts';
import { wwMutexMachine } from './machines/ww-mutex.ts';

const EIO = 5;
const DMA_RESV_USAGE_WRITE = 1;
const DMA_RESV_USAGE_BOOKKEEP = 3;
const DMA_BIDIRECTIONAL = 0;
const DMA_TO_DEVICE = 1;
const DMA_FROM_DEVICE = 2;

/** What differs between kernels that a machine's results depend on. */
export interface KernelBuild {
  /** The kernel was built with lock proving (`CONFIG_PROVE_LOCKING`). */
  readonly lockProving: boolean;
}

/**
 * Every machine within bounds that are small enough to tabulate, draw and walk completely. The
 * reservation object has four: one context used in two ways, two contexts used in one; one of two
 * contexts replaced; and copies into it of one fence, with walks.
 */
export function boundedLifecycles(): readonly Lifecycle[] {
  return [
    fenceMachine({ referencesMax: 2, callbacksMax: 2, errors: [-EIO] }),
    callbackMachine({ callsMax: 2 }),
    waiterMachine(),
    arrayMachine({ childrenMax: 2, errors: [-EIO] }),
    chainMachine(),
    syncFileMachine(),
    pollSlotMachine(),
    timelineMachine({ valueMax: 3, pointsMax: 2 }),
    ...boundedReservations(),
    dmaBufMachine({ shownMax: 2, usersMax: 2 }),
    wwMutexMachine({
      callers: [
        { task: 1, stamp: 1 },
        { task: 2, stamp: 2 },
      ],
    }),
    wwMutexMachine({
      callers: [
        { task: 1, stamp: 1 },
        { task: 2, stamp: null },
      ],
    }),
    wwMutexMachine({
      callers: [
        { task: 1, stamp: null },
        { task: 2, stamp: null },
      ],
    }),
    wwContextMachine({ acquiredMax: 2 }),
    attachmentMachine({
      mappingsMax: 2,
      pinsMax: 2,
      directions: [DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE],
    }),
    syncobjMachine({ referencesMax: 2, waitersMax: 1, eventfdsMax: 1 }),
    ttmManagerMachine({ rangesMax: 2 }),
    ttmObjectMachine({ referencesMax: 2, pinsMax: 1 }),
    execMachine({ lockedMax: 2, flags: [0, 3] }),
    commitMachine(),
    vblankMachine({ referencesMax: 2, eventsMax: 1 }),
    writebackJobMachine(),
    vb2BufferMachine({ planesMax: 2 }),
    vb2QueueMachine({ buffersMax: 1 }),
    schedJobMachine(),
    schedFenceMachine(),
    schedEntityMachine({ jobsMax: 1 }),
    gpuMachine({ pendingMax: 2, batchMax: 2 }),
    crtcMachine({ linesMax: 2 }),
    dmaEngineMachine({ burstsMax: 2 }),
    schedulerMachine({ jobsMax: 1, limit: 1, canLose: false }),
    cameraMachine({ linesMax: 2 }),
    codecMachine({ pagesMax: 2 }),
    pageMachine({ pinsMax: 1, mapsMax: 2 }),
    translationMachine(),
    cacheLineMachine(),
    interruptLineMachine(),
    timerMachine(),
  ];
}

/** One context used in two ways, two used in one; one of two replaced; copies and walks. */
function boundedReservations(): readonly Lifecycle[] {
  const older = { context: 1, seqno: 1 };
  const newer = { context: 1, seqno: 2 };
  const other = { context: 2, seqno: 1 };
  return [
    resvMachine({
      slotsMax: 2,
      fences: [older, newer],
      usages: [DMA_RESV_USAGE_WRITE, DMA_RESV_USAGE_BOOKKEEP],
      counts: [1],
      lockProving: true,
    }),
    resvMachine({
      slotsMax: 2,
      fences: [older, newer, other],
      usages: [DMA_RESV_USAGE_WRITE],
      counts: [1],
      lockProving: false,
    }),
    resvMachine({
      slotsMax: 2,
      fences: [older, other],
      usages: [DMA_RESV_USAGE_WRITE],
      counts: [1],
      replaced: [1],
      lockProving: true,
    }),
    resvMachine({
      slotsMax: 1,
      fences: [older],
      usages: [DMA_RESV_USAGE_WRITE],
      counts: [1],
      isCopied: true,
      lockProving: true,
    }),
  ];
}

/** The machine of each kind without bounds. */
const UNBOUNDED: Readonly<Record<ObjectKind, (build: KernelBuild) => Lifecycle>> = {
  fence: () => fenceMachine({ referencesMax: Infinity, callbacksMax: Infinity, errors: [] }),
  callback: () => callbackMachine({ callsMax: Infinity }),
  waiter: () => waiterMachine(),
  array: () => arrayMachine({ childrenMax: Infinity, errors: [] }),
  chain: () => chainMachine(),
  syncFile: () => syncFileMachine(),
  pollSlot: () => pollSlotMachine(),
  timeline: () => timelineMachine({ valueMax: Infinity, pointsMax: Infinity }),
  resv: ({ lockProving }) =>
    resvMachine({ slotsMax: Infinity, fences: [], usages: [], counts: [], lockProving }),
  dmaBuf: () => dmaBufMachine({ shownMax: Infinity, usersMax: Infinity }),
  wwMutex: () => wwMutexMachine({ callers: [] }),
  wwContext: () => wwContextMachine({ acquiredMax: Infinity }),
  attachment: () => attachmentMachine({ mappingsMax: Infinity, pinsMax: Infinity, directions: [] }),
  syncobj: () =>
    syncobjMachine({ referencesMax: Infinity, waitersMax: Infinity, eventfdsMax: Infinity }),
  schedJob: () => schedJobMachine(),
  schedFence: () => schedFenceMachine(),
  schedEntity: () => schedEntityMachine({ jobsMax: Infinity }),
  scheduler: () => schedulerMachine({ jobsMax: Infinity, limit: Infinity, canLose: true }),
  ttmManager: () => ttmManagerMachine({ rangesMax: Infinity }),
  ttmObject: () => ttmObjectMachine({ referencesMax: Infinity, pinsMax: Infinity }),
  exec: () => execMachine({ lockedMax: Infinity, flags: [] }),
  commit: () => commitMachine(),
  vblank: () => vblankMachine({ referencesMax: Infinity, eventsMax: Infinity }),
  writebackJob: () => writebackJobMachine(),
  vb2Buffer: () => vb2BufferMachine({ planesMax: Infinity }),
  vb2Queue: () => vb2QueueMachine({ buffersMax: Infinity }),
  gpu: () => gpuMachine({ pendingMax: Infinity, batchMax: Infinity }),
  camera: () => cameraMachine({ linesMax: Infinity }),
  codec: () => codecMachine({ pagesMax: Infinity }),
  crtc: () => crtcMachine({ linesMax: Infinity }),
  dmaEngine: () => dmaEngineMachine({ burstsMax: Infinity }),
  page: () => pageMachine({ pinsMax: Infinity, mapsMax: Infinity }),
  translation: () => translationMachine(),
  cacheLine: () => cacheLineMachine(),
  interruptLine: () => interruptLineMachine(),
  timer: () => timerMachine(),
};

/** The machine of `kind` without bounds, for monitors. */
export function unboundedLifecycle(kind: ObjectKind, build: KernelBuild): Lifecycle {
  return UNBOUNDED[kind](build);
}

/** Tables only remember what XState said: sharing them between worlds shares no state. */
const shared = new Map<string, LazyTable>();

/** The lazy table of `kind`, one for all monitors of this process. */
export function monitorTable(kind: ObjectKind, build: KernelBuild): LazyTable {
  const key = `${kind} ${build.lockProving}`;
  let table = shared.get(key);
  if (table === undefined) {
    table = new LazyTable(unboundedLifecycle(kind, build));
    shared.set(key, table);
  }
  return table;
}
