/** Bits of a fence's flag word; names count, numbers differ between kernels. */
export const SIGNALED: number = 1 << 0;
export const TIMESTAMP: number = 1 << 1;
export const ENABLE_SIGNAL: number = 1 << 2;
/** The first bit that belongs to the issuer. @kernel DMA_FENCE_FLAG_USER_BITS */
export const USER_BITS: number = 1 << 3;

/** The names of the bits that are set, in their order; `0` for none. */
export function flagNames(bits: number): string {
  const names: string[] = [];
  if ((bits & SIGNALED) !== 0) names.push('SIGNALED');
  if ((bits & TIMESTAMP) !== 0) names.push('TIMESTAMP');
  if ((bits & ENABLE_SIGNAL) !== 0) names.push('ENABLE_SIGNAL');
  if (bits >= USER_BITS) names.push(`USER:${bits >> 3}`);
  return names.length === 0 ? '0' : names.join('|');
}
