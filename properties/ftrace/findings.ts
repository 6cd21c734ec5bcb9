import type { Tracepoint } from '../../model/events.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';

/** More than this are counted, and not kept. */
export const FINDINGS_MAX = 10_000;

/** A line that cannot be, given others. */
export interface LogFinding {
  /** Empty where no rule of the catalogue says that the line cannot be. */
  readonly rules: readonly RuleId[];
  readonly message: string;
  readonly line: number;
  /** The lines that make it impossible, in their order. */
  readonly because: readonly number[];
  /** If the log has no event of these, what explains the line may be missing. */
  readonly needs: readonly Tracepoint[];
}

/**
 * What was found, and what lost events take back. The note of a loss stands before the next event of
 * its processor, but the events may be missing from right behind the last one on: what was found in
 * between may have an explanation that is gone.
 */
export class Findings {
  /** Rises with each loss; what was known before is not known any more. */
  epoch = 0;
  /** How many were taken back. */
  withdrawn = 0;
  /** How often all had to be forgotten. */
  overflows = 0;
  /** How many were too many to keep. */
  more = 0;
  private readonly kept: LogFinding[] = [];
  private readonly lastLine: number[] = [];

  add(finding: LogFinding): void {
    if (this.kept.length < FINDINGS_MAX) this.kept.push(finding);
    else this.more += 1;
  }

  hasSeen(cpu: number): boolean {
    return this.lastLine[cpu] !== undefined;
  }

  /** A processor has shown an event. */
  seen(cpu: number, line: number): void {
    this.lastLine[cpu] = line;
  }

  /** Events of a processor are missing right before the next line. */
  lost(cpu: number): void {
    this.epoch += 1;
    const last = this.lastLine[cpu] ?? 0;
    // They came in the order of their lines.
    while ((this.kept.at(-1)?.line ?? 0) > last) {
      this.kept.pop();
      this.withdrawn += 1;
    }
  }

  /** There is more to remember than can be: all is forgotten. */
  overflow(): void {
    this.epoch += 1;
    this.overflows += 1;
  }

  /** Whatever comes now belongs to another time. */
  restart(): void {
    this.epoch += 1;
  }

  /** What stays, when it is known which events the log has at all. */
  finish(has: ReadonlySet<Tracepoint>): readonly LogFinding[] {
    const sure = this.kept.filter(({ needs }) => needs.every((name) => has.has(name)));
    this.withdrawn += this.kept.length - sure.length;
    return sure;
  }
}
