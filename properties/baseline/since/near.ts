import { isRuleId, type RuleId } from '../../../model/rules/catalogue.ts';
import type { ChangedFile } from './changed.ts';
import type { Sources } from './imports.ts';

const RULE = /\b[A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d{3}\b/g;

/** How far rules are from a change: the smaller, the sooner they are run. */
export type Distances = ReadonlyMap<RuleId, number>;

/** A rule that a changed declaration names. */
const AT_THE_CHANGE = 0;
/** One that the changed file names elsewhere. */
const IN_THE_FILE = 1;

/**
 * Rules by how far they are from a change. What a declaration is about stands in the tags above it,
 * or in its code; a file that names no rule works for those who import it.
 */
export function rulesNear(changed: readonly ChangedFile[], sources: Sources): Distances {
  const distances = new Map<RuleId, number>();
  const note = (rules: readonly RuleId[], distance: number): void => {
    for (const rule of rules) {
      if ((distances.get(rule) ?? Infinity) > distance) distances.set(rule, distance);
    }
  };
  const far = new Map<string, number>();
  for (const { file, lines } of changed) {
    const text = sources.text.get(file);
    if (text === undefined) continue;
    far.set(file, IN_THE_FILE);
    if (lines !== null) note(rulesAt(text, lines), AT_THE_CHANGE);
  }
  // A map is walked to its end also while it grows: nearer files come first.
  for (const [file, distance] of far) {
    note(rulesIn(sources.text.get(file) ?? ''), distance);
    for (const importer of sources.importers.get(file) ?? []) {
      if (!far.has(importer)) far.set(importer, distance + 1);
    }
  }
  return distances;
}

/** The rules that are not farther away than this. */
export function nearRules(distances: Distances, max: number): readonly RuleId[] {
  return [...distances].filter(([, distance]) => distance <= max).map(([rule]) => rule);
}

function rulesIn(text: string): readonly RuleId[] {
  return [...text.matchAll(RULE)].map(([id]) => id).filter(isRuleId);
}

/** The rules of the comments and code of the declarations that these lines belong to. */
function rulesAt(text: string, lines: readonly number[]): readonly RuleId[] {
  const all = text.split('\n');
  const found = new Set<RuleId>();
  for (const line of lines) {
    const [from, to] = declarationAround(all, line - 1);
    for (const rule of rulesIn(all.slice(from, to + 1).join('\n'))) found.add(rule);
  }
  return [...found];
}

/** From the comment above a declaration to its end: blank lines part declarations here. */
function declarationAround(lines: readonly string[], at: number): readonly [number, number] {
  let from = at;
  while (from > 0 && !isBetween(lines, from - 1)) from -= 1;
  let to = at;
  while (to < lines.length - 1 && !isBetween(lines, to + 1)) to += 1;
  return [from, to];
}

/** A blank line that the end of a declaration stands above. */
function isBetween(lines: readonly string[], at: number): boolean {
  const isBlank = (lines[at] ?? '').trim() === '';
  return isBlank && /[;})\]],?$/.test(lines[at - 1] ?? '') && /^ {0,2}\S/.test(lines[at + 1] ?? '');
}
