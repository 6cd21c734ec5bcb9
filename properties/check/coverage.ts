import { family, RULES, type RuleId } from '../../model/rules/catalogue.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { UNCHECKED } from '../rules/unchecked.ts';
import type { Property } from './property.ts';

/** No property, and nobody has said why: a gap. */
export const NO_PROPERTY = 'no property yet';

/** How one rule stands. */
export interface RuleStatus {
  readonly rule: RuleId;
  readonly family: string;
  /** `checked`: it has a witness and a fault whose finding names it. */
  readonly state: 'checked' | 'weak' | 'unchecked';
  /** Plans of its properties. */
  readonly plans: readonly string[];
  /** Faults whose finding named the rule. */
  readonly faults: readonly string[];
  readonly witnesses: Readonly<Record<string, number>>;
  /** Why it is not checked. */
  readonly reason: string | null;
}

/** What the run of one property contributes. */
export interface PropertyEvidence {
  readonly property: Property;
  readonly witnesses: Readonly<Record<string, number>>;
  /** Faults of the property's list whose finding named its rules. */
  readonly caught: readonly string[];
}

/** The state of every rule of the catalogue, given what was run. */
export function coverage(evidence: readonly PropertyEvidence[]): readonly RuleStatus[] {
  return RULES.map(({ id }) => statusOf(id, evidence));
}

function statusOf(rule: RuleId, evidence: readonly PropertyEvidence[]): RuleStatus {
  const mine = evidence.filter((entry) => entry.property.rules[0] === rule);
  const plans = PROPERTIES.filter((entry) => entry.rules[0] === rule).map((entry) => entry.plan);
  const witnesses = Object.assign({}, ...mine.map((entry) => entry.witnesses));
  const faults = [...new Set(mine.flatMap((entry) => entry.caught))];
  const base = { rule, family: family(rule), plans, faults, witnesses };
  if (plans.length > 0) {
    const isSound = faults.length > 0 && mine.some((entry) => isWitnessed(entry));
    return { ...base, state: isSound ? 'checked' : 'weak', reason: null };
  }
  const listed = UNCHECKED.find((entry) => entry.rule === rule);
  if (listed !== undefined) return { ...base, state: 'unchecked', reason: listed.reason };
  return { ...base, state: 'unchecked', reason: NO_PROPERTY };
}

/** Every interesting case was reached as often as the property asks for. */
export function isWitnessed({ property, witnesses }: PropertyEvidence): boolean {
  const wanted = Object.entries(property.witness);
  return wanted.every(([name, { atLeast }]) => (witnesses[name] ?? 0) >= atLeast);
}
