import type { Argument, Call } from '../program.ts';
import { literal } from './c-text.ts';

/** A program says something that no C program for user space can say. */
export class Inexpressible extends Error {}

/** More elements no array of a call has here. */
const LIST_MAX = 64;
const NUMBER = /^-?\d+$/;
const MEMORY: ReadonlyMap<string, string> = new Map([
  ['ok', 'REACHABLE'],
  ['readOnly', 'READ_ONLY'],
  ['bad', 'UNREACHABLE'],
]);

/** The C variables of a program, by the names that its calls give to what they make. */
export class Variables {
  private readonly names = new Map<string, string>();

  constructor(calls: readonly Call[]) {
    for (const { out } of calls) {
      if (out === undefined || this.names.has(out)) continue;
      const readable = out.replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 24);
      this.names.set(out, `v_${readable}_${this.names.size}_`);
    }
  }

  of(name: string): string | undefined {
    return this.names.get(name);
  }

  get all(): readonly string[] {
    return [...this.names.values()];
  }
}

/** A call of a program, whose arguments are asked for as C expressions. */
export class SpokenCall {
  readonly call: Call;
  private readonly variables: Variables;
  /** Arguments that somebody has asked for. */
  private readonly asked = new Set<string>();

  constructor(call: Call, variables: Variables) {
    this.call = call;
    this.variables = variables;
  }

  /** The argument is there. */
  has(key: string): boolean {
    return (this.argument(key) ?? null) !== null;
  }

  /** A descriptor by name or as a number; -1 for one that nobody makes. */
  fd(key = 'fd'): string {
    return this.reference(key, '-1');
  }

  /** A handle by name or as a number; 0 for one that nobody makes. */
  handle(key = 'handle'): string {
    return `handle_of(${this.reference(key, '0')})`;
  }

  private reference(key: string, missing: string): string {
    const given = this.argument(key) ?? null;
    if (given === null) return missing;
    if (typeof given !== 'string' && typeof given !== 'number') return this.wrong(key, given);
    return this.valueOf(given, missing);
  }

  private valueOf(given: string | number | null, missing: string): string {
    if (given === null) return missing;
    if (typeof given === 'number') return whole(given);
    return this.variables.of(given) ?? (NUMBER.test(given) ? whole(Number(given)) : missing);
  }

  number(key: string, otherwise?: number): string {
    const given = this.argument(key) ?? otherwise;
    return typeof given === 'number' ? whole(given) : this.wrong(key, given);
  }

  /** A number of this range: what the C code has room for. */
  numberUpTo(key: string, max: number, otherwise: number): string {
    const given = this.argument(key) ?? otherwise;
    const isInRange = typeof given === 'number' && given >= 0 && given <= max;
    return isInRange ? whole(given) : this.wrong(key, given);
  }

  boolean(key: string, otherwise: boolean): boolean {
    const given = this.argument(key) ?? otherwise;
    return typeof given === 'boolean' ? given : this.wrong(key, given);
  }

  text(key: string, otherwise?: string): string {
    const given = this.argument(key) ?? otherwise;
    return typeof given === 'string' ? given : this.wrong(key, given);
  }

  /** The name of a file in a folder: it leads nowhere else. */
  fileName(key: string, otherwise: string): string {
    const given = this.text(key, otherwise);
    return /^[\w-]+$/.test(given) ? literal(given) : this.wrong(key, given);
  }

  literal(key: string, otherwise?: string): string {
    return literal(this.text(key, otherwise));
  }

  /** Words such as `read+write`, or the number that they stand for. */
  words(key: string, bits: Readonly<Record<string, string>>, otherwise: string): string {
    const given = this.argument(key) ?? otherwise;
    if (typeof given === 'number') return whole(given);
    if (typeof given !== 'string') return this.wrong(key, given);
    return given
      .split('+')
      .map((word) => (Object.hasOwn(bits, word) ? bits[word] : undefined) ?? this.wrong(key, word))
      .join(' | ');
  }

  /** A list of handles or descriptors as the elements of an array, and how many there are. */
  references(key: string, missing: string): readonly string[] {
    return this.list(key).map((one) => this.valueOf(one, missing));
  }

  /** A list of numbers in the same way. */
  numbers(key: string): readonly string[] {
    return this.list(key).map((one) =>
      NUMBER.test(String(one)) ? whole(Number(one)) : this.wrong(key, one),
    );
  }

  private list(key: string): readonly (string | number | null)[] {
    const given = this.argument(key) ?? [];
    if (!Array.isArray(given)) return this.wrong(key, given);
    const list: readonly (string | number | null)[] = given;
    return list.length <= LIST_MAX ? list : this.wrong(key, `a list of ${list.length}`);
  }

  /** Where the structure of the request lies. */
  memory(): string {
    const given = this.text('memory', 'ok');
    return MEMORY.get(given) ?? this.wrong('memory', given);
  }

  /** The variable that gets what the call makes. */
  out(): string {
    const { out } = this.call;
    const variable = out === undefined ? undefined : this.variables.of(out);
    return variable === undefined ? 'NULL' : `&${variable}`;
  }

  /** Throws where an argument stands that means something which C code cannot do. */
  checkAll(): void {
    for (const key of Object.keys(this.call.args)) {
      if (!this.asked.has(key)) this.wrong(key, this.call.args[key]);
    }
  }

  private argument(key: string): Argument | undefined {
    const { args } = this.call;
    this.asked.add(key);
    return Object.hasOwn(args, key) ? args[key] : undefined;
  }

  private wrong(key: string, given: unknown): never {
    throw new Inexpressible(`${this.call.op}: ${key} is ${String(given).slice(0, 40)}`);
  }
}

/** A number as C has it; without a suffix where an int holds it. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Inexpressible(`${value} is no whole number`);
  return value > 0x7fffffff || value < -0x7fffffff ? `${value}LL` : String(value);
}

/** The elements of an array in C, which has one at least. */
export function elements(list: readonly string[]): string {
  return list.length === 0 ? '0' : list.join(', ');
}
