import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Violation, ViolationKind } from '../../impl/kernel/violation.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';

/** The rules that a complaint of the kernel itself breaks, by its kind and the object's kind. */
const BROKEN_BY: Partial<Record<ViolationKind, Readonly<Record<string, readonly RuleId[]>>>> = {
  'use-after-free': { fence: ['FENCE-012'], callback: ['FENCE-071'], timeline: ['SWSYNC-014'] },
  'double-free': { fence: ['FENCE-006'] },
  refcount: { fence: ['FENCE-012'] },
  'sleep-in-atomic': { '': ['FENCE-074'] },
};

/** Turns the kernel's own complaints into findings. */
export class ViolationJudge implements Judge {
  readonly name = 'kernel complaints';
  private readonly findings: Finding[] = [];

  violation(violation: Violation): void {
    const { kind, message, object, step } = violation;
    const rules = BROKEN_BY[kind]?.[object?.kind ?? ''] ?? [];
    this.findings.push({ rules, judge: kind, message, step, expected: null });
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}
