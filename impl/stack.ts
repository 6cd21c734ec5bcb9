import { DmaFenceArray } from './dma-buf/dma-fence-array.ts';
import { DmaFence } from './dma-buf/dma-fence.ts';
import { DmaResv } from './dma-buf/dma-resv.ts';
import { FenceArrays } from './dma-buf/fence-arrays.ts';
import { FenceCallback } from './dma-buf/fence-callback.ts';
import { FenceFunctions } from './dma-buf/fence-functions.ts';
import { FenceStubs } from './dma-buf/fence-stub.ts';
import { FenceUnwrap } from './dma-buf/fence-unwrap.ts';
import { FenceWaiter } from './dma-buf/fence-waiter.ts';
import { FenceWaitAny } from './dma-buf/fence-wait-any.ts';
import { ResvWalk } from './dma-buf/resv-walk.ts';
import { SwSync } from './dma-buf/sw-sync.ts';
import { SyncFile } from './dma-buf/sync-file.ts';
import { SyncFileIoctls } from './dma-buf/sync-file-ioctls.ts';
import { SyncFiles } from './dma-buf/sync-files.ts';
import { SyncPoint } from './dma-buf/sync-point.ts';
import { SyncTimeline } from './dma-buf/sync-timeline.ts';
import { WorkQueue } from './kernel/work-queue.ts';
import { World, type WorldOptions } from './kernel/world.ts';

/**
 * The classes that a stack is built from. A seeded fault replaces some of them by subclasses,
 * for one world: the implementation itself knows nothing of faults.
 */
export interface StackTypes {
  readonly DmaFence: typeof DmaFence;
  readonly DmaFenceArray: typeof DmaFenceArray;
  readonly DmaResv: typeof DmaResv;
  readonly FenceArrays: typeof FenceArrays;
  readonly FenceCallback: typeof FenceCallback;
  readonly FenceFunctions: typeof FenceFunctions;
  readonly FenceStubs: typeof FenceStubs;
  readonly FenceUnwrap: typeof FenceUnwrap;
  readonly FenceWaitAny: typeof FenceWaitAny;
  readonly FenceWaiter: typeof FenceWaiter;
  readonly ResvWalk: typeof ResvWalk;
  readonly SwSync: typeof SwSync;
  readonly SyncFile: typeof SyncFile;
  readonly SyncFileIoctls: typeof SyncFileIoctls;
  readonly SyncFiles: typeof SyncFiles;
  readonly SyncPoint: typeof SyncPoint;
  readonly SyncTimeline: typeof SyncTimeline;
}

/** The stack as it should be. */
export const INTACT: StackTypes = {
  DmaFence,
  DmaFenceArray,
  DmaResv,
  FenceArrays,
  FenceCallback,
  FenceFunctions,
  FenceStubs,
  FenceUnwrap,
  FenceWaitAny,
  FenceWaiter,
  ResvWalk,
  SwSync,
  SyncFile,
  SyncFileIoctls,
  SyncFiles,
  SyncPoint,
  SyncTimeline,
};

/** The buffer-sharing stack of one world. */
export class Stack {
  readonly world: World;
  readonly types: StackTypes;
  readonly fences: FenceFunctions;
  readonly stubs: FenceStubs;
  readonly waitAny: FenceWaitAny;
  readonly arrays: FenceArrays;
  readonly unwrap: FenceUnwrap;
  readonly syncFiles: SyncFiles;
  readonly syncFileIoctls: SyncFileIoctls;
  readonly swSync: SwSync;
  readonly resvWalk: ResvWalk;
  /** Work that must not run where it was asked for. @kernel system_wq */
  readonly delayedWork: WorkQueue;

  constructor(options: WorldOptions = {}, types: StackTypes = INTACT) {
    this.world = new World(options);
    this.types = types;
    this.fences = new types.FenceFunctions(this);
    this.stubs = new types.FenceStubs(this);
    this.waitAny = new types.FenceWaitAny(this);
    this.arrays = new types.FenceArrays(this);
    this.unwrap = new types.FenceUnwrap(this);
    this.syncFiles = new types.SyncFiles(this);
    this.syncFileIoctls = new types.SyncFileIoctls(this);
    this.swSync = new types.SwSync(this);
    this.resvWalk = new types.ResvWalk(this);
    this.delayedWork = new WorkQueue(this.world, 'events');
    this.fences.isStatic = true;
    this.stubs.isStatic = true;
    this.swSync.isStatic = true;
  }
}
