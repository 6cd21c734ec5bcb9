import type { FenceLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import type { FenceCounts } from './fence-counts.ts';
import type { Findings } from './findings.ts';
import { LogContext } from './log-context.ts';
import { type FenceName, fenceLabel, LogFence } from './log-fence.ts';
import { IMPOSSIBLE, type Observer } from './observer.ts';
import type { FenceSight } from './observers.ts';

/** When so many are remembered, all are forgotten, as if events had been lost. */
const FENCES_MAX = 1 << 19;
const CONTEXTS_MAX = 1 << 18;
/** Fences that are gone are remembered as long as no more than these have gone since. */
const GONE_MAX = 1 << 16;

/** A fence that is there, with its place. */
export interface Place {
  readonly context: LogContext;
  readonly name: FenceName;
  readonly fence: LogFence;
}

/** By the names that were first seen: a fence that is done may have lost them. */
export function labelOf({ context, name: { context: number, seqno } }: Place): string {
  return fenceLabel({ ...context.names, context: number, seqno });
}

/** The fences that a log has shown, each at its context and number, as long as they matter. */
export class KnownFences {
  private readonly contexts = new Map<number, LogContext>();
  private readonly finished = new Set<number>();
  private readonly gone: Place[] = [];
  private nextGone = 0;
  private size = 0;
  private readonly machine: Observer<FenceSight>;
  private readonly findings: Findings;
  private readonly counts: FenceCounts;

  constructor(
    machine: Observer<FenceSight>,
    { findings, counts }: { readonly findings: Findings; readonly counts: FenceCounts },
  ) {
    this.machine = machine;
    this.findings = findings;
    this.counts = counts;
  }

  contextOf({ context: number, driver, timeline }: FenceLogEvent): LogContext {
    const known = this.contexts.get(number);
    if (known !== undefined) return known;
    const made = new LogContext(
      { driver, timeline, number },
      this.counts.timeline(driver, timeline),
    );
    // What is not judged is not remembered: of some kinds, each fence has a context of its own.
    if (made.isJudged) this.contexts.set(number, made);
    return made;
  }

  /** The fence of this name, if one was seen. */
  at({ context: number, seqno }: Pick<FenceName, 'context' | 'seqno'>): Place | null {
    const context = this.contexts.get(number);
    const fence = context?.fences.get(seqno);
    if (context === undefined || fence === undefined) return null;
    return { context, fence, name: { ...context.names, context: number, seqno } };
  }

  /** A fence begins here. */
  born({ fences }: LogContext, { seqno }: FenceLogEvent): LogFence {
    const { machine } = this;
    const { epoch } = this.findings;
    const known = fences.get(seqno);
    const isOld = known !== undefined && known.epoch !== epoch;
    if (known?.isShared === true) {
      known.sharers += 1;
      // That all are destroyed is known only if nothing was lost meanwhile.
      if (known.sharers > 1 || isOld) return known;
    } else if (
      known !== undefined &&
      !isOld &&
      machine.next(known.belief, 'dma_fence_emit') !== IMPOSSIBLE
    ) {
      known.isShared = true;
      known.sharers = 2;
      return known;
    }
    const made = new LogFence(machine.unborn, epoch);
    // The release of the one before may be what was lost.
    made.isReborn = isOld;
    this.remember(fences, seqno, made);
    return made;
  }

  /** The fence of this number, which may have been there before the log begins. */
  find({ fences }: LogContext, { seqno }: FenceLogEvent): LogFence {
    const { epoch } = this.findings;
    const { anything } = this.machine;
    const known = fences.get(seqno);
    if (known === undefined) {
      const made = new LogFence(anything, epoch);
      this.remember(fences, seqno, made);
      return made;
    }
    if (known.epoch !== epoch && !known.isShared) known.forget(anything, epoch);
    return known;
  }

  /** One of those that share a number is gone: the next that begins behind the last has it alone. */
  shareLess(place: Place): void {
    const { fence } = place;
    fence.sharers -= 1;
    if (fence.sharers === 0) this.bury(place);
  }

  /** Remembers a fence that is gone for a while: something may still be said of it. */
  bury(place: Place): void {
    const oldest = this.gone[this.nextGone];
    this.gone[this.nextGone] = place;
    this.nextGone = (this.nextGone + 1) % GONE_MAX;
    if (oldest === undefined) return;
    const { context, name } = oldest;
    if (this.contexts.get(name.context) !== context) return;
    if (context.fences.get(name.seqno) === oldest.fence) {
      context.fences.delete(name.seqno);
      this.size -= 1;
    }
    if (context.fences.size === 0) this.contexts.delete(name.context);
  }

  /** Says which contexts are of whole jobs; the one before is of their scheduling. */
  finishes(context: number): void {
    if (this.finished.size >= CONTEXTS_MAX) this.overflow();
    this.finished.add(context);
  }

  isFinished(context: number): boolean {
    return this.finished.has(context);
  }

  /** All that nothing was lost of since they were last heard of. */
  *remembered(epoch: number): Generator<Place> {
    for (const [number, context] of this.contexts) {
      for (const [seqno, fence] of context.fences) {
        if (fence.epoch !== epoch || fence.isShared) continue;
        yield { context, fence, name: { ...context.names, context: number, seqno } };
      }
    }
  }

  /** Whatever comes is of another log, or there is too much to remember. */
  forget(): void {
    this.contexts.clear();
    this.finished.clear();
    this.gone.length = 0;
    this.nextGone = 0;
    this.size = 0;
  }

  private remember(fences: Map<number, LogFence>, seqno: number, fence: LogFence): void {
    const before = fences.size;
    fences.set(seqno, fence);
    this.size += fences.size - before;
    if (this.size < FENCES_MAX && this.contexts.size < CONTEXTS_MAX) return;
    this.overflow();
  }

  private overflow(): void {
    this.findings.overflow();
    this.forget();
  }
}
