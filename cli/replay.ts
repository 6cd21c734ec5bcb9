import process from 'node:process';

import type { Command } from 'commander';

import { replay, type Replayed } from '../properties/check/replay.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { findFault } from '../properties/faults/registry.ts';
import { ProgramError } from '../properties/programs/operation.ts';
import { readTraceFile } from '../traces/read.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import type { Trace } from '../traces/trace.ts';
import { resolveFault } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
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
      process.exitCode = report(file, trace, run(file, trace, fault));
    });
}

/** A trace that was found with a fault needs that fault. */
function faultOf(trace: Trace, file: string): Fault | null {
  if (trace.fault === null) return null;
  const found = findFault(trace.fault);
  if (found !== null) return found;
  throw new WrongUse(`${file}: fault: there is no fault "${trace.fault}"; expected --fault MODULE`);
}

function run(file: string, trace: Trace, fault: Fault | null): Replayed {
  try {
    return replay(trace, fault);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new WrongUse(`${file}: program: ${error.message}`);
  }
}

function report(file: string, trace: Trace, replayed: Replayed): ExitCode {
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
    case 'stale': {
      const step = trace.steps[replayed.step - 1];
      const wanted = step === undefined ? '' : `: it no longer offers "${step.access}" there`;
      print(`stale at step ${replayed.step}${wanted}`);
      return EXIT.partial;
    }
    case 'passes':
      print('no violation with these choices any more (one program, one schedule)');
      return EXIT.nothing;
    default:
      return replayed satisfies never;
  }
}
