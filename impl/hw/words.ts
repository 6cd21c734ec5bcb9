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

/** A line that holds something that this text says, such as a command. */
export function textToken(text: string): Token {
  let note = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    note = Math.imul(note ^ text.charCodeAt(index), 0x01000193);
  }
  return WORD_BASE + WORDS + (note >>> 0);
}
