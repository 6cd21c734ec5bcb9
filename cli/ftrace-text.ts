import type { HistogramReport } from '../properties/ftrace/histogram.ts';
import type { LogReport, LogViolation, LossReport } from '../properties/ftrace/log-report.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { durationText } from './duration-text.ts';

/** So many are shown; `--json` has all. */
const VIOLATIONS_MAX = 20;
const ROWS_MAX = 10;
/** Unit: columns. */
const BAR_MAX = 40;

/** The report of a log for people. */
export function ftraceText(report: LogReport, { cards }: { readonly cards: number }): string {
  const { violations, more } = report;
  const lines = violations.slice(0, VIOLATIONS_MAX).flatMap(violationText);
  const hidden = Math.max(0, violations.length - VIOLATIONS_MAX);
  if (hidden > 0) lines.push(` … and ${counted(hidden, 'more violation')} (--json has all)`, '');
  if (more > 0) lines.push(` … and ${counted(more, 'violation')} that were too many to keep`, '');
  lines.push(
    ...head(report, cards),
    '',
    ...fenceLines(report),
    ...waitLines(report),
    ...otherLines(report),
  );
  for (const [name, histogram] of Object.entries(report.histograms)) {
    if (histogram.count > 0) lines.push('', ...histogramLines(name, histogram, report.clock));
  }
  return lines.map((line) => printable(line).trimEnd()).join('\n');
}

function violationText({ rules, message, line, text, because }: LogViolation): readonly string[] {
  return [
    ` FAIL  ${rules.length === 0 ? 'no rule of its own' : rules.join(', ')}  ${message}`,
    ...because.map((reason) => `  line ${reason.line}: ${reason.text}`),
    `▶ line ${line}: ${text}`,
    '',
  ];
}

function head(report: LogReport, cards: number): readonly string[] {
  const { lines, events, others, misread, violations, duration, clock } = report;
  const result =
    violations.length === 0
      ? 'no violation in what this log shows'
      : counted(violations.length, 'violation');
  const head = [
    result,
    `  ${counted(events, 'event')} in ${counted(lines, 'line')}, ${durationText(duration, clock)} in all; ${counted(others, 'event')} of others`,
    ...lossLines(report.lost),
  ];
  if (misread.count > 0) {
    head.push(`  ${counted(misread.count, 'line')} not understood, the first of them:`);
    for (const { line, text } of misread.first) head.push(`    line ${line}: ${text}`);
  }
  if (clock === 'ticks') {
    head.push(
      '  whether jobs wait for what they depend on was not judged: the clock has no seconds',
    );
  }
  if (cards > 1) head.push('  vertical blanks were not judged: several cards share their numbers');
  if (report.fences.unjudged > 0) {
    const number = counted(report.fences.unjudged, 'event');
    head.push(`  not judged: ${number} of fences that share a context and a number with others`);
  }
  return head;
}

function lossLines(lost: LossReport): readonly string[] {
  const lines: string[] = [];
  if (lost.times > 0) {
    const events = `${lost.events}${lost.uncounted > 0 ? ' or more' : ''}`;
    const cpus = `CPU ${lost.cpus.join(', ')}`;
    lines.push(`  lost events: ${events}, ${counted(lost.times, 'time')}, on ${cpus}`);
  }
  if (lost.restarts > 0) lines.push(`  time went back ${counted(lost.restarts, 'time')}`);
  if (lost.overflows > 0) {
    lines.push(`  too many objects to remember: ${counted(lost.overflows, 'time')}`);
  }
  if (lost.times + lost.restarts + lost.overflows > 0) {
    lines.push('  objects that were alive then are known again from their next event on');
  }
  if (lost.withdrawn > 0) {
    lines.push(
      `  withdrawn: ${counted(lost.withdrawn, 'violation')} that missing events may explain`,
    );
  }
  if (lost.overwritten > 0)
    lines.push(`  overwritten before: ${counted(lost.overwritten, 'event')}`);
  return lines;
}

function fenceLines({ fences, clock }: LogReport): readonly string[] {
  const { inits, signals, destroys, pending, releasedPending, forced, timelines } = fences;
  const lines = [
    `fences    ${inits} begun, ${signals} signaled, ${destroys} destroyed`,
    `          ${pending.count} never signaled, ${releasedPending} released unsignaled`,
  ];
  if (forced > 0) {
    lines.push(`          ${forced} released while somebody waited to be called (FENCE-009)`);
  }
  for (const { fence, line, age } of pending.oldest) {
    const since = durationText(age, clock);
    lines.push(`          never signaled: ${fence}, line ${line}, for ${since}`);
  }
  const rows = timelines
    .slice(0, ROWS_MAX)
    .map((row) => [
      row.driver,
      row.timeline,
      ...[row.inits, row.signals, row.destroys, row.waits].map(String),
      durationText(row.longestToSignal, clock),
    ]);
  const names = ['driver', 'timeline', 'begun', 'signaled', 'destroyed', 'waits', 'longest'];
  if (rows.length > 0) lines.push(...table([names, ...rows]));
  if (timelines.length > ROWS_MAX) {
    lines.push(`          … and ${counted(timelines.length - ROWS_MAX, 'more timeline')}`);
  }
  return lines;
}

function waitLines({ waits, histograms, clock }: LogReport): readonly string[] {
  const { count, total } = histograms.wait;
  const lines = [`waits     ${count}, ${durationText(total, clock)} in all; ${waits.open} open`];
  if (waits.longest !== null) {
    const { task, fence, line, time } = waits.longest;
    const what = `${task} for ${fence}`;
    lines.push(`          longest: ${durationText(time, clock)}, ${what}, to line ${line}`);
  }
  const rows = waits.tasks
    .slice(0, ROWS_MAX)
    .map((row) => [
      row.task,
      String(row.waits),
      durationText(row.total, clock),
      durationText(row.longest, clock),
    ]);
  if (rows.length > 0) lines.push(...table([['task', 'waits', 'in all', 'longest'], ...rows]));
  return lines;
}

function otherLines({ jobs, vblanks, softwareTimelines }: LogReport): readonly string[] {
  const lines: string[] = [];
  if (jobs.queued + jobs.run + jobs.done > 0) {
    lines.push(`jobs      ${jobs.queued} queued, ${jobs.run} run, ${jobs.done} done`);
  }
  for (const { crtc, ticks, queued, delivered } of vblanks.slice(0, ROWS_MAX)) {
    lines.push(
      `crtc ${String(crtc).padEnd(4)} ${counted(ticks, 'vertical blank')}, events: ${queued} queued, ${delivered} delivered`,
    );
  }
  for (const { name, steps } of softwareTimelines.slice(0, ROWS_MAX)) {
    lines.push(`sw_sync   ${name}: ${counted(steps, 'step')}`);
  }
  return lines;
}

function histogramLines(
  name: string,
  { count, total, longest, buckets }: HistogramReport,
  clock: LogReport['clock'],
): readonly string[] {
  const most = Math.max(...buckets.map((bucket) => bucket.count));
  const average = durationText(total / count, clock);
  return [
    `${name}: ${count}, ${average} on average, at most ${durationText(longest, clock)}`,
    ...buckets.map((bucket) => {
      const from = durationText(bucket.from, clock).padStart(10);
      const bar = '#'.repeat(Math.ceil((bucket.count / most) * BAR_MAX));
      return `  from ${from}  ${String(bucket.count).padStart(8)}  ${bar}`;
    }),
  ];
}

/** Columns of equal width; numbers and times stand to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map(printable));
  const widths = (shown[0] ?? []).map((_, at) =>
    Math.max(...shown.map((row) => (row[at] ?? '').length)),
  );
  const isText = (shown[0] ?? []).map((name) => ['driver', 'timeline', 'task'].includes(name));
  return shown.map((row) => {
    const cells = row.map((cell, at) =>
      isText[at] === true ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    return `          ${cells.join('  ')}`;
  });
}
