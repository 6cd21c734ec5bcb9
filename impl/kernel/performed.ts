import type { Access, KernelTask } from './access.ts';

/**
 * Kernel code that has come to its end already, without an access: what a function returns that
 * mostly needs no step. `yield*` gives its value, and nothing is resumed for it.
 */
export class Performed<T> implements KernelTask<T>, IteratorReturnResult<T> {
  readonly done = true;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  next(): IteratorResult<Access, T> {
    return this;
  }

  return(value: T): IteratorResult<Access, T> {
    return { done: true, value };
  }

  throw(error: unknown): IteratorResult<Access, T> {
    throw error;
  }

  [Symbol.iterator](): this {
    return this;
  }
}
