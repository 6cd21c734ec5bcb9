import { terminalReport } from '../../traces/report/terminal.ts';
import type { DriverReport } from './check-driver.ts';

/** How a report is written. */
export interface DriverReportOptions {
  /** Colour repeats what the text says. Default: no. */
  readonly color?: boolean;
}

/** A report for people: each failure with its rules, the smallest program, and a table of steps. */
export function driverReport(
  { kind, name, failures, leftOut, programs, runs, steps }: DriverReport,
  { color = false }: DriverReportOptions = {},
): string {
  const counts = `${programs} programs, ${runs} runs, ${steps} steps`;
  const verdict =
    failures.length === 0
      ? `${kind} ${name}: no violation within these bounds: ${counts}`
      : `${kind} ${name}: ${failures.length} violations in ${counts}`;
  return [
    ...failures.map(({ trace }) => terminalReport(trace, { file: null, color })),
    ...leftOut.map((text) => `left out: ${text}`),
    verdict,
    '',
  ].join('\n');
}
