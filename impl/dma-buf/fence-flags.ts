/** Bits of a fence's flag word; names count, numbers differ between kernels. */
export const SIGNALED = 1 << 0;
export const TIMESTAMP = 1 << 1;
export const ENABLE_SIGNAL = 1 << 2;
/** The first bit that belongs to the issuer. @kernel DMA_FENCE_FLAG_USER_BITS */
export const USER_BITS = 1 << 3;
