/** A text as a C string literal: ASCII alone, whatever is in it. */
export function literal(text: string): string {
  let code = '';
  for (const byte of new TextEncoder().encode(text)) code += escaped(byte);
  return `"${code}"`;
}

const NAMED: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 34: '\\"', 92: '\\\\' };

/** Always three octal digits, which no digit behind them can lengthen; `?` could begin a trigraph. */
function escaped(byte: number): string {
  const named = NAMED[byte];
  if (named !== undefined) return named;
  const isPlain = byte >= 32 && byte < 127 && byte !== 63;
  return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}

/** A text inside a comment: nothing ends it, and it stays on its line. */
export function commented(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('\\', '/');
}

/** A text that `fnmatch` takes for itself alone. */
export function exactly(text: string): string {
  return text.replaceAll(/[\\*?[]/g, '\\$&');
}
