import { type Arguments, ProgramError } from '../operation.ts';

/** A word of a list; the first one when the program says nothing. */
export function oneOf<T extends string>(args: Arguments, name: string, allowed: readonly T[]): T {
  const value = args.text(name, allowed[0]);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ProgramError(`${value} is none of ${allowed.join(', ')}`);
  return found;
}
