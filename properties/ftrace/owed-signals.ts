import type { Findings } from './findings.ts';
import { type KnownFences, labelOf, type Place } from './known-fences.ts';
import type { FenceName, OwedSignal } from './log-fence.ts';
import { NOWHERE } from './log-object.ts';
import type { Moment } from './moment.ts';

/** Of more jobs that were to wait for one fence, the others are not looked at. */
const OWED_MAX = 256;
/**
 * A scheduler sees the flag of a fence before its signaller writes the line. Nothing preempts the
 * signaller in between, but the machine under a virtual one. Unit: microseconds.
 */
const FLAG_TO_LINE_MAX = 1000;

/** Jobs that were run although a fence that they depend on was not done. @rule SCHED-008 */
export class OwedSignals {
  private readonly known: KnownFences;
  private readonly findings: Findings;

  constructor(known: KnownFences, findings: Findings) {
    this.known = known;
    this.findings = findings;
  }

  /** A job is run although it depends on this fence: that is judged when the fence signals. */
  add(name: Pick<FenceName, 'context' | 'seqno'>, ring: string, owed: OwedSignal): void {
    const place = this.known.at(name);
    if (place === null) return;
    const { context, fence } = place;
    // On the ring of the job itself, being run is enough.
    if (context.names.driver === 'drm_sched' && context.names.timeline === ring) return;
    const isKnown = fence.isWhole && !fence.isShared && fence.epoch === this.findings.epoch;
    if (!isKnown || fence.signaledLine !== NOWHERE || fence.destroyLine !== NOWHERE) return;
    if (fence.owed.length < OWED_MAX) fence.owed = [...fence.owed, owed];
  }

  /** The fence is done: jobs that were to wait for it should not have run before. */
  collect(place: Place, { line, time, hasSeconds }: Moment): void {
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

  /** The log ends: jobs that were run, and what they had to wait for is still not done. */
  end({ time, hasSeconds }: Pick<Moment, 'time' | 'hasSeconds'>): void {
    if (!hasSeconds) return;
    for (const place of this.known.remembered(this.findings.epoch)) {
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
}
