import type { RuleId } from '../model/rules/catalogue.ts';
import type { Unchecked } from '../properties/rules/unchecked.ts';
import { unknown } from './nearest.ts';

/** What a pattern of `check` may be about. */
export interface Checkable {
  /** Rules with a property, and all else that can be checked alone. */
  readonly names: readonly string[];
  readonly rules: readonly { readonly id: RuleId }[];
  readonly unchecked: readonly Unchecked[];
}

/** What is wrong with a pattern, or null. One that nothing belongs to would pass for a check. */
export function patternComplaint(
  pattern: string,
  { names, rules, unchecked }: Checkable,
): string | null {
  if (names.some((name) => name.includes(pattern))) return null;
  const rule = rules.find(({ id }) => id.includes(pattern));
  if (rule === undefined) return unknown('pattern', pattern, names);
  const listed = unchecked.find((entry) => entry.rule === rule.id);
  const reason = listed?.reason ?? 'it has no property';
  return `nothing checks '${pattern}': ${reason}; see the verb rules`;
}
