import { partsOf, type Token, tokenOf } from '../token.ts';

/** The version of lines that something was wrong with which they were made from. */
export const BROKEN = 4095;
/** Versions say what a picture refers to, as far as there is place for it. */
const REFERENCED = 16;

/** The version of pictures that refer to these, by their numbers; null stands for what is none. */
export function versionFor(references: readonly (number | null)[]): number {
  let version = 0;
  for (const frame of references) {
    if (frame === null) return BROKEN;
    version = (version * REFERENCED + 1 + (frame % (REFERENCED - 1))) % BROKEN;
  }
  return version;
}

/** The line of a picture that a line of a stream is made to; null: it makes no sense. */
export function decoded(source: Token, writer: number, version: number): Token | null {
  const parts = partsOf(source);
  return parts === null ? null : tokenOf({ ...parts, writer, version });
}

/** Which picture all of these lines are of; null: none, or it is damaged, or not of this codec. */
export function pictureOf(lines: readonly Token[], writer: number): number | null {
  let frame: number | null = null;
  for (const token of lines) {
    const parts = partsOf(token);
    if (parts === null || parts.writer !== writer || parts.version === BROKEN) return null;
    if (frame !== null && parts.frame !== frame) return null;
    ({ frame } = parts);
  }
  return frame;
}
