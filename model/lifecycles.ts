import type { ObjectKind } from './events.ts';
import { LazyTable } from './lazy-table.ts';
import type { Lifecycle } from './lifecycle.ts';
import { arrayMachine } from './machines/array.ts';
import { attachmentMachine } from './machines/attachment.ts';
import { callbackMachine } from './machines/callback.ts';
import { chainMachine } from './machines/chain.ts';
import { dmaBufMachine } from './machines/dma-buf.ts';
import { fenceMachine } from './machines/fence.ts';
import { pollSlotMachine } from './machines/poll-slot.ts';
import { resvMachine } from './machines/resv.ts';
import { syncFileMachine } from './machines/sync-file.ts';
import { syncobjMachine } from './machines/syncobj.ts';
import { timelineMachine } from './machines/timeline.ts';
import { waiterMachine } from './machines/waiter.ts';
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

/** The machine of `kind` without bounds, for monitors. */
export function unboundedLifecycle(kind: ObjectKind, { lockProving }: KernelBuild): Lifecycle {
  switch (kind) {
    case 'fence':
      return fenceMachine({ referencesMax: Infinity, callbacksMax: Infinity, errors: [] });
    case 'callback':
      return callbackMachine({ callsMax: Infinity });
    case 'waiter':
      return waiterMachine();
    case 'array':
      return arrayMachine({ childrenMax: Infinity, errors: [] });
    case 'chain':
      return chainMachine();
    case 'syncFile':
      return syncFileMachine();
    case 'pollSlot':
      return pollSlotMachine();
    case 'timeline':
      return timelineMachine({ valueMax: Infinity, pointsMax: Infinity });
    case 'resv':
      return resvMachine({ slotsMax: Infinity, fences: [], usages: [], counts: [], lockProving });
    case 'dmaBuf':
      return dmaBufMachine({ shownMax: Infinity, usersMax: Infinity });
    case 'wwMutex':
      return wwMutexMachine({ callers: [] });
    case 'wwContext':
      return wwContextMachine({ acquiredMax: Infinity });
    case 'attachment':
      return attachmentMachine({ mappingsMax: Infinity, pinsMax: Infinity, directions: [] });
    case 'syncobj':
      return syncobjMachine({
        referencesMax: Infinity,
        waitersMax: Infinity,
        eventfdsMax: Infinity,
      });
  }
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
