/** A structure in user memory, as an ioctl argument points at it. */
export interface UserPointer {
  /** The fields as user space filled them in, and as the kernel writes them back. */
  readonly fields: Record<string, unknown>;
  /** The page can be read (`copy_from_user` succeeds). */
  readonly isReadable: boolean;
  /** The page can be written (`copy_to_user` succeeds). */
  readonly isWritable: boolean;
}

/** A number field of an argument; what is absent reads 0, as zeroed memory does. */
export function numberField(pointer: UserPointer, name: string): number {
  const value = pointer.fields[name];
  return typeof value === 'number' ? value : 0;
}

/** A 64-bit field of an argument. */
export function wideField(pointer: UserPointer, name: string): bigint {
  const value = pointer.fields[name];
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  return typeof value === 'number' ? BigInt.asUintN(64, BigInt(value)) : 0n;
}

/** A text field of an argument, cut to the `sizeMax` bytes of its array with the final 0. */
export function textField(pointer: UserPointer, name: string, sizeMax: number): string {
  const value = pointer.fields[name];
  return typeof value === 'string' ? value.slice(0, sizeMax - 1) : '';
}

/** A structure in memory that can be read and written. */
export function userStructure(fields: Record<string, unknown>): UserPointer {
  return { fields, isReadable: true, isWritable: true };
}

/** An address that is not mapped. */
export function badPointer(): UserPointer {
  return { fields: {}, isReadable: false, isWritable: false };
}
