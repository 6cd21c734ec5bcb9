/** Events of what all simulated devices share: a part of the vocabulary in `events.ts`. */
export const HARDWARE_EVENTS = {
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
