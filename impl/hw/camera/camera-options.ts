/** What a camera is like. */
export interface CameraOptions {
  /** From the start of one frame to the next. Unit: nanoseconds. */
  readonly periodNs: number;
  /** Image lines, and how long each takes. */
  readonly lines: number;
  readonly lineNs: number;
  /** Memory lines of an image line. */
  readonly lineTokens: number;
}

export const CAMERA_DEFAULTS: CameraOptions = {
  periodNs: 33_332_000,
  lines: 16,
  lineNs: 1_000_000,
  lineTokens: 16,
};
