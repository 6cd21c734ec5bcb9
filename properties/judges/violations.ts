import type { RuleId } from '../../model/rules/catalogue.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Violation, ViolationKind } from '../../impl/kernel/violation.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

/** The rules that a complaint of the kernel itself breaks, by its kind and the object's kind. */
const BROKEN_BY: Partial<Record<ViolationKind, Readonly<Record<string, readonly RuleId[]>>>> = {
  'use-after-free': {
    fence: ['FENCE-012'],
    timeline: ['SWSYNC-014'],
    attachment: ['ATTACH-010'],
    storage: ['ATTACH-031', 'ATTACH-027'],
  },
  'double-free': { fence: ['FENCE-006'] },
  refcount: { fence: ['FENCE-012'] },
};

/** The rules that a complaint breaks, where it says so itself; often only the property knows. */
function brokenBy({ kind, message, object }: Violation): readonly RuleId[] {
  // Nodes that the program has named are its own; the others belong to waits and containers.
  const isNode = object?.kind === 'callback' && object.alias === null;
  if (kind === 'use-after-free' && isNode) return ['FENCE-071'];
  const isWait = message.startsWith('dma_fence_wait_timeout');
  if (kind === 'sleep-in-atomic' && isWait) return ['FENCE-074', 'CONTRACT-015'];
  // Between a wait for a fence and the way to a signal, on whatever device.
  if (kind === 'lockdep' && message.includes('dma_fence_map')) return ['CONTRACT-024'];
  return BROKEN_BY[kind]?.[object?.kind ?? ''] ?? [];
}

/** Turns the kernel's own complaints into findings. */
export class ViolationJudge implements Judge {
  readonly name = 'kernel complaints';
  private readonly findings: Finding[] = [];

  violation(violation: Violation): void {
    const { kind, message, step } = violation;
    const rules = brokenBy(violation);
    this.findings.push({ rules, judge: kind, message, step, expected: null });
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}
