/** So many properties of a family stand for it. */
const EVERY = 3;

/**
 * The part of a family that tests run: each third property, always the first one, with all of its faults. That
 * claims, faults and searches fit together shows in these. `check` runs every property with every
 * fault, and a finding, a witness that was missed or a fault that survives fails it as it would a test.
 */
export function sample<T>(family: readonly T[]): readonly T[] {
  return family.filter((_one, index) => index % EVERY === 0);
}
