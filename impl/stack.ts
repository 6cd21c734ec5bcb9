import { DmaBufAccess } from './dma-buf/dma-buf-access.ts';
import { DmaBufAttachments } from './dma-buf/dma-buf-attachments.ts';
import { DmaBufIoctls } from './dma-buf/dma-buf-ioctls.ts';
import { DmaBufListing } from './dma-buf/dma-buf-listing.ts';
import { DmaBufPoll } from './dma-buf/dma-buf-poll.ts';
import { DmaBufStatistics } from './dma-buf/dma-buf-statistics.ts';
import { DmaBuf } from './dma-buf/dma-buf.ts';
import { DmaBufs } from './dma-buf/dma-bufs.ts';
import { DmaFenceArray } from './dma-buf/dma-fence-array.ts';
import { DmaFenceChain } from './dma-buf/dma-fence-chain.ts';
import { DmaFence } from './dma-buf/dma-fence.ts';
import { DmaResv } from './dma-buf/dma-resv.ts';
import { FenceArrays } from './dma-buf/fence-arrays.ts';
import { FenceCallback } from './dma-buf/fence-callback.ts';
import { FenceChains } from './dma-buf/fence-chains.ts';
import { FenceFunctions } from './dma-buf/fence-functions.ts';
import { FenceStubs } from './dma-buf/fence-stub.ts';
import { FenceUnwrap } from './dma-buf/fence-unwrap.ts';
import { FenceWaitAny } from './dma-buf/fence-wait-any.ts';
import { FenceWaiter } from './dma-buf/fence-waiter.ts';
import { ResvLockdep } from './dma-buf/resv-lockdep.ts';
import { ResvList } from './dma-buf/resv-list.ts';
import { ResvQueries } from './dma-buf/resv-queries.ts';
import { ResvWalk } from './dma-buf/resv-walk.ts';
import { SwSync } from './dma-buf/sw-sync.ts';
import { SyncFileIoctls } from './dma-buf/sync-file-ioctls.ts';
import { SyncFile } from './dma-buf/sync-file.ts';
import { SyncFiles } from './dma-buf/sync-files.ts';
import { SyncPoint } from './dma-buf/sync-point.ts';
import { SyncTimeline } from './dma-buf/sync-timeline.ts';
import { UnwrapCursor } from './dma-buf/unwrap-cursor.ts';
import { DrmFile } from './drm/drm-file.ts';
import { DrmIoctls } from './drm/drm-ioctls.ts';
import { GemHandles } from './drm/gem-handles.ts';
import { GemLookup } from './drm/gem-lookup.ts';
import { GemNames } from './drm/gem-names.ts';
import { GemObject } from './drm/gem-object.ts';
import type { Kms } from './drm/kms/kms.ts';
import { INTACT_KMS, type KmsTypes } from './drm/kms/kms-types.ts';
import { PrimeCache } from './drm/prime-cache.ts';
import { Prime } from './drm/prime.ts';
import type { DrmSched } from './drm/sched/drm-sched.ts';
import type { DrmSchedKill } from './drm/sched/entity-kill.ts';
import { SCHED_TYPES, type SchedTypes } from './drm/sched/sched-types.ts';
import { Syncobj } from './drm/syncobj.ts';
import { SyncobjEventfd } from './drm/syncobj-eventfd.ts';
import { SyncobjEventfds } from './drm/syncobj-eventfds.ts';
import { SyncobjFds } from './drm/syncobj-fds.ts';
import { SyncobjIoctls } from './drm/syncobj-ioctls.ts';
import { SyncobjPoints } from './drm/syncobj-points.ts';
import { SyncobjTable } from './drm/syncobj-table.ts';
import { SyncobjWaitEntry } from './drm/syncobj-wait-entry.ts';
import { SyncobjWaits } from './drm/syncobj-waits.ts';
import { Syncobjs } from './drm/syncobjs.ts';
import { INTACT_TTM, type TtmTypes } from './drm/ttm/ttm-classes.ts';
import { DYNAMIC_TYPES, type DynamicTypes } from './drm/dynamic/dynamic-types.ts';
import { EXEC_TYPES, type ExecTypes } from './drm/exec/exec-types.ts';
import { VgemFences } from './drm/vgem-fences.ts';
import { CmaHeap, CmaHeapBuffer } from './exporters/cma-heap.ts';
import { DmaHeap, DmaHeaps } from './exporters/dma-heaps.ts';
import { DmaSync } from './exporters/dma-sync.ts';
import { SystemHeap, SystemHeapBuffer } from './exporters/system-heap.ts';
import { UdmabufDevice } from './exporters/udmabuf-device.ts';
import { Udmabuf } from './exporters/udmabuf.ts';
import { GemReservations } from './drm/gem-reservations.ts';
import { type DeviceTypes, INTACT_DEVICES } from './device-types.ts';
import { type HardwareTypes, INTACT_HARDWARE } from './hw/hardware-types.ts';
import { INTACT_MEDIA, type MediaTypes } from './media/media-types.ts';
import type { Vb2Dequeue } from './media/vb2-dequeue.ts';
import type { Vb2Exports } from './media/vb2-exports.ts';
import type { Vb2FileIos } from './media/vb2-file-io.ts';
import type { Vb2Planes } from './media/vb2-planes.ts';
import type { Vb2Requests } from './media/vb2-requests.ts';
import type { Vb2Streaming } from './media/vb2-streaming.ts';
import type { VideoIoctls } from './media/video-ioctls.ts';
import { ImageExchange } from './uapi/image-exchange.ts';
import { WorkQueue } from './kernel/work-queue.ts';
import { INTACT_PARTS, type WorldParts } from './kernel/world-parts.ts';
import { World, type WorldOptions } from './kernel/world.ts';
import { WwClass } from './kernel/ww-class.ts';
import { WwAcquireContext } from './kernel/ww-context.ts';
import { WwMutex } from './kernel/ww-mutex.ts';
import { Memfd } from './uapi/memfd.ts';

/**
 * The classes that a stack is built from. A seeded fault replaces some of them by subclasses,
 * for one world: the implementation itself knows nothing of faults.
 */
export interface StackTypes
  extends SchedTypes, TtmTypes, ExecTypes, KmsTypes, MediaTypes, DynamicTypes {
  readonly CmaHeap: typeof CmaHeap;
  readonly CmaHeapBuffer: typeof CmaHeapBuffer;
  readonly DmaBuf: typeof DmaBuf;
  readonly DmaBufAccess: typeof DmaBufAccess;
  readonly DmaBufAttachments: typeof DmaBufAttachments;
  readonly DmaBufIoctls: typeof DmaBufIoctls;
  readonly DmaBufListing: typeof DmaBufListing;
  readonly DmaBufPoll: typeof DmaBufPoll;
  readonly DmaBufStatistics: typeof DmaBufStatistics;
  readonly DmaBufs: typeof DmaBufs;
  readonly DmaFence: typeof DmaFence;
  readonly DmaFenceArray: typeof DmaFenceArray;
  readonly DmaFenceChain: typeof DmaFenceChain;
  readonly DmaHeap: typeof DmaHeap;
  readonly DmaHeaps: typeof DmaHeaps;
  readonly DmaResv: typeof DmaResv;
  readonly DmaSync: typeof DmaSync;
  readonly DrmFile: typeof DrmFile;
  readonly DrmIoctls: typeof DrmIoctls;
  readonly FenceArrays: typeof FenceArrays;
  readonly FenceCallback: typeof FenceCallback;
  readonly FenceChains: typeof FenceChains;
  readonly FenceFunctions: typeof FenceFunctions;
  readonly FenceStubs: typeof FenceStubs;
  readonly FenceUnwrap: typeof FenceUnwrap;
  readonly FenceWaitAny: typeof FenceWaitAny;
  readonly FenceWaiter: typeof FenceWaiter;
  readonly GemHandles: typeof GemHandles;
  readonly GemLookup: typeof GemLookup;
  readonly GemNames: typeof GemNames;
  readonly GemObject: typeof GemObject;
  readonly Memfd: typeof Memfd;
  readonly ImageExchange: typeof ImageExchange;
  readonly Prime: typeof Prime;
  readonly ResvList: typeof ResvList;
  readonly ResvLockdep: typeof ResvLockdep;
  readonly PrimeCache: typeof PrimeCache;
  readonly ResvQueries: typeof ResvQueries;
  readonly GemReservations: typeof GemReservations;
  readonly ResvWalk: typeof ResvWalk;
  readonly SwSync: typeof SwSync;
  readonly SyncFile: typeof SyncFile;
  readonly SyncFileIoctls: typeof SyncFileIoctls;
  readonly SyncFiles: typeof SyncFiles;
  readonly SyncPoint: typeof SyncPoint;
  readonly SyncTimeline: typeof SyncTimeline;
  readonly SystemHeap: typeof SystemHeap;
  readonly SystemHeapBuffer: typeof SystemHeapBuffer;
  readonly Udmabuf: typeof Udmabuf;
  readonly UdmabufDevice: typeof UdmabufDevice;
  readonly UnwrapCursor: typeof UnwrapCursor;
  readonly Syncobj: typeof Syncobj;
  readonly SyncobjEventfd: typeof SyncobjEventfd;
  readonly SyncobjEventfds: typeof SyncobjEventfds;
  readonly SyncobjFds: typeof SyncobjFds;
  readonly SyncobjIoctls: typeof SyncobjIoctls;
  readonly SyncobjPoints: typeof SyncobjPoints;
  readonly SyncobjTable: typeof SyncobjTable;
  readonly SyncobjWaitEntry: typeof SyncobjWaitEntry;
  readonly SyncobjWaits: typeof SyncobjWaits;
  readonly Syncobjs: typeof Syncobjs;
  readonly VgemFences: typeof VgemFences;
  readonly WwAcquireContext: typeof WwAcquireContext;
  readonly WwClass: typeof WwClass;
  readonly WwMutex: typeof WwMutex;
  /** Of the world itself. */
  readonly world: WorldParts;
  /** Of simulated hardware; see impl/hw. */
  readonly hardware: HardwareTypes;
  readonly devices: DeviceTypes;
}

/** The stack as it should be. */
export const INTACT: StackTypes = {
  ...SCHED_TYPES,
  ...INTACT_TTM,
  ...EXEC_TYPES,
  ...INTACT_KMS,
  ...INTACT_MEDIA,
  ...DYNAMIC_TYPES,
  CmaHeap,
  CmaHeapBuffer,
  DmaBuf,
  DmaBufAccess,
  DmaBufAttachments,
  DmaBufIoctls,
  DmaBufListing,
  DmaBufPoll,
  DmaBufStatistics,
  DmaBufs,
  DmaFence,
  DmaFenceArray,
  DmaFenceChain,
  DmaHeap,
  DmaHeaps,
  DmaResv,
  DmaSync,
  DrmFile,
  DrmIoctls,
  FenceArrays,
  FenceCallback,
  FenceChains,
  FenceFunctions,
  FenceStubs,
  FenceUnwrap,
  FenceWaitAny,
  FenceWaiter,
  GemHandles,
  GemLookup,
  GemNames,
  GemObject,
  Memfd,
  ImageExchange,
  Prime,
  ResvList,
  ResvLockdep,
  PrimeCache,
  ResvQueries,
  GemReservations,
  ResvWalk,
  SwSync,
  SyncFile,
  SyncFileIoctls,
  SyncFiles,
  SyncPoint,
  SyncTimeline,
  SystemHeap,
  SystemHeapBuffer,
  Udmabuf,
  UdmabufDevice,
  UnwrapCursor,
  Syncobj,
  SyncobjEventfd,
  SyncobjEventfds,
  SyncobjFds,
  SyncobjIoctls,
  SyncobjPoints,
  SyncobjTable,
  SyncobjWaitEntry,
  SyncobjWaits,
  Syncobjs,
  VgemFences,
  WwAcquireContext,
  WwClass,
  WwMutex,
  world: INTACT_PARTS,
  hardware: INTACT_HARDWARE,
  devices: INTACT_DEVICES,
};

/** The buffer-sharing stack of one world. */
export class Stack {
  readonly world: World;
  readonly types: StackTypes;
  readonly fences: FenceFunctions;
  readonly stubs: FenceStubs;
  readonly waitAny: FenceWaitAny;
  readonly arrays: FenceArrays;
  readonly chains: FenceChains;
  readonly unwrap: FenceUnwrap;
  readonly syncFiles: SyncFiles;
  readonly syncFileIoctls: SyncFileIoctls;
  readonly swSync: SwSync;
  readonly resvWalk: ResvWalk;
  readonly resvQueries: ResvQueries;
  readonly resvLockdep: ResvLockdep;
  readonly buffers: DmaBufs;
  readonly bufferAccess: DmaBufAccess;
  readonly bufferAttachments: DmaBufAttachments;
  readonly bufferIoctls: DmaBufIoctls;
  readonly bufferListing: DmaBufListing;
  readonly bufferPoll: DmaBufPoll;
  readonly dmaSync: DmaSync;
  readonly heaps: DmaHeaps;
  readonly drmIoctls: DrmIoctls;
  readonly gemHandles: GemHandles;
  /** In user space; no kernel object. */
  readonly images: ImageExchange;
  readonly gemLookup: GemLookup;
  readonly gemNames: GemNames;
  readonly kms: Kms;
  readonly prime: Prime;
  readonly sched: DrmSched;
  readonly schedKill: DrmSchedKill;
  readonly syncobjEventfds: SyncobjEventfds;
  readonly syncobjFds: SyncobjFds;
  readonly syncobjIoctls: SyncobjIoctls;
  readonly syncobjPoints: SyncobjPoints;
  readonly syncobjWaits: SyncobjWaits;
  readonly syncobjs: Syncobjs;
  readonly udmabuf: UdmabufDevice;
  readonly gemReservations: GemReservations;
  readonly vb2Dequeue: Vb2Dequeue;
  readonly vb2Exports: Vb2Exports;
  readonly vb2FileIos: Vb2FileIos;
  readonly vb2Planes: Vb2Planes;
  readonly vb2Requests: Vb2Requests;
  readonly vb2Streaming: Vb2Streaming;
  readonly videoIoctls: VideoIoctls;
  /** The locks of all reservation objects are of this class. @kernel reservation_ww_class */
  readonly reservationClass: WwClass;
  /** Work that must not run where it was asked for. @kernel system_wq */
  readonly delayedWork: WorkQueue;

  constructor(options: WorldOptions = {}, types: StackTypes = INTACT) {
    this.world = new World(options, types.world);
    this.types = types;
    this.fences = new types.FenceFunctions(this);
    this.stubs = new types.FenceStubs(this);
    this.waitAny = new types.FenceWaitAny(this);
    this.arrays = new types.FenceArrays(this);
    this.chains = new types.FenceChains(this);
    this.unwrap = new types.FenceUnwrap(this);
    this.syncFiles = new types.SyncFiles(this);
    this.syncFileIoctls = new types.SyncFileIoctls(this);
    this.swSync = new types.SwSync(this);
    this.resvWalk = new types.ResvWalk(this);
    this.resvQueries = new types.ResvQueries(this);
    this.resvLockdep = new types.ResvLockdep(this.world);
    this.buffers = new types.DmaBufs(this);
    this.bufferAccess = new types.DmaBufAccess(this);
    this.bufferAttachments = new types.DmaBufAttachments(this);
    this.bufferIoctls = new types.DmaBufIoctls(this);
    this.bufferListing = new types.DmaBufListing(this);
    this.bufferPoll = new types.DmaBufPoll(this);
    this.dmaSync = new types.DmaSync(this.world, 'dmaSync');
    this.dmaSync.isStatic = true;
    this.heaps = new types.DmaHeaps(this);
    this.drmIoctls = new types.DrmIoctls(this);
    this.gemHandles = new types.GemHandles(this);
    this.images = new types.ImageExchange(this);
    this.gemLookup = new types.GemLookup(this);
    this.gemNames = new types.GemNames(this);
    this.kms = new types.Kms(this);
    this.prime = new types.Prime(this);
    this.sched = new types.DrmSched(this);
    this.schedKill = new types.DrmSchedKill(this);
    this.syncobjEventfds = new types.SyncobjEventfds(this);
    this.syncobjFds = new types.SyncobjFds(this);
    this.syncobjIoctls = new types.SyncobjIoctls(this);
    this.syncobjPoints = new types.SyncobjPoints(this);
    this.syncobjWaits = new types.SyncobjWaits(this);
    this.syncobjs = new types.Syncobjs(this);
    this.udmabuf = new types.UdmabufDevice(this);
    this.vb2Dequeue = new types.Vb2Dequeue(this);
    this.vb2Exports = new types.Vb2Exports(this);
    this.vb2FileIos = new types.Vb2FileIos(this);
    this.vb2Planes = new types.Vb2Planes(this);
    this.vb2Requests = new types.Vb2Requests(this);
    this.vb2Streaming = new types.Vb2Streaming(this);
    this.videoIoctls = new types.VideoIoctls(this);
    this.reservationClass = new types.WwClass(this.world, 'reservation_ww_class', 'wait-die');
    const { resvLockdep, reservationClass, fences } = this;
    this.world.lockdep.teachAtBoot(() => {
      resvLockdep.teach(reservationClass, fences.signallingMap);
    });
    this.gemReservations = new types.GemReservations(this);
    this.delayedWork = new WorkQueue(this.world, 'events');
    this.fences.isStatic = true;
    this.stubs.isStatic = true;
    this.swSync.isStatic = true;
  }
}
