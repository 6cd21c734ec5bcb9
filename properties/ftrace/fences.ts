import type { Tracepoint } from '../../model/events.ts';
import type { FenceLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import { FenceCounts } from './fence-counts.ts';
import type { Findings } from './findings.ts';
import { KnownFences, labelOf, type Place } from './known-fences.ts';
import type { LogContext } from './log-context.ts';
import { NOWHERE } from './log-object.ts';
import type { Moment } from './moment.ts';
import { IMPOSSIBLE } from './observer.ts';
import { type FenceSight, fenceRules, type Observers, type WaitSight } from './observers.ts';
import { OwedSignals } from './owed-signals.ts';
import { SignalOrder } from './signal-order.ts';
import { WaitMonitor } from './waits.ts';

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

/** Watches the fences of a log, each through the machine of fences. */
export class FenceMonitor {
  readonly counts: FenceCounts = new FenceCounts();
  readonly known: KnownFences;
  readonly owed: OwedSignals;
  /** Events of fences that cannot be told from others. */
  unjudged = 0;
  /** Fences that were released while somebody waited to be called. */
  forced = 0;
  private readonly order: SignalOrder;
  private readonly waits: WaitMonitor;
  private readonly machine: Observers['fence'];
  private readonly findings: Findings;

  constructor({ fence, wait, faces }: Observers, findings: Findings) {
    const { counts } = this;
    this.machine = fence;
    this.findings = findings;
    this.known = new KnownFences(fence, { findings, counts });
    this.owed = new OwedSignals(this.known, findings);
    this.order = new SignalOrder(this.known, { faces, findings });
    this.waits = new WaitMonitor(wait, { findings, counts });
  }

  take(event: FenceLogEvent, moment: Moment): void {
    const { name } = event;
    if (!isSight(name)) return;
    const { known } = this;
    const context = known.contextOf(event);
    count(context, name);
    if (!context.isJudged) {
      this.unjudged += 1;
      return;
    }
    const isBirth = name === 'dma_fence_init';
    const fence = isBirth ? known.born(context, event) : known.find(context, event);
    const place = { context, name: event, fence };
    if (fence.isShared) {
      this.unjudged += 1;
      if (name === 'dma_fence_destroy') known.shareLess(place);
      return;
    }
    const isPossible = this.step(place, name, moment);
    if (isPossible && isWait(name)) {
      this.waits.take(fence, { sight: name, label: () => labelOf(place) }, moment);
    }
    fence.note(name, moment.line);
    if (isBirth) {
      fence.isWhole = !fence.isReborn;
      fence.bornTime = moment.time;
    }
  }

  /** Says whether the machine allows it. */
  private step(place: Place, name: FenceSight, moment: Moment): boolean {
    const { fence } = place;
    const { machine } = this;
    const belief = machine.next(fence.belief, name);
    if (belief === IMPOSSIBLE) {
      const { after, lines } = fence.reasonAgainst(name, machine);
      this.findings.add({
        rules: fenceRules(name),
        message: `${name} of ${labelOf(place)}${after === null ? '' : ` after ${after}`}`,
        line: moment.line,
        because: lines,
        needs: ['dma_fence_init'],
      });
      fence.forget(machine.anything, this.findings.epoch);
      return false;
    }
    fence.belief = belief;
    if (name === 'dma_fence_signaled') this.signaled(place, moment);
    if (name === 'dma_fence_destroy') this.destroyed(place, moment);
    return true;
  }

  private signaled(place: Place, moment: Moment): void {
    const { context, fence } = place;
    if (fence.destroyLine !== NOWHERE) {
      // The release found callbacks, and signals in their favour.
      this.forced += 1;
      return;
    }
    this.owed.collect(place, moment);
    this.order.signaled(place, moment.line);
    if (!fence.isWhole) return;
    const took = moment.time - fence.bornTime;
    this.counts.toSignal.add(took);
    context.counts.longestToSignal = Math.max(context.counts.longestToSignal, took);
  }

  private destroyed(place: Place, moment: Moment): void {
    const { fence } = place;
    this.owed.collect(place, moment);
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
      fence.forget(this.machine.anything, this.findings.epoch);
    }
    this.known.bury(place);
  }
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
