/** Flags of a fence: the caches are flushed before it, and an interrupt comes after it. */
export const FENCE_FLUSH = 1;
export const FENCE_INTERRUPT = 2;

/** What a slot of a ring, or a line of a command buffer, asks for. */
export type GpuCommand =
  | { readonly op: 'NOP' }
  | { readonly op: 'INVALIDATE' }
  | { readonly op: 'FLUSH' }
  | { readonly op: 'READ'; readonly from: number; readonly lines: number }
  | {
      readonly op: 'WRITE';
      readonly to: number;
      readonly lines: number;
      /** Which content it is: the number of a frame. */
      readonly version: number;
    }
  | { readonly op: 'COPY'; readonly from: number; readonly to: number; readonly lines: number }
  | { readonly op: 'WAIT'; readonly at: number; readonly value: number }
  | { readonly op: 'FENCE'; readonly at: number; readonly seq: number; readonly flags: number }
  | { readonly op: 'CTX'; readonly context: number }
  | { readonly op: 'IB'; readonly at: number; readonly count: number }
  /** For tests: it never ends. */
  | { readonly op: 'HANG' };
