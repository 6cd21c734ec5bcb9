import type picocolors from 'picocolors';

/** Painters for a terminal; without colour they change nothing. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Breaks `text` into lines of at most `width` characters, between words where it can. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    let cut = space > width / 2 ? space : width;
    // Halves of a surrogate pair stay together.
    if (cut === width && isLowSurrogate(rest, cut)) cut -= 1;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  lines.push(rest);
  return lines;
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** `1 step`, `2 steps` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
