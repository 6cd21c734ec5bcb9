/** How many tasks and locks there are, and whether the bug is seeded. */
export interface W3Size {
  readonly tasks: number;
  readonly locks: number;
  /** Nobody backs off. */
  readonly isBroken: boolean;
}

export function w3Size(tasks: number, locks: number, isBroken = false): W3Size {
  return { tasks, locks, isBroken };
}

/** Tasks x locks. */
export const W3_SIZES: Readonly<Record<string, W3Size>> = {
  '2x2': w3Size(2, 2),
  '2x3': w3Size(2, 3),
  '3x2': w3Size(3, 2),
  '3x3': w3Size(3, 3),
};

/** Names come from command lines. */
export function w3SizeOf(name: string): W3Size {
  const size = W3_SIZES[name];
  if (size === undefined) throw new RangeError(`w3 has no size ${name}`);
  return size;
}
