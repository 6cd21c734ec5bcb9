import { type Arguments, ProgramError } from './operation.ts';

/** Bits by the words that programs use for them. */
export type Words = Readonly<Record<string, number>>;

/** The argument `key` as bits: a number, or words such as `read+write`. */
export function maskArgument(
  args: Arguments,
  key: string,
  words: Words,
  otherwise: number | string,
): number {
  const value = args.has(key) ? args.either(key) : otherwise;
  if (typeof value === 'number') return value;
  let mask = 0;
  for (const word of value.split('+')) {
    const bit = words[word];
    if (bit === undefined) throw new ProgramError(`${key}: there is no ${word}`);
    mask |= bit;
  }
  return mask;
}

/** The same bits as words, in their order; `none` for no bit at all. */
export function maskText(mask: number, words: Words): string {
  const names = Object.keys(words).filter((word) => (mask & (words[word] ?? 0)) !== 0);
  return names.length === 0 ? 'none' : names.join('+');
}
