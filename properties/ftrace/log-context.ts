import type { RuleId } from '../../model/rules/catalogue.ts';
import type { LogFence } from './log-fence.ts';
import { NOWHERE } from './log-object.ts';
import type { TimelineCounts } from './fence-counts.ts';

/** Nodes of chains and stubs have numbers that others have too: one cannot be told from another. */
const NUMBERLESS: ReadonlySet<string> = new Set(['dma_fence_chain', 'stub']);
/** What newer kernels print of a fence that is done, whosever it was. */
const DETACHED = 'detached-driver';

/** Points of a software timeline signal in the order of their numbers. */
const POINTS: readonly RuleId[] = ['SWSYNC-008', 'SWSYNC-010', 'CONTRACT-006'];
/** Jobs of an entity are scheduled in their order; they are finished so only if the hardware is. */
const SCHEDULED: readonly RuleId[] = ['SCHED-008', 'CONTRACT-006'];

/** Compares as the kernel does: 32 bits that wrap. @rule FENCE-082 */
export function isLater(seqno: number, than: number): boolean {
  return ((seqno - than) | 0) > 0;
}

/** The fences of one context. */
export class LogContext {
  readonly fences: Map<number, LogFence> = new Map();
  readonly names: { readonly driver: string; readonly timeline: string };
  /** Its fences can be told apart. Those of context 0 were never given one. */
  readonly isJudged: boolean;
  readonly counts: TimelineCounts;
  /** The latest that was waiting and has signaled. */
  private latest = 0;
  private latestLine: number = NOWHERE;
  private latestEpoch = -1;

  constructor(
    { driver, timeline, number }: { driver: string; timeline: string; number: number },
    counts: TimelineCounts,
  ) {
    this.names = { driver, timeline };
    this.isJudged = number !== 0 && !NUMBERLESS.has(driver) && driver !== DETACHED;
    this.counts = counts;
  }

  /**
   * The rules by which its fences signal in order, or null when they need not: others may be found
   * done by polling, the later ones first.
   */
  order({ isScheduled }: { readonly isScheduled: boolean }): readonly RuleId[] | null {
    if (this.names.driver === 'sw_sync') return POINTS;
    return isScheduled ? SCHEDULED : null;
  }

  /**
   * The line at which a later fence has signaled although this one was waiting by then; NOWHERE if
   * there is none. A point of a software timeline may be born late, and then signals at once: it was
   * waiting only if somebody else knew it.
   */
  overtakenAt(fence: LogFence, seqno: number): number {
    if (!fence.isWhole || this.latestEpoch !== fence.epoch) return NOWHERE;
    const from = this.waitingFrom(fence);
    if (from === NOWHERE || this.latestLine < from) return NOWHERE;
    return isLater(this.latest, seqno) ? this.latestLine : NOWHERE;
  }

  /**
   * Only a fence that was waiting itself says what is done: "later" over numbers that wrap holds among
   * those that wait at the same time, and a point that signals at its birth may be half of them behind.
   */
  signaled(fence: LogFence, { seqno, line }: { seqno: number; line: number }): void {
    const { epoch } = fence;
    if (this.waitingFrom(fence) === NOWHERE) return;
    if (this.latestEpoch === epoch && !isLater(seqno, this.latest)) return;
    this.latest = seqno;
    this.latestLine = line;
    this.latestEpoch = epoch;
  }

  /** The fences of jobs wait from their beginning on. */
  private waitingFrom(fence: LogFence): number {
    return this.names.driver === 'drm_sched' ? fence.initLine : knownFrom(fence);
  }
}

function knownFrom({ enableLine, waitLine }: LogFence): number {
  if (enableLine === NOWHERE) return waitLine;
  return waitLine === NOWHERE ? enableLine : Math.min(enableLine, waitLine);
}
