/**
 * Everything that a terminal may take for more than a letter: control characters, characters that
 * turn the writing direction, line separators, invisible ones, halves of surrogate pairs.
 */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` as a terminal may show it: what could act on the terminal reads `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`);
}

/** At most `lengthMax` characters of `text`, printable; what is left out reads `…`. */
export function excerpt(text: string, lengthMax: number): string {
  const shown = printable(text.slice(0, lengthMax + 1));
  return shown.length > lengthMax ? `${shown.slice(0, lengthMax - 1)}…` : shown;
}

/** The same data with no character in its texts, or in its keys, that could act on a terminal. */
export function printableData<Data>(data: Data): Data {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return printable(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [printable(key), clean(item)]),
    );
  };
  // Only characters inside texts have changed.
  return clean(data) as Data;
}
