/** Registers of a camera, as the bus knows them. */
export const CAM_CTRL = 'CTRL';
/** Where a frame to come is to be stored: two of them are kept. */
export const CAM_NEXT_ADDR = 'NEXT_ADDR';
/** Addresses that were given and not taken. */
export const CAM_QUEUE_LEVEL = 'QUEUE_LEVEL';
/** The number of the frame that `CAM_DONE_ADDR` is about. */
export const CAM_SEQ = 'SEQ';
export const CAM_DONE_ADDR = 'DONE_ADDR';
export const CAM_IRQ_STATUS = 'IRQ_STATUS';
export const CAM_IRQ_ENABLE = 'IRQ_ENABLE';
/** Writes of the camera that cannot be read back yet. */
export const CAM_READ_BACK = 'READ_BACK';

/** Bits of `CAM_CTRL`. It reads 0 when the camera is off, also where it was told to stop before. */
export const CAM_STREAM = 1;
export const CAM_ABORT = 2;

/** Bits of `CAM_IRQ_STATUS` and `CAM_IRQ_ENABLE`; a status bit is cleared by writing it. */
export const CAM_IRQ_SOF = 1;
export const CAM_IRQ_DONE = 2;
export const CAM_IRQ_OVERRUN = 4;
export const CAM_IRQ_FAULT = 8;

/** How many addresses the hardware keeps. */
export const CAM_QUEUE_MAX = 2;
