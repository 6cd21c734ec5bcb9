/** How many tasks there are, and whether the bug is seeded. */
export interface W2Size {
  readonly adders: number;
  readonly hasWaiter: boolean;
  /** Adders, but not the waiter, do not look at the flag again under the lock. */
  readonly isBroken: boolean;
}

export function w2Size(adders: number, hasWaiter: boolean, isBroken = false): W2Size {
  return { adders, hasWaiter, isBroken };
}

/** `k2` has two adders and a waiter, `k2-alone` no waiter. */
export const W2_SIZES: Readonly<Record<string, W2Size>> = {
  k1: w2Size(1, true),
  k2: w2Size(2, true),
  k3: w2Size(3, true),
  'k1-alone': w2Size(1, false),
  'k2-alone': w2Size(2, false),
  'k3-alone': w2Size(3, false),
};

/** Names come from command lines. */
export function w2SizeOf(name: string): W2Size {
  const size = W2_SIZES[name];
  if (size === undefined) throw new RangeError(`w2 has no size ${name}`);
  return size;
}
