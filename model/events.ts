import { DEVICE_EVENTS } from './device-events.ts';
import { DRIVER_EVENTS } from './driver-events.ts';
import { HARDWARE_EVENTS } from './hardware-events.ts';
import { VIDEO_DEVICE_EVENTS } from './video-device-events.ts';

export type { HardwareRecordKind } from './hardware-records.ts';

/**
 * The one vocabulary: every kind of object, and every event that an object can take. Machines,
 * implementation, traces, reports and importers use these names and no others.
 *
 * An event named like a call is committed when the call takes effect; the part behind the dot
 * says what nature decided (`wait.timedOut`).
 */
const KERNEL_EVENTS = {
  /** A completion event. `detail` of `setError` is the value stored. */
  fence: [
    'init',
    'get',
    'getRcu.taken',
    'getRcu.missed',
    'put',
    'put.last',
    'free',
    'enable',
    'enableSignaling.armed',
    'enableSignaling.refused',
    'setError',
    'signal',
    'stamp',
    'addCallback',
    'removeCallback',
    'wait.link',
    'wait.unlink',
    'wait.done',
    'wait.timedOut',
    'wait.interrupted',
    'poll',
    'status',
    'timestamp',
    'setDeadline',
  ],
  /** One request to be called when a fence signals. */
  callback: ['add', 'refuse', 'run', 'ran', 'remove', 'miss'],
  /** One sleep in a fence wait. `end` carries the result of the wait. */
  waiter: [
    'begin',
    'link',
    'sleep',
    'wake',
    'unlink',
    'end.done',
    'end.timedOut',
    'end.interrupted',
  ],
  /**
   * A container of fences. `detail` of `init` is the number of children, of `record` the child's
   * error. `countDown.inline` is the enabling walk's own, for a child that refused its callback;
   * `complete` comes with the signal of the container's own fence.
   */
  array: [
    'init',
    'init.any',
    'arm',
    'watch',
    'refuse',
    'record',
    'countDown',
    'countDown.inline',
    'queueWork',
    'work',
    'clearError',
    'complete',
    'armed',
    'poll',
    'free',
  ],
  /**
   * A node of a fence chain. `watch`, `refuse` and `fire` are about the contained fence that it asks
   * to be called by; `exhaust`: all of them are done. `collect` takes a predecessor off that is done,
   * and `unlink` one that nobody else has, when the node itself goes. `complete` comes with the
   * signal of the node's own fence.
   */
  chain: [
    'init',
    'arm',
    'watch',
    'refuse',
    'exhaust',
    'fire',
    'queueWork',
    'work',
    'complete',
    'poll',
    'collect',
    'collect.lost',
    'unlink',
    'free',
  ],
  /** A descriptor that carries one fence. */
  syncFile: ['create', 'attempt', 'watch', 'refused', 'poll', 'wake', 'release', 'free'],
  /**
   * The one callback of a buffer for a direction. `busy`: a poll found it in use; `idle`: nothing
   * was pending; both ends of a use are followed by `release`, when sleepers have been woken.
   */
  pollSlot: ['claim', 'busy', 'arm', 'idle', 'signaled', 'release', 'free'],
  /** A software timeline. `detail` is the value of a point, or an increment. */
  timeline: [
    'open',
    'create.pending',
    'create.shared',
    'create.signaled',
    'advance',
    'signalPoint',
    'unlist',
    'close',
    'failPoint',
    'free',
  ],
  /**
   * A slot for a fence that processes share. `replace.*` says what is installed, `replace.same` that
   * it was there already; after every other change those that wait hear of it, until `told`.
   * `wait.*` and `eventfd.*` are about the lists of those who wait for a fence to come; `detail` is 0
   * for those who wait for any fence, 1 for a point of a timeline. `wait.left` is the leaving of one
   * who was told before, and `eventfd.drop` the end of a registration with the object.
   */
  syncobj: [
    'create',
    'get',
    'put',
    'put.last',
    'replace.null',
    'replace.plain',
    'replace.timeline',
    'replace.same',
    'addPoint',
    'told',
    'wait.join',
    'wait.told',
    'wait.leave',
    'wait.left',
    'eventfd.join',
    'eventfd.told',
    'eventfd.drop',
    'free',
  ],
  /**
   * A reservation object. `detail` of `add` is the usage, of `reserve` the number of slots.
   * `slotSignaled`: the holder of the lock found the fence in slot `detail` done. `fenceSignaled`
   * says that of all slots of a fence; systems and paths use it, the implementation does not.
   * `replace.begin` names a context, and each `replace` is one slot of it, with the new usage.
   * A copy into the object takes fences one by one, and maybe anew, until `copy` publishes a list
   * with room for `detail` of them.
   * `walk.*` are the steps of a walk without the lock, and the number of that walk among those of
   * its task is their result; `detail` of `walk.visit` is the slot, of `walk.done` the usage.
   */
  resv: [
    'init',
    'lock',
    'unlock',
    'reserve',
    'reserve.failed',
    'add',
    'replace.begin',
    'replace',
    'replace.end',
    'copy.begin',
    'copy.restart',
    'copy.take',
    'copy.failed',
    'copy',
    'slotSignaled',
    'fenceSignaled',
    'walk.restart',
    'walk.visit',
    'walk.done',
    'walk.end',
    'getFences',
    'getSingleton',
    'test',
    'wait.done',
    'wait.timedOut',
    'wait.interrupted',
    'fini',
  ],
  /**
   * A buffer. `dget` and `dput` are about the name of its file, which outlives the file while it is
   * shown. `ops.*`: the core calls the exporter, `ops.moveNotify` an importer; `detail` is the
   * direction where there is one.
   */
  dmaBuf: [
    'export',
    'dget',
    'dput',
    'dput.last',
    'unlist',
    'free',
    'vmap',
    'vmap.shared',
    'vmap.refused',
    'vunmap',
    'vunmap.last',
    'ops.attach',
    'ops.attach.refused',
    'ops.detach',
    'ops.pin',
    'ops.pin.refused',
    'ops.unpin',
    'ops.map',
    'ops.map.refused',
    'ops.unmap',
    'ops.release',
    'ops.begin',
    'ops.end',
    'ops.mmap',
    'ops.vmap',
    'ops.vunmap',
    'ops.moveNotify',
  ],
  /**
   * A wound/wait mutex: its owner word, the context that is published in it, and its waiters.
   * `detail` of `take`, `publish`, `queue`, `lock.already` and `lock.deadlock` is the stamp of the
   * caller's context, of `handOff` the number of the task that gets the mutex. `handOn`: it is
   * unlocked, and must be handed to somebody. `unflag`: the last waiter has left.
   */
  wwMutex: [
    'init.waitDie',
    'init.woundWait',
    'take',
    'take.plain',
    'pickUp',
    'publish',
    'retract',
    'release',
    'handOn',
    'handOff',
    'askHandOff',
    'queue',
    'queue.plain',
    'leave',
    'unflag',
    'lock.already',
    'lock.deadlock',
    'lock.interrupted',
    'trylock.missed',
    'destroy',
  ],
  /**
   * The acquire context of one transaction. `detail` of `init.*` is its stamp; `kill` says that a
   * lock call of it fails, `inject` that one does so for nothing.
   */
  wwContext: [
    'init.waitDie',
    'init.woundWait',
    'acquire',
    'drop',
    'wound',
    'clear',
    'kill',
    'inject',
    'done',
    'fini',
  ],
  /**
   * One device's use of a buffer. `attach.*` says what the core does by itself: nothing where
   * neither side follows moves (`plain`) or both do (`dynamic`), one mapping where only the importer
   * does (`mapped`), and a pin besides where only the exporter does (`pinned`). `detail` of `map*`,
   * `unmap*` and `drop` is the direction, `subject` the table; of `access` it is `DMA_TO_DEVICE`
   * when the device reads. `map.kept`: the core keeps the table, until `drop`. `relocate`: the
   * content of the buffer is elsewhere now.
   */
  attachment: [
    'attach.plain',
    'attach.dynamic',
    'attach.mapped',
    'attach.pinned',
    'pin',
    'pin.failed',
    'unpin',
    'map',
    'map.kept',
    'map.failed',
    'map.cached',
    'map.busy',
    'unmap',
    'unmap.cached',
    'notify',
    'relocate',
    'access',
    'drop',
    'detach',
    'free',
  ],
} as const;

export const EVENTS: typeof KERNEL_EVENTS &
  typeof DRIVER_EVENTS &
  typeof HARDWARE_EVENTS &
  typeof DEVICE_EVENTS &
  typeof VIDEO_DEVICE_EVENTS = {
  ...KERNEL_EVENTS,
  ...DRIVER_EVENTS,
  ...HARDWARE_EVENTS,
  ...DEVICE_EVENTS,
  ...VIDEO_DEVICE_EVENTS,
};

export type ObjectKind = keyof typeof EVENTS;
export type EventOf<Kind extends ObjectKind> = (typeof EVENTS)[Kind][number];
export type EventName = EventOf<ObjectKind>;

/**
 * Trace points, as the kernel's `dma_fence`, `gpu_scheduler`, `drm` and `sync_trace` events name them
 * (jobs have other names before Linux 6.16); those about memory have the names of the functions that
 * they stand in.
 */
export const TRACEPOINTS = [
  'dma_fence_init',
  'dma_fence_destroy',
  'dma_fence_enable_signal',
  'dma_fence_signaled',
  'dma_fence_wait_start',
  'dma_fence_wait_end',
  'dma_fence_emit',
  'drm_sched_job',
  'drm_run_job',
  'drm_sched_process_job',
  'drm_sched_job_wait_dep',
  'drm_sched_job_queue',
  'drm_sched_job_run',
  'drm_sched_job_done',
  'drm_sched_job_add_dep',
  'drm_sched_job_unschedulable',
  'drm_vblank_event',
  'drm_vblank_event_queued',
  'drm_vblank_event_delivered',
  'sync_timeline',
  'dma_map_sg',
  'dma_unmap_sg',
  'dma_sync_sg_for_cpu',
  'dma_sync_sg_for_device',
  'invalidate_kernel_vmap_range',
  'flush_kernel_vmap_range',
  'vmap',
  'mmap',
  'munmap',
  'unpin_folio',
] as const;
export type Tracepoint = (typeof TRACEPOINTS)[number];

/** What an object looks like to a judge: its machine's state and the machine's visible context. */
export interface AbstractState {
  readonly state: string;
  readonly context: Readonly<Record<string, number | string | boolean>>;
}
