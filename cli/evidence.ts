import { family, type RuleId } from '../model/rules/catalogue.ts';
import { checkProperties } from '../properties/check/stage-properties.ts';
import { coverage, type RuleStatus } from '../properties/check/coverage.ts';
import { CHECK_DEFAULTS } from '../properties/check/options.ts';
import type { Property } from '../properties/check/property.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { LITMUS } from '../properties/litmus/index.ts';
import type { Litmus } from '../properties/litmus/litmus.ts';
import { PROPERTIES } from '../properties/rules/registry.ts';
import { KNOWN_FAULTS } from './known-faults.ts';

/** What speaks for some rules, without running anything. */
export interface Claims {
  readonly properties: readonly Property[];
  readonly litmus: readonly Litmus[];
  readonly faults: readonly Fault[];
}

/** The properties, litmus programs and faults of these rules. */
export function claimsFor(rules: Iterable<string>): Claims {
  const wanted = new Set<string>(rules);
  const isWanted = (rule: string): boolean => wanted.has(rule);
  return {
    properties: PROPERTIES.filter((property) => property.rules.some(isWanted)),
    litmus: LITMUS.filter(({ outcomes }) => outcomes.some((entry) => entry.rules.some(isWanted))),
    faults: KNOWN_FAULTS.filter(({ breaks }) => breaks.some(isWanted)),
  };
}

/** Runs the properties of the rules whose id contains `pattern`, and says how these rules stand. */
export function measure(
  pattern: string | null,
  progress: (text: string) => void,
): readonly RuleStatus[] {
  const { evidence } = checkProperties({ ...CHECK_DEFAULTS, pattern, progress });
  return coverage(evidence).filter(({ rule }) => pattern === null || rule.includes(pattern));
}

/** How many rules of a family have a property. */
export function declared(name: string): number {
  const own = new Set<RuleId>(PROPERTIES.flatMap(({ rules: [first] }) => [first]));
  return [...own].filter((rule) => family(rule) === name).length;
}
