import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { FenceCallback } from '../../impl/dma-buf/fence-callback.ts';
import type { KernelTask, Place } from '../../impl/kernel/access.ts';
import { KernelObject, type StateValue } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import { DmaFence as DmaFenceClass } from '../../impl/dma-buf/dma-fence.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import { ProgramError } from './operation.ts';
import { Processes } from './processes.ts';
import type { Program } from './program.ts';

/** Something that a program owns and must give back: how to do that. */
interface Owned {
  readonly object: KernelObject;
  /** 0: it refers to another thing that is owned, and so goes first; 2: others are in it. */
  readonly turn: 0 | 1 | 2;
  drop(): KernelTask<void>;
}

/** What a name stands for: a value, an object, or a few fields. */
function addNamed(key: StateKey, name: string, value: unknown): void {
  if (isStateValue(value)) key.add(value);
  else if (isVisited(value)) value.visitState((_field, part) => key.add(part));
  else if (isRecord(value)) for (const field of Object.values(value)) addNamed(key, name, field);
  else if (Array.isArray(value)) for (const item of value) addNamed(key, name, item);
  else if (value === undefined) key.add(null);
  else throw new Error(`${name}: what it stands for cannot be part of a state`);
}

function isStateValue(value: unknown): value is StateValue {
  if (value === null || value instanceof KernelObject) return true;
  if (Array.isArray(value)) return value.every(isStateValue);
  return ['number', 'bigint', 'string', 'boolean'].includes(typeof value);
}

/** Plain data, and no object of a class: that has to say itself what belongs to its state. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function isVisited(value: unknown): value is Pick<KernelObject, 'visitState'> {
  return typeof value === 'object' && value !== null && 'visitState' in value;
}

/** What the calls of one run share: the stack, and the names that programs give to things. */
export class Environment implements Place {
  readonly label = 'program';
  readonly stack: Stack;
  readonly processes: Processes;
  private readonly names = new Map<string, unknown>();
  private readonly owned: Owned[] = [];

  /** `program`: what runs in it, if that names processes. */
  constructor(stack: Stack, program: Program | null = null) {
    this.stack = stack;
    this.processes = new Processes(stack, program);
  }

  /** Gives a name to what a call made. */
  bind(out: string | null, value: unknown): void {
    if (out === null) return;
    this.stack.world.touch(this, out, 'write', 'full');
    this.names.set(out, value);
    if (value instanceof KernelObject && value.alias === null) value.alias = out;
  }

  value(name: string): unknown {
    this.stack.world.touch(this, name, 'read', 'full');
    return this.names.get(name);
  }

  /** What a name stands for, of the class that the caller needs. */
  find<T>(name: string, type: abstract new (...args: never[]) => T): T {
    const value = this.value(name);
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
  own(object: KernelObject, drop: () => KernelTask<void>, isDependent: boolean = false): void {
    this.owned.push({ object, drop, turn: isDependent ? 0 : 1 });
  }

  /** The same for what everything else has to be gone from. */
  ownToTheEnd(object: KernelObject, drop: () => KernelTask<void>): void {
    this.owned.push({ object, drop, turn: 2 });
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

  /** Gives back everything that is left, in an order that no schedule decides. */
  *dropAll(): KernelTask<void> {
    const left = this.owned
      .splice(0)
      .toSorted((a, b) => a.turn - b.turn || a.object.key - b.object.key);
    for (const entry of left) yield* entry.drop();
  }

  /** What the program can still name, and what it has to give back. */
  visitState(key: StateKey): void {
    for (const [name, value] of this.names) {
      key.part();
      key.add(name);
      addNamed(key, name, value);
    }
    for (const { object } of this.owned) {
      key.part();
      key.add('owned');
      key.add(object);
    }
  }
}
