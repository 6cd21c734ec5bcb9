import process from 'node:process';

import type { Command } from 'commander';

import { replay, type Replayed } from '../properties/check/replay.ts';
import { searchAgain } from '../properties/check/search-again.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { ProgramError } from '../properties/programs/operation.ts';
import { readTraceFile } from '../traces/read.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import type { Trace } from '../traces/trace.ts';
import { counted } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { resolveFault } from './arguments.ts';
import { FOUND } from './check.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { knownFault } from './known-faults.ts';
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
    .action(async (file: string, options: { fault?: string }) => {
      const trace = readTraceFile(file);
      const fault =
        options.fault === undefined ? faultOf(trace, file) : await resolveFault(options.fault);
      process.exitCode = naming(file, () => report(file, trace, fault));
    });
}

/** A trace that was found with a fault needs that fault. */
function faultOf(trace: Trace, file: string): Fault | null {
  if (trace.fault === null) return null;
  const found = knownFault(trace.fault);
  if (found !== null) return found;
  throw new WrongUse(`${file}: fault: there is no fault "${trace.fault}"; expected --fault MODULE`);
}

/** Calls `work`; what is wrong with the program of the trace is said with the file's name. */
function naming(file: string, work: () => ExitCode): ExitCode {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new WrongUse(`${file}: program: ${error.message}`);
  }
}

function report(file: string, trace: Trace, fault: Fault | null): ExitCode {
  const replayed: Replayed = replay(trace, fault);
  const color = wantsColor(process.stdout, process.env);
  switch (replayed.kind) {
    case 'identical':
      print(terminalReport(replayed.trace, { file, color }));
      print('  replayed the same run, step for step');
      return EXIT.broken;
    case 'different':
      print(terminalReport(replayed.trace, { file, color }));
      print('  replayed another run than the one in the file, which fails as well');
      return EXIT.broken;
    case 'stale':
      print(staleText(trace, replayed.step));
      return search(trace, fault);
    case 'passes':
      print('no violation with these choices any more (one program, one schedule)');
      return EXIT.nothing;
    default:
      return replayed satisfies never;
  }
}

function staleText(trace: Trace, at: number): string {
  const step = trace.steps[at - 1];
  return `stale at step ${at}${step === undefined ? '' : `: no "${step.access}" there any more`}`;
}

/** The choices say nothing any more, but the program may still fail. */
function search(trace: Trace, fault: Fault | null): ExitCode {
  const found = searchAgain(trace, fault);
  if (found.trace !== null) {
    const file = writeTraceFile(FOUND, found.trace);
    print('the same program, searched again, still fails:');
    print(terminalReport(found.trace, { file, color: wantsColor(process.stdout, process.env) }));
    return EXIT.broken;
  }
  const size = `${counted(found.runs, 'run')}, ${counted(found.steps, 'step')}`;
  print(`the same program, searched again: no violation within these bounds: ${size}`);
  print(`  bounds   ${found.bounds}`);
  return found.isComplete ? EXIT.nothing : EXIT.partial;
}
