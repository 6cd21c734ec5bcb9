/** Registers of a copying engine, as the bus knows them. */
export const DMA_SRC = 'SRC';
export const DMA_DST = 'DST';
/** Unit: lines. */
export const DMA_LINES = 'LINES';
export const DMA_CTRL = 'CTRL';
/** Writing it takes note of a job that is done or has failed. */
export const DMA_STATUS = 'STATUS';
/** Where the count of jobs lies in memory. */
export const DMA_COUNT_ADDR = 'COUNT_ADDR';
export const DMA_ERR_ADDR = 'ERR_ADDR';
export const DMA_RESET = 'RESET';

/** All of them but those that only do something. */
export const DMA_REGISTERS: readonly string[] = [
  DMA_SRC,
  DMA_DST,
  DMA_LINES,
  DMA_CTRL,
  DMA_COUNT_ADDR,
  DMA_ERR_ADDR,
];

/** Bits of `DMA_CTRL`. */
export const DMA_CTRL_START = 1;
export const DMA_CTRL_IRQ = 2;

/** What `DMA_STATUS` reads, and a bit that stays: a register was written at the wrong time. */
export const DMA_STATUS_IDLE = 0;
export const DMA_STATUS_BUSY = 1;
export const DMA_STATUS_DONE = 2;
export const DMA_STATUS_ERROR = 3;
export const DMA_STATUS_CONFIG = 8;

/** Unit: lines. */
export const DMA_BURST_LINES = 4;
