import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import type { Tested } from './litmus.ts';

/** The judge in whose name an outcome that is not listed is reported. */
export const SURPRISE = 'litmus';

/** What is wrong with one run of a litmus program: an outcome of its own, or a judge that fires. */
export function judgeLitmus(litmus: Tested, run: Run): readonly Finding[] {
  const allowed: ReadonlySet<string> = new Set(litmus.allows);
  const findings = run.findings.filter(({ judge }) => !allowed.has(judge));
  const text = litmus.observe(run);
  if (litmus.outcomes.some((outcome) => outcome.text === text)) return findings;
  const rules: readonly RuleId[] = [...new Set(litmus.outcomes.flatMap((entry) => entry.rules))];
  const surprise: Finding = {
    rules,
    judge: SURPRISE,
    message: `an outcome that no rule allows: ${text}`,
    step: run.world.steps,
    expected: `one of: ${litmus.outcomes.map((outcome) => outcome.text).join(' | ')}`,
  };
  return [surprise, ...findings];
}
