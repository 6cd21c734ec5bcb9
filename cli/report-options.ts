import type { Command } from 'commander';

import { githubAnnotations } from '../traces/report/github.ts';
import type { Results } from '../traces/report/results.ts';
import { sarifReport } from '../traces/report/sarif.ts';
import { writeText } from './arguments.ts';
import { print } from './output.ts';

/** In which formats a verb repeats its results for the systems that run it. */
export interface ReportFlags {
  readonly sarif?: string;
  readonly junit?: string;
  readonly github?: boolean;
}

/** The options of a verb that has results. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--sarif <file>', 'write what is wrong as SARIF 2.1.0')
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--github', 'print what is wrong as annotations of GitHub, too');
}

/** The first of these flags that was given; null when results are for people alone. */
export function reportFlag({ sarif, junit, github }: ReportFlags): string | null {
  if (sarif !== undefined) return '--sarif';
  if (junit !== undefined) return '--junit';
  return github === true ? '--github' : null;
}

/** Writes the results in each format that was asked for. */
export async function writeReports(flags: ReportFlags, results: Results): Promise<void> {
  if (flags.sarif !== undefined) writeText(flags.sarif, sarifReport(results));
  if (flags.junit !== undefined) {
    // What it builds on takes a fifth of a second to load, which no other run has to wait for.
    const { junitReport } = await import('../traces/report/junit.ts');
    writeText(flags.junit, junitReport(results));
  }
  const annotations = flags.github === true ? githubAnnotations(results) : '';
  if (annotations !== '') print(annotations);
}
