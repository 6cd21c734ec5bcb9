import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Environment } from './environment.ts';
import type { Argument } from './program.ts';

/** What a call gives back, as data. Objects are bound to the name of its `out` instead. */
export type Result = number | string | boolean | null;

/** A kind of call that programs can make. */
export interface Operation {
  /** `object.function`, as programs write it. */
  readonly name: string;
  /** Names of its arguments, in the order in which programs write them. */
  readonly parameters: readonly string[];
  run(
    this: void,
    environment: Environment,
    args: Arguments,
    out: string | null,
  ): KernelTask<Result>;
}

/** Typed access to the arguments of a call. */
export class Arguments {
  private readonly operationName: string;
  private readonly values: Readonly<Record<string, Argument>>;

  constructor(operationName: string, values: Readonly<Record<string, Argument>>) {
    this.operationName = operationName;
    this.values = values;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  text(name: string, otherwise?: string): string {
    const value = this.values[name] ?? otherwise;
    return typeof value === 'string' ? value : this.wrong(name, 'a word');
  }

  number(name: string, otherwise?: number): number {
    const value = this.values[name] ?? otherwise;
    return isWhole(value) ? value : this.wrong(name, 'a whole number');
  }

  /** A name, or a number that stands for itself. */
  either(name: string): string | number {
    const value = this.values[name];
    return typeof value === 'string' || isWhole(value)
      ? value
      : this.wrong(name, 'a word or a whole number');
  }

  boolean(name: string, otherwise?: boolean): boolean {
    const value = this.values[name] ?? otherwise;
    return typeof value === 'boolean' ? value : this.wrong(name, 'true or false');
  }

  /** Names in a list; null stands for a NULL pointer. */
  names(name: string): readonly (string | null)[] {
    const value = this.values[name];
    if (!Array.isArray(value)) return this.wrong(name, 'a list');
    return value.map((item: string | number | null) => (item === null ? null : String(item)));
  }

  private wrong(name: string, expected: string): never {
    throw new ProgramError(`${this.operationName}: ${name} must be ${expected}`);
  }
}

/** The kernel knows no others. */
function isWhole(value: Argument | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** The program itself is wrong: names nothing, or drops what it does not own. */
export class ProgramError extends Error {}

const operations = new Map<string, Operation>();

/** Adds operations to the vocabulary of programs; called once, while modules load. */
export function defineOperations(defined: readonly Operation[]): void {
  for (const entry of defined) {
    if (operations.has(entry.name)) throw new Error(`operation ${entry.name} is defined twice`);
    operations.set(entry.name, entry);
  }
}

export function operation(name: string): Operation {
  const found = operations.get(name);
  if (found === undefined) throw new ProgramError(`there is no operation ${name}`);
  return found;
}

/** Every operation, by name. */
export function allOperations(): readonly Operation[] {
  return [...operations.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
