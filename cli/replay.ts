import process from 'node:process';

import type { Command } from 'commander';

import { replay, type Replayed } from '../properties/check/replay.ts';
import { searchAgain, type SearchedAgain } from '../properties/check/search-again.ts';
import type { Fault } from '../properties/faults/fault.ts';
import type { DriverClass } from '../properties/own-driver/check-driver.ts';
import { replayDriver, searchDriverAgain } from '../properties/own-driver/replay-driver.ts';
import { readTraceFile } from '../traces/read.ts';
import { terminalReport, type TerminalReportOptions } from '../traces/report/terminal.ts';
import { DRIVER, type Trace } from '../traces/trace.ts';
import { counted } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { resolveFault } from './arguments.ts';
import { driverNamed } from './driver-module.ts';
import { FOUND } from './findings.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { knownFault } from './known-faults.ts';
import { ofProgram } from './of-program.ts';
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
    .action(async (file: string, options: ReplayFlags) => {
      const trace = readTraceFile(file);
      const origin = await originOf(trace, file, options);
      process.exitCode = ofProgram(file, () => report(file, trace, origin));
    });
}

interface ReplayFlags {
  readonly fault?: string;
  readonly driver?: string;
}

/** The code that a trace is run in: ours, with or without a fault, or a driver of somebody's. */
interface Origin {
  /** The module of the driver, for the command that is printed. */
  readonly driver?: string;
  replay(trace: Trace): Replayed;
  search(trace: Trace): SearchedAgain;
}

async function originOf(trace: Trace, file: string, flags: ReplayFlags): Promise<Origin> {
  const { driver, fault } = flags;
  if (driver !== undefined) {
    if (fault !== undefined) throw new WrongUse('--driver and --fault: expected one of them');
    return driverOrigin(await driverNamed(driver, driverOf(trace, file)), driver);
  }
  const seeded = fault === undefined ? faultOf(trace, file) : await resolveFault(fault);
  return {
    replay: (one) => replay(one, seeded),
    search: (one) => searchAgain(one, seeded),
  };
}

function driverOrigin(type: DriverClass, driver: string): Origin {
  return {
    driver,
    replay: (trace) => replayDriver(trace, type),
    search: (trace) => searchDriverAgain(trace, type),
  };
}

/** The name of the driver that a trace was found in. */
function driverOf({ fault }: Trace, file: string): string {
  if (fault?.startsWith(DRIVER) === true) return fault.slice(DRIVER.length);
  throw new WrongUse(`${file}: fault: the trace was found in no driver; expected no --driver`);
}

/** A trace that was found with a fault needs that fault. */
function faultOf(trace: Trace, file: string): Fault | null {
  if (trace.fault === null) return null;
  const found = knownFault(trace.fault);
  if (found !== null) return found;
  if (trace.fault.startsWith(DRIVER)) {
    const name = trace.fault.slice(DRIVER.length);
    throw new WrongUse(
      `${file}: fault: the trace was found in the driver "${name}"; ` +
        'expected --driver MODULE, with the module that exports it',
    );
  }
  throw new WrongUse(`${file}: fault: there is no fault "${trace.fault}"; expected --fault MODULE`);
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
