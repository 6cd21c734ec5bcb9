/** Events of the objects that drivers are built from: a part of the vocabulary in `events.ts`. */
export const DRIVER_EVENTS = {
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
} as const;
