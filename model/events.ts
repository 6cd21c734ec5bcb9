import { DEVICE_EVENTS } from './device-events.ts';
import { VIDEO_DEVICE_EVENTS } from './video-device-events.ts';

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
   * A transaction that locks objects in a loop. `detail` of `init` are its flags, of `open` and
   * `again` its stamp. `lock.contended`: somebody older is in the way; that object is locked first
   * in the next pass (`prelock`), and is no member until it is named (`claim`). `detail` of `unlock`
   * and `remove` is the place on the list.
   */
  exec: [
    'init',
    'open',
    'again',
    'close',
    'lock',
    'lock.contended',
    'lock.already',
    'lock.interrupted',
    'lock.failed',
    'prelock',
    'prelock.interrupted',
    'claim',
    'claim.failed',
    'drop',
    'remove',
    'unlock',
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
  /**
   * A job of a GPU scheduler. `pop`: the worker took it from its entity, `sweep`: the end of the entity did,
   * and then it fails. `begin`, `expire`, `reinsert` and `unlist` are about the list of pending jobs,
   * `charge`, `done` and `detach` about its credits; `detail` of `arm` is its number.
   */
  schedJob: [
    'init',
    'addDependency',
    'abort',
    'arm',
    'push',
    'pop',
    'sweep',
    'charge',
    'begin',
    'run',
    'done',
    'expire',
    'reinsert',
    'detach',
    'unlist',
    'fail',
    'free',
  ],
  /**
   * The fence of such a job. `scheduled` and `finished` are the signals of its two faces, and come
   * with those.
   */
  schedFence: ['init', 'setParent', 'clearParent', 'setDeadline', 'scheduled', 'finished', 'free'],
  /**
   * The jobs of one submitter. `add` and `remove` are about the list of its run queue; from `select`
   * to `letGo` the worker is at it. It waits for something from `depend` to `settle`.
   */
  schedEntity: [
    'init',
    'push',
    'add',
    'remove',
    'select',
    'letGo',
    'depend',
    'settle',
    'pop',
    'sweep',
    'kill',
    'destroy',
  ],
  /**
   * A ring. `detail` of `init` is its limit, of `charge` and `return` a number of credits. `expire`: the
   * time of the head is up, `handled`: that was dealt with. From `stop` on the worker is asked to run
   * nothing, and after `parked` it does not, until `start`.
   */
  scheduler: [
    'init',
    'charge',
    'return',
    'begin',
    'unlist',
    'expire',
    'reinsert',
    'handled',
    'stop',
    'parked',
    'start',
    'fini',
  ],
  /**
   * A place for objects that move. `alloc` gives a range of it away and `free` takes one back. `record`:
   * a copy goes on out of a range that was given back, the last one by far. `pass*`: who gets a range
   * hears of that copy; there is none, it is to be waited for, it is done, or it keeps away who must
   * not wait.
   */
  ttmManager: [
    'init',
    'alloc',
    'alloc.full',
    'alloc.failed',
    'free',
    'record',
    'record.older',
    'pass.none',
    'pass',
    'pass.done',
    'pass.busy',
    'fini',
  ],
  /**
   * An object that moves. It leaves its range in the middle of a move, or for good; `inherit`: a ghost
   * gets the range that another leaves. `individualize`: it has copied the fences of a reservation that
   * it shared, and uses its own; `delay`: a worker will destroy it.
   */
  ttmObject: [
    'init',
    'init.ghost',
    'inherit',
    'discard',
    'get',
    'put',
    'put.last',
    'pin',
    'unpin',
    'move.begin',
    'leave',
    'move.end',
    'move.failed',
    'individualize',
    'individualize.failed',
    'delay',
    'free',
  ],
  /**
   * What one commit does to one CRTC, or to what is on none. `swap`: it cannot fail any more;
   * `programmed`: the hardware knows; `flip`: it is shown; `clean`: what was shown before is free.
   * `flip.nothing`: nothing is lit, and nothing will be.
   */
  commit: ['make', 'swap', 'programmed', 'flip', 'flip.nothing', 'clean', 'free'],
  /**
   * The vertical blanks of a CRTC. `arm`: an event is to be sent at the next one; `rest`: nobody
   * wants interrupts any more.
   */
  vblank: ['init', 'get', 'get.refused', 'put', 'arm', 'tick', 'send', 'rest', 'on', 'off'],
  /** One picture that shall be captured. `promise`: somebody has an out-fence for it. */
  writebackJob: ['make', 'promise', 'prepare', 'queue', 'complete', 'signal', 'cleanUp'],
  /**
   * One frame of a video queue. `detail` of `alloc*` is the number of planes, of `plane.*` which one
   * it is: it gets memory of its own, or that of a lower one, or loses it. `give`: the driver has it
   * until `done*`; `done.back` is a driver that cannot start. `unqueue`: the call that queued it fails
   * after all. `cancel`: streaming is off.
   */
  vb2Buffer: [
    'alloc',
    'alloc.mmap',
    'prepare',
    'plane.acquire',
    'plane.share',
    'plane.release',
    'prepared',
    'prepare.failed',
    'queue',
    'give',
    'done',
    'done.error',
    'done.back',
    'unqueue',
    'dequeue',
    'cancel',
    'free',
  ],
  /**
   * A video queue. `start` and `stop` call the driver, `started` and `start.failed` are its answers;
   * `cancel` ends all streaming, `clear` forgets an error, `discard` what is done, and `streamOff` that
   * the stream was at its end (`take.last`). `give`, `done` and `back` count the driver's buffers, `take` is a dequeue of one that is
   * done. `look`: whoever dequeues looks whether there is one; `wait`: it sleeps.
   */
  vb2Queue: [
    'allocate',
    'release',
    'start',
    'started',
    'start.failed',
    'streamOn',
    'stop',
    'cancel',
    'clear',
    'discard',
    'streamOff',
    'give',
    'done',
    'back',
    'take',
    'take.last',
    'error',
    'look',
    'wait',
    'wait.end',
  ],
  /** A page of simulated memory. `take.used`: it is freed although somebody has pinned or mapped it. */
  page: ['give', 'take', 'take.used', 'pin', 'unpin', 'map', 'unmap'],
  /**
   * Where a page of a device's addresses leads: its entry in the table, and what the device has
   * cached of it. `fill`: a walk has found the entry. `hit.stale`: what is cached is used although
   * the entry is gone or another one.
   */
  translation: ['map', 'clear', 'fill', 'hit', 'hit.stale', 'evict', 'invalidate'],
  /**
   * A line in a cache. `overwrite` is a store to one that is dirty; `invalidate.lost`: it was dirty,
   * and is gone.
   */
  cacheLine: ['fetch', 'store', 'overwrite', 'clean', 'invalidate', 'invalidate.lost'],
  /**
   * An interrupt line. `coalesce` is an assertion of one that is pending; `latch`: it is on its way to
   * a processor; `withdraw`: a level fell.
   */
  interruptLine: ['assert', 'coalesce', 'withdraw', 'latch', 'deliver', 'end', 'mask', 'unmask'],
  /** A timer of a driver; `cancel` returns 1 when it was armed. */
  timer: ['arm', 'cancel', 'expire', 'done', 'free'],
} as const;

export const EVENTS: typeof KERNEL_EVENTS & typeof DEVICE_EVENTS & typeof VIDEO_DEVICE_EVENTS = {
  ...KERNEL_EVENTS,
  ...DEVICE_EVENTS,
  ...VIDEO_DEVICE_EVENTS,
};

export type ObjectKind = keyof typeof EVENTS;
export type EventOf<Kind extends ObjectKind> = (typeof EVENTS)[Kind][number];
export type EventName = EventOf<ObjectKind>;

/**
 * Trace points, as the kernel's `dma_fence` trace events name them; those about memory have the
 * names of the functions that they stand in.
 */
export const TRACEPOINTS = [
  'dma_fence_init',
  'dma_fence_destroy',
  'dma_fence_enable_signal',
  'dma_fence_signaled',
  'dma_fence_wait_start',
  'dma_fence_wait_end',
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

/**
 * What an oracle notes of simulated hardware, and software never sees: each is a violation, but for
 * `STALE_TLB`, which is a warning.
 */
export const ORACLE_RECORDS = [
  'FREED_WHILE_MAPPED',
  'USE_AFTER_FREE',
  'FOREIGN_TOKEN',
  'STALE_TLB',
  'STALE_TLB_USE_AFTER_FREE',
  'WRONG_BUFFER',
  'ALIAS',
  'RING_OVERRUN',
  'SCANOUT_RACE',
  'SELF_OVERLAP',
  'STALE_READ',
  'PEER_POWER',
  'LEAK',
  'LATE_FENCE',
  'LOCK_RULE',
  'CONTEXT_RULE',
] as const;
export type OracleRecordKind = (typeof ORACLE_RECORDS)[number];

/** What hardware itself notes of what went wrong, where software can see it. */
export const ARCHITECTURAL_RECORDS = [
  'IOMMU_FAULT',
  'BUS_ERROR',
  'DEVICE_ERROR',
  'UNDERRUN',
  'OVERRUN',
] as const;
export type ArchitecturalRecordKind = (typeof ARCHITECTURAL_RECORDS)[number];

export type HardwareRecordKind = OracleRecordKind | ArchitecturalRecordKind;

/** What an object looks like to a judge: its machine's state and the machine's visible context. */
export interface AbstractState {
  readonly state: string;
  readonly context: Readonly<Record<string, number | string | boolean>>;
}
