import type { Tracepoint } from '../../model/events.ts';
import type { FtraceEvent, FtraceHeader } from '../../traces/ftrace/ftrace-event.ts';
import { parseLine } from '../../traces/ftrace/parse-line.ts';
import { FenceMonitor } from './fences.ts';
import { Findings } from './findings.ts';
import { JobMonitor } from './jobs.ts';
import type { LossReport } from './log-report.ts';
import { observers } from './observers.ts';
import { VblankMonitor } from './vblanks.ts';

/** So many of the lines that are not understood are shown. */
const SHOWN_MAX = 5;
/** More software timelines than this are not named. */
const NAMES_MAX = 4096;

export interface LogOptions {
  /** Several cards may share the numbers of their CRTCs, and then blanks are not judged. */
  readonly cards: number;
}

/** Takes the lines of a log one by one, and gives each event to those who watch. */
export class LogMonitor {
  readonly findings: Findings = new Findings();
  readonly fences: FenceMonitor;
  readonly jobs: JobMonitor;
  readonly vblanks: VblankMonitor;
  readonly softwareTimelines: Map<string, number> = new Map();
  readonly has: Set<Tracepoint> = new Set();
  readonly misread: { count: number; readonly first: number[] } = { count: 0, first: [] };
  lines = 0;
  events = 0;
  others = 0;
  hasSeconds = true;
  firstTime: number | null = null;
  lastTime = 0;
  private times = 0;
  private lostEvents = 0;
  private uncounted = 0;
  private restarts = 0;
  private overwritten = 0;
  private readonly cpus = new Set<number>();

  constructor({ cards }: LogOptions) {
    const { findings } = this;
    const machines = observers();
    this.fences = new FenceMonitor(machines, findings);
    this.jobs = new JobMonitor(machines.job, { findings, fences: this.fences });
    this.vblanks = new VblankMonitor(findings, { isJudged: cards === 1 });
  }

  /** A line without its end; null is one that is too long. */
  line(text: string | null, number: number): void {
    this.lines = number;
    const read = text === null ? null : parseLine(text);
    switch (read?.kind) {
      case 'event':
        this.clock(read.header, number);
        this.event(read.event, read.header);
        return;
      case 'other':
        this.clock(read.header, number);
        this.others += 1;
        return;
      case 'lost':
        this.lost(read.cpu, read.count);
        return;
      case 'entries':
        this.overwritten += Math.max(0, read.written - read.kept);
        return;
      case 'remark':
        return;
      case 'misread':
      case undefined:
        this.misread.count += 1;
        if (this.misread.first.length < SHOWN_MAX) this.misread.first.push(number);
    }
  }

  loss(): LossReport {
    return {
      times: this.times,
      events: this.lostEvents,
      uncounted: this.uncounted,
      cpus: [...this.cpus].toSorted((a, b) => a - b),
      restarts: this.restarts,
      overflows: this.findings.overflows,
      withdrawn: this.findings.withdrawn,
      overwritten: this.overwritten,
    };
  }

  private clock({ cpu, time, hasSeconds }: FtraceHeader, line: number): void {
    if (this.firstTime === null) {
      this.firstTime = time;
      this.hasSeconds = hasSeconds;
    } else if (time < this.lastTime) {
      this.restarts += 1;
      this.findings.restart();
      this.fences.known.forget();
      this.jobs.forget();
    }
    this.lastTime = time;
    // The buffers of processors are overwritten up to different times, which not every log marks.
    if (this.overwritten > 0 && !this.findings.hasSeen(cpu)) this.findings.lost(cpu);
    this.findings.seen(cpu, line);
  }

  private event(event: FtraceEvent, { time, task, pid }: FtraceHeader): void {
    this.events += 1;
    this.has.add(event.name);
    const moment = { line: this.lines, time, task, pid, hasSeconds: this.hasSeconds };
    switch (event.kind) {
      case 'fence':
        this.fences.take(event, moment);
        return;
      case 'job':
        this.jobs.take(event, moment);
        return;
      case 'dependency':
        this.jobs.depend(event, moment);
        return;
      case 'vblank':
        this.vblanks.take(event, moment);
        return;
      case 'timeline': {
        const { timeline } = event;
        const known = this.softwareTimelines.get(timeline);
        if (known === undefined && this.softwareTimelines.size >= NAMES_MAX) return;
        this.softwareTimelines.set(timeline, (known ?? 0) + 1);
      }
    }
  }

  private lost(cpu: number, count: number | null): void {
    this.findings.lost(cpu);
    this.times += 1;
    this.cpus.add(cpu);
    if (count === null) this.uncounted += 1;
    else this.lostEvents += count;
  }
}
