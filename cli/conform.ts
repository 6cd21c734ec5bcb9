import process from 'node:process';

import type { Command } from 'commander';

import { conform, type ConformReport, type Difference } from '../properties/conform/conform.ts';
import { keptRecordings } from '../properties/conform/kept-recordings.ts';
import { excerpt, printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { writeJson } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { print } from './output.ts';

/** More differences than this are counted and not shown. */
const SHOWN_MAX = 10;
/** Of one recorded answer. Unit: characters. */
const ANSWER_MAX = 400;

/** `conform [files...]`: the answers of real kernels against ours. */
export function addConform(program: Command): void {
  program
    .command('conform')
    .description('compare with recordings of real kernels')
    .argument('[files...]', 'recordings; all that come with this package by default')
    .option('--json <file>', 'write the whole report to a file')
    .action((files: readonly string[], { json }: { readonly json?: string }) => {
      process.exitCode = runConform(files.length === 0 ? keptRecordings() : files, json ?? null);
    });
}

function runConform(files: readonly string[], json: string | null): ExitCode {
  const report = conform(files);
  const [error] = report.errors;
  if (error !== undefined) {
    const place = error.line === 0 ? error.file : `${error.file}:${error.line}`;
    throw new WrongUse(`${place}: ${error.message}`);
  }
  for (const difference of report.differences.slice(0, SHOWN_MAX)) showDifference(difference);
  print(summary(report).join('\n'));
  if (json !== null) writeJson(json, report);
  if (report.disagreed > 0) return EXIT.broken;
  return report.cut > 0 ? EXIT.partial : EXIT.nothing;
}

function showDifference({ file, line, seed, index, operation, expected, got }: Difference): void {
  print(printable(` DIFFERS  ${file}:${line} (seed ${seed}) at operation ${index}: ${operation}`));
  print(`  kernel   ${answer(expected)}`);
  print(`  here     ${answer(got)}`);
}

function answer(value: unknown): string {
  return excerpt(JSON.stringify(value) ?? 'nothing', ANSWER_MAX);
}

function summary(report: ConformReport): string[] {
  const { operations } = report;
  const lines = Object.entries(report.byTheme).map(([theme, counts]) => {
    const parts = `${counts.disagreed} disagree, ${counts.cut} cut`;
    return printable(`  ${theme.padEnd(14)} ${counts.agreed} of ${counts.programs} (${parts})`);
  });
  for (const [operation, count] of Object.entries(report.cutBy)) {
    lines.push(printable(`  not built: ${operation}, cuts ${counted(count, 'program')}`));
  }
  for (const { file, line, supplied } of report.completed) {
    lines.push(printable(`  left out in ${file}:${line}, and found by trying: ${supplied}`));
  }
  const hidden = report.differences.length - SHOWN_MAX;
  if (hidden > 0) lines.push(`  … and ${counted(hidden, 'more difference')} (--json has all)`);
  return [
    `${report.agreed} of ${counted(report.programs, 'recorded program')} agree`,
    ...lines,
    `${operations.agreed} of ${operations.total} operations agree, ${operations.reached} reached`,
  ];
}
