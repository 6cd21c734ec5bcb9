import process from 'node:process';

import type { Command } from 'commander';

import { readTraceFile } from '../traces/read.ts';
import { terminalReport, type TerminalReportOptions } from '../traces/report/terminal.ts';
import type { Trace } from '../traces/trace.ts';
import { counted } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { FOUND } from './findings.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { ofProgram } from './of-program.ts';
import { type Origin, type OriginFlags, originOf } from './origin.ts';
import { print, wantsColor } from './output.ts';

/** `replay TRACE`: the same choices in the code as it is now. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('run a counterexample trace again')
    .argument('<trace>', 'trace file')
    .option(
      '--fault <id>',
      'seed this fault instead of the one that the trace names (id or module)',
    )
    .option('--driver <module>', 'the module whose driver the trace was found in')
    .action(async (file: string, options: OriginFlags) => {
      const trace = readTraceFile(file);
      const origin = await originOf(trace, file, options);
      process.exitCode = ofProgram(`${file}: program`, () => report(file, trace, origin));
    });
}

function report(file: string, trace: Trace, origin: Origin): ExitCode {
  const replayed = origin.replay(trace);
  const options = { file, ...optionsFor(origin) };
  switch (replayed.kind) {
    case 'identical':
      print(terminalReport(replayed.trace, options));
      print('  replayed the same run, step for step');
      return EXIT.broken;
    case 'different':
      print(terminalReport(replayed.trace, options));
      print('  replayed another run than the one in the file, which fails as well');
      return EXIT.broken;
    case 'stale':
      print(staleText(trace, replayed.step));
      return search(trace, origin);
    case 'passes':
      print('no violation with these choices any more (one program, one schedule)');
      return EXIT.nothing;
    default:
      return replayed satisfies never;
  }
}

function optionsFor({ driver }: Origin): Omit<TerminalReportOptions, 'file'> {
  const color = wantsColor(process.stdout, process.env);
  return driver === undefined ? { color } : { color, driver };
}

function staleText(trace: Trace, at: number): string {
  const step = trace.steps[at - 1];
  return `stale at step ${at}${step === undefined ? '' : `: no "${step.access}" there any more`}`;
}

/** The choices say nothing any more, but the program may still fail. */
function search(trace: Trace, origin: Origin): ExitCode {
  const found = origin.search(trace);
  if (found.trace !== null) {
    const file = writeTraceFile(FOUND, found.trace);
    print('the same program, searched again, still fails:');
    print(terminalReport(found.trace, { file, ...optionsFor(origin) }));
    return EXIT.broken;
  }
  const size = `${counted(found.runs, 'run')}, ${counted(found.steps, 'step')}`;
  print(`the same program, searched again: no violation within these bounds: ${size}`);
  print(`  bounds   ${found.bounds}`);
  return found.isComplete ? EXIT.nothing : EXIT.partial;
}
