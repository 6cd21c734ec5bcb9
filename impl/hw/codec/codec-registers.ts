/** Registers of a codec, as the bus knows them. */
export const CODEC_SRC = 'SRC';
export const CODEC_DST = 'DST';
/** How many pages source and picture have. */
export const CODEC_PAGES = 'PAGES';
export const CODEC_START = 'START';
export const CODEC_STATUS = 'STATUS';
/** The page at which a job has failed. */
export const CODEC_ERR_PAGE = 'ERR_PAGE';
/** Which picture of the stream the last job has made, as they are shown. */
export const CODEC_PICTURE = 'PICTURE';
/** Writing it takes note of a job that is done or has failed. */
export const CODEC_IRQ_STATUS = 'IRQ_STATUS';
export const CODEC_RESET = 'RESET';

/** Pictures that a job may refer to. */
export const CODEC_REFERENCES_MAX = 4;

/** Where one of them is; 0: there is none. */
export function referenceRegister(index: number): string {
  return `REF${index}`;
}

/** What `CODEC_STATUS` reads. */
export const CODEC_IDLE = 0;
export const CODEC_BUSY = 1;
export const CODEC_DONE = 2;
export const CODEC_ERROR = 3;

/** Bits of `CODEC_IRQ_STATUS`. */
export const CODEC_IRQ_DONE = 1;
export const CODEC_IRQ_ERROR = 2;
