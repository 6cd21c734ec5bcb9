/**
 * What one line of memory holds: who has written it, and what. Tokens are whole numbers that say it
 * all, so that equal ones are equal in every interleaving and nobody has to look anything up.
 */
export type Token = number;

/** What a token says. */
export interface TokenParts {
  /** Who has written it: a device, or a task; see `Writers`. Above 0. */
  readonly writer: number;
  /** Which job of the writer, or which write. */
  readonly version: number;
  readonly frame: number;
  /** Which line of the frame. */
  readonly line: number;
}

/** Freshly cleared memory. */
export const ZERO: Token = 0;
/** Freed memory. */
export const POISON: Token = 1;
/** What an aborted read yields. */
export const ONES: Token = 2;
/** Memory of a device that nobody has written since it was switched on. */
export const GARBAGE: Token = 3;

const LINES: number = 2 ** 12;
const FRAMES: number = 2 ** 20;
const VERSIONS: number = 2 ** 12;
const WRITERS: number = 2 ** 8;

/** The token of line 0 of a frame: that of line n is n more. */
export function frameToken(writer: number, version: number, frame: number): Token {
  if (writer < 1 || writer >= WRITERS) throw new Error(`${writer} is no writer`);
  // Versions and frames may count on for ever: what is told apart are neighbours.
  return ((writer * VERSIONS + (version % VERSIONS)) * FRAMES + (frame % FRAMES)) * LINES;
}

export function tokenOf({ writer, version, frame, line }: TokenParts): Token {
  return frameToken(writer, version, frame) + (line % LINES);
}

/** Null for the special tokens. */
export function partsOf(token: Token): TokenParts | null {
  const writer = writerOf(token);
  if (writer === 0) return null;
  const frame = Math.floor(token / LINES) % FRAMES;
  const version = Math.floor(token / LINES / FRAMES) % VERSIONS;
  return { writer, version, frame, line: token % LINES };
}

/** 0 for the special tokens. */
export function writerOf(token: Token): number {
  return Math.floor(token / LINES / FRAMES / VERSIONS);
}

const SPECIAL: readonly string[] = ['ZERO', 'POISON', 'ONES', 'GARBAGE'];

/** For people: `gpu v1 f3 l5`. */
export function tokenText(token: Token, writers: readonly string[] = []): string {
  const parts = partsOf(token);
  if (parts === null) return SPECIAL[token] ?? String(token);
  const { writer, version, frame, line } = parts;
  return `${writers[writer] ?? `writer ${writer}`} v${version} f${frame} l${line}`;
}
