/** Keys that mean something to JavaScript itself. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

/** How deep brackets nest in JSON text. Looks at characters only, so it cannot recurse. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') {
      isInString = true;
    } else if (character === '[' || character === '{') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return deepest;
}

/** A key somewhere in `value` that could change objects when it is copied, or null. */
export function poisonedKey(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (POISON.has(key)) return key;
    const poison = poisonedKey(inner);
    if (poison !== null) return poison;
  }
  return null;
}
