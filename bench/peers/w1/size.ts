/** How large the workload is, and which of its bugs is seeded. */
export interface Size {
  readonly tasks: number;
  /** Reservation objects, two slots each. */
  readonly objects: number;
  readonly rounds: number;
  readonly usages: number;
  /** 1: the hardware holds no reference. 2: the younger task waits instead of backing off. */
  readonly bug: 0 | 1 | 2;
}

/** What every checker must count. */
interface Expected {
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
}

export type SizeName = 'tiny' | 'small' | 'three' | 'medium' | 'large';

export const SIZES: Readonly<Record<SizeName, Size & Expected>> = {
  tiny: { ...sized(2, 2, 1, 2), states: 3671, edges: 8184, depth: 24 },
  small: { ...sized(2, 2, 2, 2), states: 116_223, edges: 270_328, depth: 48 },
  three: { ...sized(3, 2, 1, 2), states: 298_694, edges: 868_805, depth: 36 },
  medium: { ...sized(3, 2, 1, 4), states: 1_796_604, edges: 5_269_367, depth: 36 },
  large: { ...sized(3, 2, 2, 1), states: 16_635_187, edges: 49_261_112, depth: 72 },
};

/** Names come from command lines. */
export function sizeName(name: string): SizeName {
  if (!isSizeName(name)) throw new RangeError(`w1 has no size ${name}`);
  return name;
}

function isSizeName(name: string): name is SizeName {
  return Object.hasOwn(SIZES, name);
}

function sized(tasks: number, objects: number, rounds: number, usages: number): Size {
  return { tasks, objects, rounds, usages, bug: 0 };
}
