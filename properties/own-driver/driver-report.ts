import { counted } from '../../traces/report/text.ts';
import { terminalReport } from '../../traces/report/terminal.ts';
import type { DriverReport } from './check-driver.ts';

/** How a report is written. */
export interface DriverReportOptions {
  /** Colour repeats what the text says. Default: no. */
  readonly color?: boolean;
}

/** A report for people: each failure with its rules, the smallest program, and a table of steps. */
export function driverReport(
  report: DriverReport,
  { color = false }: DriverReportOptions = {},
): string {
  const failures = report.failures.map(({ trace }) => terminalReport(trace, { file: null, color }));
  return [...failures, driverSummary(report), ''].join('\n');
}

/** What was tried, what was not, and how it ended. */
export function driverSummary({
  kind,
  name,
  failures,
  leftOut,
  programs,
  runs,
  steps,
}: DriverReport): string {
  const counts = `${programs} programs, ${runs} runs, ${steps} steps`;
  const verdict =
    failures.length === 0
      ? `${kind} ${name}: no violation within these bounds: ${counts}`
      : `${kind} ${name}: ${counted(failures.length, 'violation')} in ${counts}`;
  return [...leftOut.map((text) => `left out: ${text}`), verdict].join('\n');
}
