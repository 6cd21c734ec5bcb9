import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { FenceCallback } from '../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import { DmaFence as DmaFenceClass } from '../../impl/dma-buf/dma-fence.ts';
import { ProgramError } from './operation.ts';

/** Something that a program owns and must give back: how to do that. */
interface Owned {
  readonly object: KernelObject;
  drop(): KernelTask<void>;
}

/** What the calls of one run share: the stack, and the names that programs give to things. */
export class Environment {
  readonly stack: Stack;
  private readonly names = new Map<string, unknown>();
  private readonly owned: Owned[] = [];

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Gives a name to what a call made. */
  bind(out: string | null, value: unknown): void {
    if (out === null) return;
    this.names.set(out, value);
    if (value instanceof KernelObject && value.alias === null) value.alias = out;
  }

  value(name: string): unknown {
    return this.names.get(name);
  }

  /** What a name stands for, of the class that the caller needs. */
  find<T>(name: string, type: abstract new (...args: never[]) => T): T {
    const value = this.names.get(name);
    if (value instanceof type) return value;
    if (value === null) {
      return this.stack.world.fault('bug', `NULL dereference: ${name} is no ${type.name}`);
    }
    throw new ProgramError(`${name} is no ${type.name}`);
  }

  fence(name: string): DmaFence {
    return this.find(name, DmaFenceClass);
  }

  callback(name: string): FenceCallback {
    return this.find(name, FenceCallback);
  }

  /** The program has one more thing to give back at its end. */
  own(object: KernelObject, drop: () => KernelTask<void>): void {
    this.owned.push({ object, drop });
  }

  /** The program has this to give back. */
  owns(object: KernelObject): boolean {
    return this.owned.some((entry) => entry.object === object);
  }

  /** The program gave one back. */
  disown(object: KernelObject): void {
    const at = this.owned.findIndex((entry) => entry.object === object);
    if (at < 0) throw new ProgramError(`the program drops ${object.label}, which it does not own`);
    this.owned.splice(at, 1);
  }

  /** A fence reference is the usual thing to own. */
  ownFence(fence: DmaFence): void {
    this.own(fence, () => fence.put());
  }

  /** Gives back everything that is left, oldest first. */
  *dropAll(): KernelTask<void> {
    for (const entry of this.owned.splice(0)) yield* entry.drop();
  }

  /** Names and plain values, for state keys. */
  get bound(): ReadonlyMap<string, unknown> {
    return this.names;
  }
}
