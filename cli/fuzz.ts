import process from 'node:process';

import type { Command } from 'commander';

import { fuzz, fuzzOn, type FuzzReport } from '../properties/check/fuzz.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { printable } from '../traces/printable.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { counted } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { resolveFault, wholeNumber, workers, writeJson } from './arguments.ts';
import { FOUND } from './findings.ts';
import { coverageText } from './coverage-text.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { print, wantsColor } from './output.ts';

interface FuzzFlags {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  readonly fault?: string;
  readonly json?: string;
}

/** `fuzz`: programs and schedules that go on from those that reached something new. */
export function addFuzz(program: Command): void {
  program
    .command('fuzz')
    .description('draw programs and schedules, and mutate those that reach something new')
    .option('--runs <number>', 'so many programs, with a run of each', wholeNumber, 20_000)
    .option('--seed <number>', 'where random choices come from', wholeNumber, 1)
    .option('--workers <number>', 'threads that share the work; the report is the same', workers, 1)
    .option('--fault <id>', 'seed a fault, by its id or as a module that exports "fault"')
    .option('--json <file>', 'write the whole report to a file')
    .action(async (flags: FuzzFlags) => {
      process.exitCode = await runFuzz(flags);
    });
}

/** What is drawn is a sample: without a finding there is always something that was left out. */
async function runFuzz(flags: FuzzFlags): Promise<ExitCode> {
  const { runs, seed } = flags;
  const fault = flags.fault === undefined ? null : await resolveFault(flags.fault);
  const options = { runs, seed, fault };
  const report =
    flags.workers === 1
      ? fuzz(options)
      : await withCrew(flags.workers, (crew) => fuzzOn(crew, options));
  show(report);
  if (flags.json !== undefined) writeJson(flags.json, report);
  return report.findings.length > 0 ? EXIT.broken : EXIT.partial;
}

function show({ bounds, runs, steps, coverage, findings, trace }: FuzzReport): void {
  if (trace !== null) {
    const file = writeTraceFile(FOUND, trace);
    print(terminalReport(trace, { file, color: wantsColor(process.stdout, process.env) }));
  }
  for (const { judge, rules, message } of findings) {
    print(` FAIL  ${rules.length === 0 ? judge : rules.join(', ')}  ${printable(message)}`);
  }
  print(coverageText(coverage, 'program').join('\n'));
  print(`explored    ${bounds}: ${counted(runs, 'run')}, ${counted(steps, 'step')}`);
  const count = findings.length === 0 ? 'no violation' : counted(findings.length, 'violation');
  print(`${count} within these bounds; other programs and schedules were left out`);
}
