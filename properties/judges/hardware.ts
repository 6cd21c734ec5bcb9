import type { HardwareRecord } from '../../impl/kernel/observer.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import { ORACLE_RECORDS, type OracleRecordKind } from '../../model/hardware-records.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

/** The rules that a record is about; often only the property knows. A warning is no finding. */
const BROKEN_BY: Readonly<Record<OracleRecordKind, readonly RuleId[] | 'warning'>> = {
  FREED_WHILE_MAPPED: ['HW-MEM-005'],
  USE_AFTER_FREE: ['HW-MEM-002', 'E2E-007'],
  FOREIGN_TOKEN: ['HW-MEM-003', 'E2E-007'],
  STALE_TLB: 'warning',
  STALE_TLB_USE_AFTER_FREE: ['HW-IOMMU-005', 'E2E-006'],
  WRONG_BUFFER: ['HW-IOMMU-008'],
  ALIAS: ['HW-CACHE-003'],
  RING_OVERRUN: ['HW-GPU-003'],
  SCANOUT_RACE: ['HW-DISP-008', 'E2E-005'],
  SELF_OVERLAP: ['HW-CODEC-005'],
  STALE_READ: ['HW-CACHE-006', 'E2E-011'],
  PEER_POWER: ['HW-DMA-009'],
  LEAK: ['E2E-013'],
  LATE_FENCE: ['E2E-008'],
  LOCK_RULE: ['E2E-012'],
  CONTEXT_RULE: [],
};

const ORACLE: ReadonlySet<string> = new Set(ORACLE_RECORDS);

function isOracle(kind: string): kind is OracleRecordKind {
  return ORACLE.has(kind);
}

/** Turns what the oracle of simulated hardware has noted into findings. */
export class HardwareJudge implements Judge {
  readonly name = 'hardware';
  private readonly findings: Finding[] = [];

  hardware({ kind, actor, what, step }: HardwareRecord): void {
    if (!isOracle(kind)) return;
    const rules = BROKEN_BY[kind];
    if (rules === 'warning') return;
    const message = `${kind} by ${actor}: ${what}`;
    this.findings.push({ rules, judge: this.name, message, step, expected: null });
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}
