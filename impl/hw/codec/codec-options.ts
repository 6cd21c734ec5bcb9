/** What a codec is like. */
export interface CodecOptions {
  /** How long a page takes. Unit: nanoseconds. */
  readonly pageNs: number;
  /** Lines of each page that there is something in. */
  readonly linesPerPage: number;
}

export const CODEC_DEFAULTS: CodecOptions = { pageNs: 200_000, linesPerPage: 64 };
