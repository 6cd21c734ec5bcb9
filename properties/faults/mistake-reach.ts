import { INTACT, type StackTypes } from '../../impl/stack.ts';

/** What a subclass of something can be made of. */
type Class = new (...parts: never[]) => object;

/**
 * Says whether a run came to the code of a mistake. Where it did not, the stack was as good as
 * intact, and a first look need not go on about it.
 */
export class MistakeReach {
  /** The classes to build worlds from: the same mistakes, watched. */
  readonly types: StackTypes;
  private isReached = false;
  /** Something was replaced that is not watched: it may be anywhere. */
  private isBlind = false;

  constructor(types: StackTypes) {
    this.types = this.watchAll(types, INTACT);
  }

  /** Some code of a mistake has run, or may have, since the last time that somebody asked. */
  takeReached(): boolean {
    const { isReached, isBlind } = this;
    this.isReached = false;
    return isReached || isBlind;
  }

  /** Classes, and records of them, of which those that are not the intact ones are watched. */
  private watchAll<Record extends object>(types: Record, intact: Record): Record {
    const watched: Partial<Record> = {};
    // The keys of a record are what its type says.
    for (const name of Object.keys(types) as (keyof Record)[]) {
      const [given, base] = [types[name], intact[name]];
      if (given !== base) watched[name] = this.watchOne(given, base);
    }
    return { ...types, ...watched };
  }

  private watchOne<One>(given: One, base: One): One {
    if (isClass(given) && isClass(base)) return this.watch(given, base);
    if (isRecord(given) && isRecord(base)) return this.watchAll(given, base);
    this.isBlind = true;
    return given;
  }

  /** A subclass that tells of each method that is not the base's own. */
  private watch<One extends Class>(broken: One, base: Class): One {
    const own = this.descriptors(broken, base);
    // Without methods of its own, the mistake is in how objects are made.
    const isInConstructor = own.size === 0;
    const told = (): void => this.reach();
    const parent: Class = broken;
    const watched = class extends parent {
      constructor(...parts: never[]) {
        super(...parts);
        if (isInConstructor) told();
      }
    };
    Object.defineProperty(watched, 'name', { value: broken.name });
    for (const [name, descriptor] of own) {
      Object.defineProperty(watched.prototype, name, this.telling(descriptor));
    }
    // It has everything that the class has which it extends.
    return watched as unknown as One;
  }

  private descriptors(broken: Class, base: Class): Map<PropertyKey, PropertyDescriptor> {
    const found = new Map<PropertyKey, PropertyDescriptor>();
    let prototype: object | null = broken.prototype;
    while (prototype !== null && prototype !== base.prototype) {
      for (const name of Reflect.ownKeys(prototype)) {
        const descriptor = Reflect.getOwnPropertyDescriptor(prototype, name);
        if (name === 'constructor' || descriptor === undefined || found.has(name)) continue;
        found.set(name, descriptor);
      }
      prototype = Reflect.getPrototypeOf(prototype);
    }
    return found;
  }

  private telling(descriptor: PropertyDescriptor): PropertyDescriptor {
    const told: Record<string, unknown> = { ...descriptor };
    for (const part of ['value', 'get', 'set']) {
      const code = told[part];
      if (typeof code === 'function') told[part] = this.tellingCall(code);
    }
    return told;
  }

  private tellingCall(code: Function): (...parts: unknown[]) => unknown {
    const reach = (): void => this.reach();
    return function told(this: unknown, ...parts: unknown[]): unknown {
      reach();
      return Reflect.apply(code, this, parts);
    };
  }

  private reach(): void {
    this.isReached = true;
  }
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function';
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
