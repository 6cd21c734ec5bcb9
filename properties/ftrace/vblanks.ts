import type { VblankLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import type { Findings } from './findings.ts';
import { isLater } from './log-context.ts';
import { NOWHERE } from './log-object.ts';
import type { Moment } from './moment.ts';

export interface CrtcCounts {
  readonly crtc: number;
  ticks: number;
  queued: number;
  delivered: number;
}

interface Crtc {
  readonly counts: CrtcCounts;
  epoch: number;
  seq: number;
  line: number;
}

/** More than any machine has; the others are not looked at. */
const CRTCS_MAX = 1024;

/**
 * Watches the vertical blanks of each CRTC: their numbers never go back. A repeated one is an interrupt
 * for which the counter had nothing to count. How many events are delivered says nothing: those of
 * flips are delivered as well, and are never queued by a line.
 */
export class VblankMonitor {
  private readonly crtcs = new Map<number, Crtc>();
  private readonly findings: Findings;
  private readonly isJudged: boolean;

  constructor(findings: Findings, { isJudged }: { readonly isJudged: boolean }) {
    this.findings = findings;
    this.isJudged = isJudged;
  }

  take({ crtc: number, seq, step }: VblankLogEvent, { line }: Moment): void {
    const crtc = this.crtc(number);
    if (crtc === null) return;
    if (step === 'queued') {
      // Its number is the one that is asked for.
      crtc.counts.queued += 1;
      return;
    }
    if (step === 'tick') crtc.counts.ticks += 1;
    else crtc.counts.delivered += 1;
    const { epoch } = this.findings;
    const isKnown = crtc.epoch === epoch && crtc.line !== NOWHERE;
    if (this.isJudged && isKnown && isLater(crtc.seq, seq)) {
      this.findings.add({
        // No rule of the catalogue is about the counter of vertical blanks.
        rules: [],
        message: `vertical blank ${seq} of crtc ${number} comes behind ${crtc.seq} (of two cards? see --cards)`,
        line,
        because: [crtc.line],
        needs: [],
      });
    }
    crtc.epoch = epoch;
    crtc.seq = seq;
    crtc.line = line;
  }

  report(): readonly CrtcCounts[] {
    const all = [...this.crtcs.values()].map(({ counts }) => counts);
    return all.toSorted((a, b) => a.crtc - b.crtc);
  }

  private crtc(crtc: number): Crtc | null {
    const known = this.crtcs.get(crtc);
    if (known !== undefined) return known;
    if (this.crtcs.size >= CRTCS_MAX) return null;
    const counts = { crtc, ticks: 0, queued: 0, delivered: 0 };
    const made = { counts, epoch: this.findings.epoch, seq: 0, line: NOWHERE };
    this.crtcs.set(crtc, made);
    return made;
  }
}
