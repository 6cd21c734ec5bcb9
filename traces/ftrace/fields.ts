const ZERO = 48;
const NINE = 57;
const UINT32_MAX = 0xffffffff;
const UINT64_MAX = 0xffffffffffffffffn;
/** More digits than this are no 64-bit number. */
const DIGITS_MAX = 20;
/** So many digits are a number that JavaScript holds exactly. */
const DIGITS_EXACT = 15;
/** The largest number that it holds exactly has so many, as have the ticks of a machine after weeks. */
const DIGITS_READ = 16;

/** Stands for "no number"; all numbers of a log are unsigned. */
export const NO_NUMBER = -1;

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** The unsigned number that is all of `text` from `start` to `end`, if it is at most `max`. */
export function readNumber(
  text: string,
  { start, end, max = UINT32_MAX }: { start: number; end: number; max?: number },
): number {
  if (end <= start || end - start > DIGITS_READ) return NO_NUMBER;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return NO_NUMBER;
    value = value * 10 + (code - ZERO);
  }
  return value <= Math.min(max, Number.MAX_SAFE_INTEGER) ? value : NO_NUMBER;
}

/** The low 32 bits of the unsigned 64-bit number that is all of `text`: trace records are cut so. */
export function readLow32(text: string): number {
  if (text.length <= DIGITS_EXACT) {
    const value = readNumber(text, { start: 0, end: text.length, max: Number.MAX_SAFE_INTEGER });
    return value === NO_NUMBER ? NO_NUMBER : value % (UINT32_MAX + 1);
  }
  if (text.length > DIGITS_MAX || !/^\d+$/.test(text)) return NO_NUMBER;
  const value = BigInt(text);
  return value > UINT64_MAX ? NO_NUMBER : Number(value & BigInt(UINT32_MAX));
}

/** What stands behind `name` and before the next comma or the end, or null. */
export function fieldBehind(text: string, name: string): string | null {
  const at = text.indexOf(name);
  if (at < 0) return null;
  const start = at + name.length;
  const comma = text.indexOf(',', start);
  const value = text.slice(start, comma < 0 ? text.length : comma);
  return value === '' ? null : value;
}

/** A 32-bit number behind `name`; NO_NUMBER where there is none. */
export function numberBehind(text: string, name: string): number {
  const value = fieldBehind(text, name);
  return value === null ? NO_NUMBER : readNumber(value, { start: 0, end: value.length });
}

/** `context:seqno`, both cut to 32 bits, or null. */
export function fenceName(text: string | null): { context: number; seqno: number } | null {
  if (text === null) return null;
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const context = readLow32(text.slice(0, colon));
  const seqno = readLow32(text.slice(colon + 1));
  return context === NO_NUMBER || seqno === NO_NUMBER ? null : { context, seqno };
}
