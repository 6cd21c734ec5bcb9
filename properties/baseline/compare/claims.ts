import { DOC_CLAIMS, isRuleId, RULES_BY_FAMILY } from '../../../model/rules/catalogue.ts';
import { type Difference, some } from './difference.ts';

/** Claims of the seed document behind which a rule is no longer checked. */
export function claimsThatLost(rules: readonly Difference[]): readonly Difference[] {
  const lost = new Set(rules.filter(isCoverageLost).map(({ subject }) => subject));
  return DOC_CLAIMS.flatMap(({ id, text, rules: own, families }): Difference[] => {
    const whole = families.flatMap((name) => RULES_BY_FAMILY.get(name) ?? []);
    const all = [...new Set([...own.filter(isRuleId), ...whole.map((rule) => rule.id)])];
    const missing = all.filter((rule) => lost.has(rule));
    if (missing.length === 0) return [];
    return [
      {
        part: 'claim',
        subject: id,
        text: `has lost coverage, ${some(missing)}: ${text}`,
        details: [],
        rules: missing,
        kind: 'lost',
      },
    ];
  });
}

function isCoverageLost({ kind, part, text }: Difference): boolean {
  return part === 'rule' && kind === 'lost' && /^is no longer checked|^is no rule/.test(text);
}
