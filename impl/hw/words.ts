import type { Token } from './token.ts';

/** Tokens from here on are numbers that software and devices tell each other, and no content. */
const WORD_BASE: number = 2 ** 52;
/** Unit: values of a word. */
const WORDS: number = 2 ** 32;

/** A line that holds a number of 32 bits. */
export function wordToken(value: number): Token {
  return WORD_BASE + (value >>> 0);
}

/** The number in a line; cleared memory, and content of any other kind, reads 0. */
export function wordOf(token: Token): number {
  const value = token - WORD_BASE;
  return value >= 0 && value < WORDS ? value : 0;
}

/** A line that holds something that these numbers say, such as a command. */
export function noteToken(numbers: readonly number[]): Token {
  let note = 0x811c9dc5;
  for (const number of numbers) {
    note = mixed(mixed(note, number | 0), Math.floor(number / WORDS));
  }
  return WORD_BASE + WORDS + (note >>> 0);
}

function mixed(note: number, number: number): number {
  const once = Math.imul(note ^ number, 0x01000193);
  return Math.imul(once ^ (once >>> 15), 0x85ebca6b);
}
