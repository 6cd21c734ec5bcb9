import { FtraceFileError, readLines, textOfBytes } from '../../traces/ftrace/lines.ts';
import { excerpt } from '../../traces/printable.ts';
import type { FenceMonitor } from './fences.ts';
import { LogMonitor, type LogOptions } from './log-monitor.ts';
import type { LogReport, QuotedLine } from './log-report.ts';
import { unsignaled, type Unsignaled } from './pending.ts';

/** Of a line that is quoted. Unit: characters. */
const QUOTED_MAX = 300;
/** So many names are kept of each kind. */
const NAMED_MAX = 1000;

/**
 * Watches a log of a real machine, as `trace-cmd report` or the tracing file has it, with the machines
 * of the model. What the log cannot show may have happened: only a line is reported that no history
 * explains.
 *
 * @throws {FtraceFileError} when the file is no such log
 */
export function checkLog(file: string, options: LogOptions = { cards: 1 }): LogReport {
  const monitor = new LogMonitor(options);
  readLines(file, (line, number) => monitor.line(line, number));
  if (monitor.events + monitor.others === 0) {
    throw new FtraceFileError(file, 'has no line of an event; expected text of trace-cmd report');
  }
  if (monitor.events === 0) {
    throw new FtraceFileError(
      file,
      'has no event of dma_fence, gpu_scheduler, drm or sync_trace; expected some',
    );
  }
  return reportOf(file, monitor);
}

function reportOf(file: string, monitor: LogMonitor): LogReport {
  const { findings, fences, jobs, misread } = monitor;
  fences.owed.end({ time: monitor.lastTime, hasSeconds: monitor.hasSeconds });
  const found = findings.finish(monitor.has);
  const texts = linesOf(file, [
    ...misread.first,
    ...found.flatMap(({ line, because }) => [line, ...because]),
  ]);
  const quote = (line: number): QuotedLine => ({ line, text: texts.get(line) ?? '' });
  const left = unsignaled(fences.known, { end: monitor.lastTime, epoch: findings.epoch });
  return {
    lines: monitor.lines,
    events: monitor.events,
    others: monitor.others,
    misread: { count: misread.count, first: misread.first.map(quote) },
    clock: monitor.hasSeconds ? 'microseconds' : 'ticks',
    duration: monitor.lastTime - (monitor.firstTime ?? 0),
    lost: monitor.loss(),
    violations: found.map(({ rules, message, line, because }) => ({
      rules,
      message: textOfBytes(message),
      ...quote(line),
      because: because.map(quote),
    })),
    more: findings.more,
    fences: fencesOf(fences, left),
    waits: waitsOf(fences, left),
    jobs: { queued: jobs.queued, run: jobs.run, done: jobs.done },
    vblanks: monitor.vblanks.report(),
    softwareTimelines: [...monitor.softwareTimelines]
      .map(([name, steps]) => ({ name: textOfBytes(name), steps }))
      .slice(0, NAMED_MAX),
    histograms: {
      'init to signal': fences.counts.toSignal.report(),
      wait: fences.counts.waited.report(),
      'queue to run': jobs.toRun.report(),
      'run to done': jobs.toDone.report(),
    },
  };
}

function fencesOf(
  { counts, forced, unjudged }: FenceMonitor,
  { pending, releasedPending }: Unsignaled,
): LogReport['fences'] {
  const timelines = counts.byTimeline();
  const sum = (part: 'inits' | 'signals' | 'destroys'): number =>
    timelines.reduce((total, one) => total + one[part], 0);
  return {
    inits: sum('inits'),
    signals: sum('signals'),
    destroys: sum('destroys'),
    pending: {
      count: pending.count,
      oldest: pending.oldest.map((one) => ({ ...one, fence: textOfBytes(one.fence) })),
    },
    releasedPending,
    forced,
    unjudged,
    timelines: timelines.slice(0, NAMED_MAX).map((one) => ({
      ...one,
      driver: textOfBytes(one.driver),
      timeline: textOfBytes(one.timeline),
    })),
  };
}

function waitsOf({ counts }: FenceMonitor, { openWaits }: Unsignaled): LogReport['waits'] {
  const { longestWait: longest } = counts;
  const tasks = counts.byTask().slice(0, NAMED_MAX);
  return {
    longest:
      longest === null
        ? null
        : { ...longest, task: textOfBytes(longest.task), fence: textOfBytes(longest.fence) },
    open: openWaits,
    tasks: tasks.map((one) => ({ ...one, task: textOfBytes(one.task) })),
  };
}

/** The texts of some lines of a file, which is read once more for them. */
function linesOf(file: string, wanted: readonly number[]): ReadonlyMap<number, string> {
  const numbers = new Set(wanted);
  const texts = new Map<number, string>();
  if (numbers.size === 0) return texts;
  readLines(file, (line, number) => {
    if (!numbers.has(number)) return;
    texts.set(number, line === null ? '(too long)' : excerpt(textOfBytes(line).trim(), QUOTED_MAX));
  });
  return texts;
}
