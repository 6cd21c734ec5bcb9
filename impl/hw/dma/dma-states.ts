/** How long things take. Unit: nanoseconds. */
export interface DmaTimes {
  readonly burstNs: number;
}

export const DMA_TIMES: DmaTimes = { burstNs: 40 };

export type DmaState =
  | 'idle'
  | 'fetch'
  | 'reading'
  | 'writing'
  | 'drain'
  | 'publishing'
  | 'raising'
  | 'settled'
  | 'error'
  | 'hung'
  | 'gone';

export const BUSY: ReadonlySet<DmaState> = new Set([
  'fetch',
  'reading',
  'writing',
  'drain',
  'hung',
]);
export const COPIES: ReadonlySet<DmaState> = new Set(['reading', 'writing']);
export const DONE: ReadonlySet<DmaState> = new Set(['publishing', 'raising', 'settled']);
export const MAY_HANG: ReadonlySet<DmaState> = new Set(['fetch', 'reading', 'writing', 'drain']);
export const WORKS: ReadonlySet<DmaState> = new Set([
  'fetch',
  'reading',
  'writing',
  'drain',
  'publishing',
  'raising',
]);

/** Outcomes of a step besides the right one; the last two only while it copies. */
export const HANG = 1;
export const PARTIAL_ERROR = 2;
export const PARTIAL_SILENT = 3;

/** A job as it was when it began. */
export interface Descriptor {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

export const NO_JOB: Descriptor = { from: 0, to: 0, lines: 0 };
