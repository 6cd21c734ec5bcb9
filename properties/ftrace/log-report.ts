import type { RuleId } from '../../model/rules/catalogue.ts';
import type { TaskCounts, TimelineCounts, LongestWait } from './fence-counts.ts';
import type { HistogramReport } from './histogram.ts';
import type { CrtcCounts } from './vblanks.ts';

/** A line of the log, as text. */
export interface QuotedLine {
  readonly line: number;
  readonly text: string;
}

/** A line that cannot be, and why. */
export interface LogViolation extends QuotedLine {
  /** Empty where the line cannot be, but no rule of the catalogue says so. */
  readonly rules: readonly RuleId[];
  readonly message: string;
  readonly because: readonly QuotedLine[];
}

/** A fence that the log shows from its beginning, and never signaled. */
export interface PendingFence {
  readonly fence: string;
  /** Where it begins. */
  readonly line: number;
  /** Up to the end of the log. Unit: of the clock. */
  readonly age: number;
}

export interface LossReport {
  /** How often events were lost, and how many, as far as the log says it. */
  readonly times: number;
  readonly events: number;
  /** How often it is not said how many. */
  readonly uncounted: number;
  readonly cpus: readonly number[];
  /** Time went back: what comes behind is another log. */
  readonly restarts: number;
  /** How often there were too many objects to remember. */
  readonly overflows: number;
  /** Violations for which a lost event may be the reason. */
  readonly withdrawn: number;
  /** Entries that were overwritten before the log was read. */
  readonly overwritten: number;
}

/** What a log of a real machine comes to. Times have the unit of `clock`. */
export interface LogReport {
  readonly lines: number;
  readonly events: number;
  /** Events that nobody here asks about. */
  readonly others: number;
  readonly misread: { readonly count: number; readonly first: readonly QuotedLine[] };
  readonly clock: 'microseconds' | 'ticks';
  readonly duration: number;
  readonly lost: LossReport;
  readonly violations: readonly LogViolation[];
  /** Violations that were too many to keep. */
  readonly more: number;
  readonly fences: {
    readonly inits: number;
    readonly signals: number;
    readonly destroys: number;
    /** Alive at the end of the log, and never signaled. */
    readonly pending: { readonly count: number; readonly oldest: readonly PendingFence[] };
    readonly releasedPending: number;
    readonly forced: number;
    /** Events about fences that cannot be told from others. */
    readonly unjudged: number;
    readonly timelines: readonly Readonly<TimelineCounts>[];
  };
  readonly waits: {
    readonly longest: LongestWait | null;
    /** Begun, and not ended by the end of the log. */
    readonly open: number;
    readonly tasks: readonly Readonly<TaskCounts>[];
  };
  readonly jobs: { readonly queued: number; readonly run: number; readonly done: number };
  readonly vblanks: readonly Readonly<CrtcCounts>[];
  readonly softwareTimelines: readonly { readonly name: string; readonly steps: number }[];
  readonly histograms: Readonly<Record<HistogramName, HistogramReport>>;
}

/** What takes time. */
export type HistogramName = 'init to signal' | 'wait' | 'queue to run' | 'run to done';
