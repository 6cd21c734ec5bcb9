import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { KERNEL_LOG } from '../../impl/kernel/footprint.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { EventName } from '../../model/events.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

interface Convention {
  /** Whoever calls holds the reservation lock. */
  readonly isLocked: boolean;
  readonly rule: RuleId;
}

const FREE: Convention = { isLocked: false, rule: 'LOCKING-003' };
const LOCKED: Convention = { isLocked: true, rule: 'LOCKING-004' };

/** How exporters and importers are called. */
const CONVENTIONS: Partial<Record<EventName, Convention>> = {
  'ops.attach': FREE,
  'ops.detach': FREE,
  'ops.release': FREE,
  'ops.begin': FREE,
  'ops.end': FREE,
  'ops.mmap': FREE,
  'ops.pin': LOCKED,
  'ops.unpin': LOCKED,
  'ops.map': LOCKED,
  'ops.unmap': LOCKED,
  'ops.vmap': LOCKED,
  'ops.vunmap': LOCKED,
  'ops.moveNotify': { isLocked: true, rule: 'LOCKING-005' },
};

/**
 * The locking convention, on every call of every exporter and importer. The one who is called may
 * count on the lock, or take it: it cannot do both.
 */
export class BufferCallsJudge implements Judge {
  readonly name = 'buffer calls';
  private readonly findings: Finding[] = [];

  event({ object, name, task, step }: WorldEvent): void {
    const convention = CONVENTIONS[name];
    if (convention === undefined || !(object instanceof DmaBuf)) return;
    const isLocked = object.resv.lock.holder === task;
    if (isLocked === convention.isLocked) return;
    // The kernel itself has complained, and the program may be about that.
    object.world.looked(KERNEL_LOG, 'violations');
    if (object.world.violations.some(({ kind }) => isComplaint(kind))) return;
    const wanted = convention.isLocked ? 'with' : 'without';
    this.findings.push({
      rules: [convention.rule],
      judge: this.name,
      message: `${object.label}: ${task.name} calls ${name} with${isLocked ? '' : 'out'} the lock`,
      step,
      expected: `a call ${wanted} the reservation lock`,
    });
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

function isComplaint(kind: string): boolean {
  return kind === 'lock-misuse' || kind === 'lockdep';
}
