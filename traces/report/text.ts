import type picocolors from 'picocolors';

/** Painters for a terminal; without colour they change nothing. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a word that is too long for a line may break: after these. */
const JOINTS = ['|', ',', '/', '.', ':'];

/** Breaks `text` into lines of at most `width` characters, between words where it can. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const cut = breakPoint(rest, width);
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  lines.push(rest);
  return lines;
}

function breakPoint(text: string, width: number): number {
  const space = text.lastIndexOf(' ', width);
  if (space > 0) return space;
  const joint = Math.max(...JOINTS.map((mark) => text.lastIndexOf(mark, width - 1)));
  if (joint > 0) return joint + 1;
  // Halves of a surrogate pair stay together.
  return width > 1 && isLowSurrogate(text, width) ? width - 1 : width;
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** `1 step`, `2 steps` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Length of the longest text, 0 without any. A spread would overflow the stack on long lists. */
export function longest(texts: Iterable<string>): number {
  let length = 0;
  for (const text of texts) length = Math.max(length, text.length);
  return length;
}
