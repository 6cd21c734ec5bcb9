import type { Tracepoint } from '../../model/events.ts';
import type { FenceLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import { FenceCounts } from './fence-counts.ts';
import type { Findings } from './findings.ts';
import { LogContext } from './log-context.ts';
import { type FenceName, fenceLabel, LogFence, NOWHERE, type OwedSignal } from './log-fence.ts';
import type { Moment } from './moment.ts';
import { IMPOSSIBLE } from './observer.ts';
import {
  type FenceSight,
  facesRules,
  fenceRules,
  type Observers,
  type WaitSight,
} from './observers.ts';
import { WaitMonitor } from './waits.ts';

/** When so many are remembered, all are forgotten, as if events had been lost. */
const FENCES_MAX = 1 << 19;
const CONTEXTS_MAX = 1 << 18;
/** Of more jobs that were to wait for one fence, the others are not looked at. */
const OWED_MAX = 256;
/** Fences that are gone are remembered as long as no more than these have gone since. */
const GONE_MAX = 1 << 16;
/**
 * A scheduler sees the flag of a fence before its signaller writes the line. Nothing preempts the
 * signaller in between, but the machine under a virtual one. Unit: microseconds.
 */
const FLAG_TO_LINE_MAX = 1000;

const SIGHTS: ReadonlySet<string> = new Set<FenceSight>([
  'dma_fence_init',
  'dma_fence_enable_signal',
  'dma_fence_signaled',
  'dma_fence_destroy',
  'dma_fence_wait_start',
  'dma_fence_wait_end',
  'dma_fence_emit',
]);

function isWait(name: FenceSight): name is WaitSight {
  return name === 'dma_fence_wait_start' || name === 'dma_fence_wait_end';
}

function isSight(name: Tracepoint): name is FenceSight {
  return SIGHTS.has(name);
}

/** A fence that is there, with its place. */
interface Place {
  readonly context: LogContext;
  readonly name: FenceName;
  readonly fence: LogFence;
}

/** Watches the fences of a log, each through the machine of fences. */
export class FenceMonitor {
  readonly counts: FenceCounts = new FenceCounts();
  /** Events of fences that cannot be told from others. */
  unjudged = 0;
  /** Fences that were released while somebody waited to be called. */
  forced = 0;
  private readonly waits: WaitMonitor;
  private readonly contexts = new Map<number, LogContext>();
  private readonly finished = new Set<number>();
  private readonly gone: Place[] = [];
  private nextGone = 0;
  private size = 0;
  private readonly machines: Observers;
  private readonly findings: Findings;

  constructor(machines: Observers, findings: Findings) {
    this.machines = machines;
    this.findings = findings;
    this.waits = new WaitMonitor(machines.wait, { findings, counts: this.counts });
  }

  take(event: FenceLogEvent, moment: Moment): void {
    const { name } = event;
    if (!isSight(name)) return;
    const context = this.contextOf(event);
    count(context, name);
    if (!context.isJudged) {
      this.unjudged += 1;
      return;
    }
    const fence = name === 'dma_fence_init' ? this.born(context, event) : this.find(context, event);
    const place = { context, name: event, fence };
    if (fence.isShared) {
      this.unjudged += 1;
      if (name === 'dma_fence_destroy') this.shareLess(place);
      return;
    }
    const isPossible = this.step(place, name, moment);
    if (isPossible && isWait(name)) {
      this.waits.take(fence, { sight: name, label: () => labelOf(place) }, moment);
    }
    fence.note(name, moment.line);
    if (name === 'dma_fence_init') {
      fence.isWhole = !fence.isReborn;
      fence.bornTime = moment.time;
    }
  }

  /** A job is run although it depends on this fence: that is judged when the fence signals. */
  owe(name: { context: number; seqno: number }, ring: string, owed: OwedSignal): void {
    const context = this.contexts.get(name.context);
    const fence = context?.fences.get(name.seqno);
    if (context === undefined || fence === undefined) return;
    // On the ring of the job itself, being run is enough.
    if (context.names.driver === 'drm_sched' && context.names.timeline === ring) return;
    const isKnown = fence.isWhole && !fence.isShared && fence.epoch === this.findings.epoch;
    if (!isKnown || fence.signaledLine !== NOWHERE || fence.destroyLine !== NOWHERE) return;
    if (fence.owed.length < OWED_MAX) fence.owed = [...fence.owed, owed];
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

  /** The log ends: jobs that were run, and what they had to wait for is still not done. */
  end({ time, hasSeconds }: Pick<Moment, 'time' | 'hasSeconds'>): void {
    if (!hasSeconds) return;
    for (const place of this.remembered(this.findings.epoch)) {
      for (const { dependencyLine, runLine, time: ranAt } of place.fence.owed) {
        if (time - ranAt <= FLAG_TO_LINE_MAX) continue;
        this.findings.add({
          rules: ['SCHED-008'],
          message: `a job is run, and ${labelOf(place)}, which it depends on, is not done up to the end`,
          line: runLine,
          because: [place.fence.initLine, dependencyLine],
          needs: ['dma_fence_signaled'],
        });
      }
    }
  }

  private contextOf({ context: number, driver, timeline }: FenceLogEvent): LogContext {
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

  private born({ fences }: LogContext, { seqno }: FenceLogEvent): LogFence {
    const { fence: machine } = this.machines;
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

  /** One of those that share a number is gone: the next that begins behind the last has it alone. */
  private shareLess(place: Place): void {
    const { fence } = place;
    fence.sharers -= 1;
    if (fence.sharers === 0) this.bury(place);
  }

  private find({ fences }: LogContext, { seqno }: FenceLogEvent): LogFence {
    const { epoch } = this.findings;
    const { anything } = this.machines.fence;
    const known = fences.get(seqno);
    if (known === undefined) {
      const made = new LogFence(anything, epoch);
      this.remember(fences, seqno, made);
      return made;
    }
    if (known.epoch !== epoch && !known.isShared) known.forget(anything, epoch);
    return known;
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

  /** Says whether the machine allows it. */
  private step(place: Place, name: FenceSight, moment: Moment): boolean {
    const { fence } = place;
    const { fence: machine } = this.machines;
    const after = machine.next(fence.belief, name);
    if (after === IMPOSSIBLE) {
      const reasons = fence.seen().filter(([seen]) => machine.excludes(seen, name));
      const [reason] = reasons.toSorted(([, a], [, b]) => b - a);
      this.findings.add({
        rules: fenceRules(name),
        message: `${name} of ${labelOf(place)}${reason === undefined ? '' : ` after ${reason[0]}`}`,
        line: moment.line,
        because: reason === undefined ? fence.seen().map(([, line]) => line) : [reason[1]],
        needs: ['dma_fence_init'],
      });
      fence.forget(machine.anything, this.findings.epoch);
      return false;
    }
    fence.belief = after;
    if (name === 'dma_fence_signaled') this.signaled(place, moment);
    if (name === 'dma_fence_destroy') this.destroyed(place, moment);
    return true;
  }

  private signaled(place: Place, { line, time, hasSeconds }: Moment): void {
    const { context, fence } = place;
    if (fence.destroyLine !== NOWHERE) {
      // The release found callbacks, and signals in their favour.
      this.forced += 1;
      return;
    }
    this.collect(place, { line, time, hasSeconds });
    this.judgeOrder(place, line);
    this.judgeFaces(place, line);
    if (!fence.isWhole) return;
    const took = time - fence.bornTime;
    this.counts.toSignal.add(took);
    context.counts.longestToSignal = Math.max(context.counts.longestToSignal, took);
  }

  /** Says which contexts are of whole jobs; the one before is of their scheduling. */
  finishes(context: number): void {
    if (this.finished.size >= CONTEXTS_MAX) this.overflow();
    this.finished.add(context);
  }

  private judgeOrder(place: Place, line: number): void {
    const { context, fence, name } = place;
    const order = context.order({ isScheduled: this.finished.has(name.context + 1) });
    if (order === null) return;
    const earlier = context.overtakenAt(fence, name.seqno);
    if (earlier !== NOWHERE) {
      this.findings.add({
        rules: order,
        message: `${labelOf(place)} signals behind a later fence of its timeline`,
        line,
        because: [fence.initLine, earlier],
        needs: ['dma_fence_init'],
      });
    }
    context.signaled(fence, { seqno: name.seqno, line });
  }

  /** A job is scheduled before it is finished, as its fence is. @rule SCHED-019 */
  private judgeFaces(place: Place, line: number): void {
    const { fence, name } = place;
    if (!fence.isWhole || !this.finished.has(name.context)) return;
    const face = this.contexts.get(name.context - 1)?.fences.get(name.seqno);
    if (face === undefined || !face.isWhole || face.isShared || face.epoch !== fence.epoch) return;
    const { faces } = this.machines;
    const born = faces.next(faces.unborn, 'init');
    const before = face.signaledLine === NOWHERE ? born : faces.next(born, 'scheduled');
    if (faces.next(before, 'finished') !== IMPOSSIBLE) return;
    this.findings.add({
      rules: facesRules('finished'),
      message: `${labelOf(place)} signals before the job is scheduled`,
      line,
      because: [face.initLine, fence.initLine],
      needs: ['dma_fence_init'],
    });
  }

  private destroyed(place: Place, moment: Moment): void {
    const { fence } = place;
    this.collect(place, moment);
    const [wait] = fence.waits;
    if (wait !== undefined) {
      this.findings.add({
        rules: ['FENCE-012', 'FENCE-089'],
        message: `${labelOf(place)} is destroyed while task ${wait.pid} waits for it`,
        line: moment.line,
        because: [wait.line],
        needs: ['dma_fence_wait_end'],
      });
      // What comes of this is no other violation.
      fence.forget(this.machines.fence.anything, this.findings.epoch);
    }
    this.bury(place);
  }

  /** Jobs that were to wait for this fence should not have run before. */
  private collect(
    place: Place,
    { line, time, hasSeconds }: Pick<Moment, 'line' | 'time' | 'hasSeconds'>,
  ): void {
    const { fence } = place;
    for (const owed of fence.owed) {
      if (!hasSeconds || time - owed.time <= FLAG_TO_LINE_MAX) continue;
      this.findings.add({
        rules: ['SCHED-008'],
        message: `a job was run before ${labelOf(place)}, which it depends on, was done`,
        line,
        because: [owed.dependencyLine, owed.runLine],
        needs: [],
      });
    }
    if (fence.owed.length > 0) fence.owed = [];
  }

  /** Remembers a fence that is gone for a while: something may still be said of it. */
  private bury(place: Place): void {
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
}

/** By the names that were first seen: a fence that is done may have lost them. */
function labelOf({ context, name: { context: number, seqno } }: Place): string {
  return fenceLabel({ ...context.names, context: number, seqno });
}

function count({ counts }: LogContext, name: FenceSight): void {
  switch (name) {
    case 'dma_fence_init':
      counts.inits += 1;
      return;
    case 'dma_fence_signaled':
      counts.signals += 1;
      return;
    case 'dma_fence_destroy':
      counts.destroys += 1;
      return;
    case 'dma_fence_wait_start':
      counts.waits += 1;
      return;
    case 'dma_fence_enable_signal':
    case 'dma_fence_wait_end':
    case 'dma_fence_emit':
  }
}
