/** What a screen is like. */
export interface CrtcOptions {
  /** How long one scan line takes. Unit: nanoseconds. */
  readonly lineNs: number;
  /** Scan lines that are read, and those between two frames. */
  readonly lines: number;
  readonly blankLines: number;
  /** Memory lines of one scan line. */
  readonly lineTokens: number;
  /** Memory lines of the next scan line that are read in advance. At most 4. */
  readonly readAhead: number;
  readonly planes: number;
  /** Registers are taken over together when that is asked for; else each at the next blank lines. */
  readonly hasGo: boolean;
}

export const CRTC_DEFAULTS: CrtcOptions = {
  lineNs: 833_300,
  lines: 16,
  blankLines: 4,
  lineTokens: 16,
  readAhead: 4,
  planes: 1,
  hasGo: true,
};
