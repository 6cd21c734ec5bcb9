/**
 * What a job does on the hardware. `faulting` needs memory half way and waits for it, `hinting`
 * would like to have memory moved and does not wait. `polled` is done and tells nobody.
 */
export const WORKS = ['short', 'endless', 'faulting', 'hinting', 'polled'] as const;
export type Work = (typeof WORKS)[number];

/** `minimum` gives the whole device up, `preferred` the context that hangs. */
export const RECOVERIES = ['minimum', 'preferred'] as const;
export type Recovery = (typeof RECOVERIES)[number];

/** How work that may fault and work that has fences share the hardware; `none`: they do not care. */
export const REMEDIES = ['none', 'preempts', 'reserves', 'reservesInFlight', 'flushes'] as const;
export type RemedyName = (typeof REMEDIES)[number];

/** Where memory is moved while a fault is handled. `none`: nothing is moved. */
export const COPIES = ['none', 'engine', 'shared'] as const;
export type Copies = (typeof COPIES)[number];

/** Only those of GPUs have a reason to wait for fences when memory is taken from them. */
export const DRIVER_KINDS = ['gpu', 'camera'] as const;
export type DriverKind = (typeof DRIVER_KINDS)[number];

/** What a program chooses about a device. */
export interface DeviceOptions {
  readonly recovery: Recovery;
  /** Its hardware can be reset. */
  readonly resets: boolean;
  readonly remedy: RemedyName;
  readonly copies: Copies;
  readonly kind: DriverKind;
  /** There is no memory left but what jobs use whose fences are pending. */
  readonly isFull: boolean;
}

/** How long a job runs. Unit: jiffies, as for all times here. */
export const SHORT_JIFFIES = 2;
/** A job that has not ended this long after it was submitted hangs. */
export const HANG_JIFFIES = 20;
/** So many jobs may be in flight; a further one waits for the first. Unit: jobs. */
export const RING_JOBS_MAX = 3;
