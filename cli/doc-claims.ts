import {
  DOC_CLAIMS,
  type DocClaim,
  isRuleId,
  type RuleId,
  RULES_BY_FAMILY,
} from '../model/rules/catalogue.ts';
import { NO_PROPERTY, type RuleStatus } from '../properties/check/coverage.ts';
import { counted } from '../traces/report/text.ts';
import { hanging } from './labels.ts';

/** How a claim of the seed document stands. */
type ClaimState = 'covered' | 'partly covered' | 'not covered' | 'nothing to check';

const STATES: readonly ClaimState[] = [
  'covered',
  'partly covered',
  'not covered',
  'nothing to check',
];

/** Every claim of the seed document, the rules behind it, and how these stand. */
export function docLines(states: readonly RuleStatus[]): string[] {
  const byRule = new Map(states.map((entry) => [entry.rule, entry]));
  const counts = new Map<ClaimState, number>();
  let section = '';
  const lines: string[] = [];
  for (const claim of DOC_CLAIMS) {
    if (claim.section !== section) {
      section = claim.section;
      lines.push('', section);
    }
    const rules = rulesOf(claim)
      .map((rule) => byRule.get(rule))
      .filter((entry) => entry !== undefined);
    const state = stateOf(rules);
    counts.set(state, (counts.get(state) ?? 0) + 1);
    lines.push(...hanging(`  ${claim.id} ${state}: `, claim.text), ...evidence(claim, rules));
  }
  const parts = STATES.map((state) => `${counts.get(state) ?? 0} ${state}`);
  return [...lines.slice(1), '', `${counted(DOC_CLAIMS.length, 'claim')}: ${parts.join(', ')}`];
}

/** Its own rules, and all of those of a section that it names. */
function rulesOf({ rules, families }: DocClaim): readonly RuleId[] {
  const whole = families.flatMap((name) => RULES_BY_FAMILY.get(name) ?? []).map(({ id }) => id);
  return [...new Set([...rules, ...whole])].filter((id) => isRuleId(id));
}

/** A rule that cannot be checked, with a reason, is no gap; one that has no property is. */
function stateOf(rules: readonly RuleStatus[]): ClaimState {
  if (rules.length === 0) return 'nothing to check';
  const answered = rules.filter((entry) => isAnswered(entry)).length;
  if (answered === 0) return 'not covered';
  return answered === rules.length ? 'covered' : 'partly covered';
}

const isAnswered = ({ state, reason, plans }: RuleStatus): boolean =>
  state === 'checked' || plans.length > 0 || reason !== NO_PROPERTY;

/** `ATTACH-003, ATTACH-015 checked; BUF-010 unchecked (why); the code differs: MM-04` */
function evidence({ notes }: DocClaim, rules: readonly RuleStatus[]): string[] {
  const alike = new Map<string, string[]>();
  for (const entry of rules) {
    const state = stateText(entry);
    alike.set(state, [...(alike.get(state) ?? []), entry.rule]);
  }
  const parts = [...alike].map(([state, ids]) => `${ids.join(', ')} ${state}`);
  const said = notes.map((note) => noteText(note));
  const text = [...parts, ...said].join('; ');
  return text === '' ? [] : hanging('      ', text);
}

/** Without a run, all that is known is that there is a property. */
function stateText({ state, reason, witnesses, plans }: RuleStatus): string {
  if (state === 'unchecked') return `unchecked (${reason ?? 'no reason'})`;
  const hasRun = Object.keys(witnesses).length > 0;
  return state === 'checked' || hasRun || plans.length === 0 ? state : 'has a property';
}

function noteText(note: string): string {
  if (note === 'scope') return 'about the world outside';
  if (note === 'design') return 'a reason for the design';
  return note.startsWith('MM-') ? `the code differs from the document: ${note}` : note;
}
