import type { KernelObject } from '../kernel/object.ts';

/** Addresses of different owners lie this far apart. Unit: bytes. */
const OWNER_STRIDE: number = 2 ** 32;
const OWNERS: number = 2 ** 20;

/** Where the storage of an owner begins, as devices see it: the same in every interleaving. */
export function dmaBase(owner: KernelObject): number {
  return ((owner.key % OWNERS) + 1) * OWNER_STRIDE;
}
