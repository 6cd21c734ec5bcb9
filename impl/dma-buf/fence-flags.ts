/** Bits of a fence's flag word; names count, numbers differ between kernels. */
export const SIGNALED: number = 1 << 0;
export const TIMESTAMP: number = 1 << 1;
export const ENABLE_SIGNAL: number = 1 << 2;
/** The first bit that belongs to the issuer. @kernel DMA_FENCE_FLAG_USER_BITS */
export const USER_BITS: number = 1 << 3;
