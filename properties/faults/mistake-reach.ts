import { INTACT, type StackTypes } from '../../impl/stack.ts';

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
    const watched: Partial<Record<keyof StackTypes, unknown>> = {};
    // The keys of a record of classes are what its type says.
    for (const name of Object.keys(types) as (keyof StackTypes)[]) {
      const [given, base]: readonly unknown[] = [types[name], INTACT[name]];
      if (given === base) continue;
      if (isClass(given) && isClass(base)) watched[name] = this.watch(given, base);
      else this.isBlind = true;
    }
    // Each class is replaced by a subclass of itself.
    this.types = { ...types, ...(watched as Partial<StackTypes>) };
  }

  /** Some code of a mistake has run, or may have, since the last time that somebody asked. */
  takeReached(): boolean {
    const { isReached, isBlind } = this;
    this.isReached = false;
    return isReached || isBlind;
  }

  /** A subclass that tells of each method that is not the base's own. */
  private watch(broken: Class, base: Class): Class {
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
    return watched;
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
