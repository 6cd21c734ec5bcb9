import type { UserPointer } from './user-memory.ts';

/** More than this no user space has mapped. Unit: elements. */
const ELEMENTS_MAX = 2 ** 20;

/** An array in user memory that a structure points at, of which the front part is mapped. */
export class UserArray {
  /** As user space filled it in, and as the kernel writes it back. What was not filled reads 0. */
  readonly items: bigint[];
  /** Unit: elements. */
  private readonly mapped: number;

  constructor(items: readonly (number | bigint)[], mapped: number = Number.MAX_SAFE_INTEGER) {
    this.items = items.map(BigInt);
    this.mapped = mapped;
  }

  /** The first elements, or null when one of them is not mapped. @kernel copy_from_user */
  read(count: number): bigint[] | null {
    if (count > Math.min(this.mapped, ELEMENTS_MAX)) return null;
    const items: bigint[] = [];
    for (let at = 0; at < count; at += 1) items.push(this.items[at] ?? 0n);
    return items;
  }

  /** One element, or null when it is not mapped. @kernel get_user */
  at(index: number): bigint | null {
    return index < this.mapped ? (this.items[index] ?? 0n) : null;
  }

  /** False when the element is not mapped. @kernel copy_to_user */
  write(index: number, item: bigint): boolean {
    if (index >= this.mapped) return false;
    this.items[index] = item;
    return true;
  }
}

/** The array that a field points at; null for a null pointer, which is what an absent field reads. */
export function arrayField(pointer: UserPointer, name: string): UserArray | null {
  const value = pointer.fields[name];
  return value instanceof UserArray ? value : null;
}
