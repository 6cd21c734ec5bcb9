import process from 'node:process';

import type { Command } from 'commander';

import {
  checkDriver,
  type DriverClass,
  type DriverReport,
} from '../properties/own-driver/check-driver.ts';
import { driverSummary } from '../properties/own-driver/driver-report.ts';
import { limitsOf } from '../properties/own-driver/battery/trial.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { writeTraceFile } from '../traces/write.ts';
import { wholeNumber, writeJson } from './arguments.ts';
import { FOUND } from './findings.ts';
import { driversIn } from './driver-module.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { print, wantsColor } from './output.ts';

interface DriverFlags {
  readonly seed: number;
  readonly runs: number;
  readonly drawn: number;
  readonly failures: number;
  readonly json?: string;
}

/** `driver MODULE`: the battery against every driver that a module exports. */
export function addDriver(program: Command): void {
  const { seed, runsMax, drawn, failuresMax } = limitsOf({});
  program
    .command('driver')
    .description('check drivers of your own: fence issuers, exporters, importers')
    .argument('<module>', 'module that exports their classes')
    .option('--seed <number>', 'where random choices come from', wholeNumber, seed)
    .option('--runs <number>', 'schedules of each program with two tasks', wholeNumber, runsMax)
    .option('--drawn <number>', 'programs that are drawn', wholeNumber, drawn)
    .option('--failures <number>', 'end behind so many', wholeNumber, failuresMax)
    .option('--json <file>', 'write the whole report to a file')
    .action(async (file: string, flags: DriverFlags) => {
      process.exitCode = runDrivers(file, await driversIn(file), flags);
    });
}

function runDrivers(
  file: string,
  drivers: readonly DriverClass[],
  { seed, runs: runsMax, drawn, failures: failuresMax, json }: DriverFlags,
): ExitCode {
  const reports: DriverReport[] = [];
  for (const driver of drivers) {
    const report = checkDriver(driver, { seed, runsMax, drawn, failuresMax });
    show(report, file);
    reports.push(report);
  }
  if (json !== undefined) writeJson(json, reports);
  return reports.some(({ failures }) => failures.length > 0) ? EXIT.broken : EXIT.nothing;
}

function show(report: DriverReport, driver: string): void {
  const color = wantsColor(process.stdout, process.env);
  for (const { trace } of report.failures) {
    const file = writeTraceFile(FOUND, trace);
    print(terminalReport(trace, { file, color, driver }));
  }
  print(driverSummary(report));
}
