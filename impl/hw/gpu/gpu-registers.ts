/** Registers of a graphics engine, as the bus knows them. */
export const GPU_RING_BASE = 'RING_BASE';
export const GPU_WPTR = 'WPTR';
export const GPU_RPTR = 'RPTR';
export const GPU_DOORBELL = 'DOORBELL';
export const GPU_SEQ_ADDR = 'SEQ_ADDR';
export const GPU_IRQ_STATUS = 'IRQ_STATUS';
export const GPU_IRQ_ENABLE = 'IRQ_ENABLE';
export const GPU_STATUS = 'STATUS';
export const GPU_FAULT_ADDR = 'FAULT_ADDR';
export const GPU_ACTIVE_CTX = 'ACTIVE_CTX';
export const GPU_RESET = 'RESET';

/** All of them but those that only do something. */
export const GPU_REGISTERS: readonly string[] = [
  GPU_RING_BASE,
  GPU_WPTR,
  GPU_RPTR,
  GPU_SEQ_ADDR,
  GPU_IRQ_STATUS,
  GPU_IRQ_ENABLE,
  GPU_FAULT_ADDR,
  GPU_ACTIVE_CTX,
];

/** What `GPU_STATUS` reads. */
export const GPU_STATUS_IDLE = 0;
export const GPU_STATUS_BUSY = 1;
export const GPU_STATUS_FAULTED = 2;
export const GPU_STATUS_RESETTING = 3;
export const GPU_STATUS_OFF = 4;

/** Bits of `GPU_IRQ_STATUS` and `GPU_IRQ_ENABLE`; a status bit is cleared by writing it. */
export const GPU_IRQ_FENCE = 1;
export const GPU_IRQ_FAULT = 2;

/** No context is active. */
export const NO_CONTEXT: number = -1;

/** Slots of a ring. Unit: commands. */
export const GPU_RING_SLOTS = 64;
