import { RULES, type Rule, type RuleFamily, type RuleId } from './catalogue.generated.ts';

export {
  DOC_CLAIMS,
  HISTORICAL_FAULTS,
  KERNEL_FAULTS,
  RULES,
  SCENARIOS,
  WINDOWS,
} from './catalogue.generated.ts';
export type {
  DocClaim,
  HistoricalFault,
  HistoricalFaultId,
  KernelFault,
  KernelFaultId,
  Rule,
  RuleFamily,
  RuleId,
  RuleKind,
  Scenario,
  ScenarioId,
  SpecId,
  Window,
  WindowId,
} from './catalogue.generated.ts';

const rulesById: ReadonlyMap<string, Rule> = new Map(RULES.map((entry) => [entry.id, entry]));

/** Says whether `text`, which may come from a trace file, names a rule of this catalogue. */
export function isRuleId(text: string): text is RuleId {
  return rulesById.has(text);
}

/** The rule called `id`. Throws on an id that only a cast or old data can have brought here. */
export function rule(id: RuleId): Rule {
  const entry = rulesById.get(id);
  if (!entry) throw new RangeError(`There is no rule called ${id} in model/rules/spec.`);
  return entry;
}

/** The family of a rule: its id without the number. */
export function family(id: RuleId): RuleFamily {
  const { id: known } = rule(id);
  // The generator derives RuleFamily from the ids in the same way.
  return known.slice(0, known.lastIndexOf('-')) as RuleFamily;
}

function groupByFamily(): Map<RuleFamily, readonly Rule[]> {
  const groups = new Map<RuleFamily, Rule[]>();
  for (const entry of RULES) {
    const group = groups.get(family(entry.id)) ?? [];
    group.push(entry);
    groups.set(family(entry.id), group);
  }
  return groups;
}

/** All families in the order of the rule files, each with its rules. */
export const RULES_BY_FAMILY: ReadonlyMap<RuleFamily, readonly Rule[]> = groupByFamily();
