import { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { STUB_OPS } from '../../impl/dma-buf/fence-stub.ts';
import { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import { SyncTimeline } from '../../impl/dma-buf/sync-timeline.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Task } from '../../impl/kernel/task.ts';
import { KERNEL_LOG } from '../../impl/kernel/footprint.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { EventName } from '../../model/events.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

type Guarded = Partial<Record<EventName, RuleId>>;

/** What may only happen to a fence while its lock is held, and the rule that says so. */
const FENCE: Guarded = {
  signal: 'FENCE-029',
  stamp: 'FENCE-029',
  addCallback: 'FENCE-043',
  removeCallback: 'FENCE-048',
  'enableSignaling.armed': 'FENCE-017',
  'enableSignaling.refused': 'FENCE-017',
  'wait.link': 'FENCE-071',
  'wait.unlink': 'FENCE-071',
};

const TIMELINE: Guarded = {
  advance: 'SWSYNC-010',
  signalPoint: 'SWSYNC-010',
  'create.pending': 'SWSYNC-007',
  'create.shared': 'SWSYNC-006',
  unlist: 'SWSYNC-016',
  failPoint: 'SWSYNC-012',
};

const RESV: Guarded = {
  reserve: 'RESV-006',
  add: 'RESV-006',
  'replace.begin': 'RESV-006',
  replace: 'RESV-006',
  copy: 'RESV-006',
};

/** Under the reservation lock of the buffer. */
const ATTACHMENT: Guarded = {
  'attach.plain': 'ATTACH-004',
  'attach.dynamic': 'ATTACH-004',
  'attach.mapped': 'ATTACH-004',
  'attach.pinned': 'ATTACH-004',
  pin: 'ATTACH-012',
  unpin: 'ATTACH-012',
  map: 'ATTACH-015',
  'map.kept': 'ATTACH-015',
  unmap: 'ATTACH-026',
  drop: 'ATTACH-007',
  detach: 'ATTACH-007',
  notify: 'ATTACH-028',
};

/** Under the lock of the list of all buffers. */
const LISTED: Guarded = { export: 'BUF-024', unlist: 'BUF-014' };

/** Under the reservation lock. */
const MAPPED: Guarded = {
  vmap: 'BUF-032',
  'vmap.shared': 'BUF-032',
  vunmap: 'BUF-032',
  'vunmap.last': 'BUF-032',
};

/** All of these: most events are none of them. */
const GUARDED: ReadonlySet<string> = new Set(
  [FENCE, TIMELINE, RESV, ATTACHMENT, LISTED, MAPPED].flatMap((names) => Object.keys(names)),
);

/**
 * What a lock protects changes only while it is held. Here a release joins the step before it, so
 * a change that comes just behind the release does no harm in any schedule; on a real machine it
 * would.
 */
export class LockingJudge implements Judge {
  readonly name = 'locking';
  private readonly findings: Finding[] = [];

  event({ object, name, result, task, step }: WorldEvent): void {
    this.checkIrqs(object, name, task, step);
    if (name === 'addCallback' && result !== 0) return;
    const guard = guardOf(object, name);
    if (guard === null || guard.holder === task) return;
    // The kernel itself has complained, and the program may be about that.
    object.world.looked(KERNEL_LOG, 'violations');
    if (object.world.violations.some(({ kind }) => kind === 'lock-misuse')) return;
    this.findings.push({
      rules: [guard.rule],
      judge: this.name,
      message: `${object.label}: ${name} by ${task.name}, which does not hold its lock`,
      step,
      expected: 'the lock to be held until it is done',
    });
  }

  /**
   * An interrupt may complete any fence, so whoever holds its lock has interrupts off. The getter of
   * the stub is the exception: that one is complete from the beginning.
   */
  private checkIrqs(object: KernelObject, name: EventName, task: Task, step: number): void {
    if (!task.cpu.irqsEnabled || !(object instanceof DmaFence)) return;
    if (object.lock.holder !== task || object.ops === STUB_OPS) return;
    this.findings.push({
      rules: ['CONTRACT-016'],
      judge: this.name,
      message: `${object.label}: ${name} by ${task.name}, which holds its lock with interrupts on`,
      step,
      expected: 'interrupts to be off while the lock is held',
    });
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** The rule that asks for the object's lock at this event, and who holds that lock. */
function guardOf(
  object: KernelObject,
  name: EventName,
): { readonly rule: RuleId; readonly holder: Task | null } | null {
  if (!GUARDED.has(name)) return null;
  if (object instanceof DmaFence) return guard(FENCE[name], object.lock);
  if (object instanceof SyncTimeline) return guard(TIMELINE[name], object.lock);
  if (object instanceof DmaBufAttachment) return guard(ATTACHMENT[name], object.buffer.resv.lock);
  if (object instanceof DmaBuf) {
    const listed = guard(LISTED[name], object.stack.buffers.listLock);
    return listed ?? guard(MAPPED[name], object.resv.lock);
  }
  return object instanceof DmaResv ? guard(RESV[name], object.lock) : null;
}

function guard(
  rule: RuleId | undefined,
  lock: { readonly holder: Task | null },
): { readonly rule: RuleId; readonly holder: Task | null } | null {
  return rule === undefined ? null : { rule, holder: lock.holder };
}
