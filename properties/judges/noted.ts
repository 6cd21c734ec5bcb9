import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Finding } from '../run/finding.ts';

/** What a judge has found so far is a part of the state: the same state without it is another. */
export function visitFindings(key: StateKey, findings: readonly Finding[]): void {
  for (const { judge, rules, message } of findings) {
    key.part();
    key.add(judge);
    key.add(rules);
    key.add(message);
  }
}
