import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Command } from 'commander';

import { CORPUS } from '../properties/corpus/corpus.ts';
import { takeTrace } from '../properties/corpus/take-trace.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { readTraceFile } from '../traces/read.ts';
import { DRIVER, type Trace } from '../traces/trace.ts';
import { formatTrace, traceFileName, writeTraceTo } from '../traces/write.ts';
import { WrongUse } from './exit.ts';
import { KNOWN_FAULTS, knownFault } from './known-faults.ts';
import { unknown } from './nearest.ts';
import { ofProgram } from './of-program.ts';
import { print } from './output.ts';

interface KeepFlags {
  readonly fault?: string;
  readonly name?: string;
}

/** `keep TRACE`: what was found once is looked for in every test run. */
export function addKeep(program: Command): void {
  program
    .command('keep')
    .description('move a found trace to the corpus, which every test run replays')
    .argument('<trace>', 'trace file')
    .option('--fault <id>', 'the fault that shows it, instead of the one that the trace names')
    .option('--name <name>', 'its name there (default: its rule, and a hash)')
    .action((file: string, flags: KeepFlags) => keep(file, flags));
}

function keep(file: string, flags: KeepFlags): void {
  const found = readTraceFile(file);
  const fault = faultOf(found, file, flags);
  const taken = ofProgram(`${file}: program`, () => takeTrace(found, fault, { isThorough: true }));
  if (taken.kind === 'refused') throw new WrongUse(`${file}: ${taken.reason}`);
  const { trace, by } = taken;
  const target = join(CORPUS, nameOf(trace, flags));
  const isThere = existsSync(target) && resolve(target) !== resolve(file);
  if (isThere && readFileSync(target, 'utf8') !== formatTrace(trace)) {
    throw new WrongUse(`${target}: another trace is there; expected --name with a name of its own`);
  }
  writeTraceTo(target, trace);
  if (resolve(target) !== resolve(file)) rmSync(file);
  print(`kept as ${target}`);
  const shown = by === 'replay' ? 'by the same run' : 'by another run of the same program';
  print(
    fault === null
      ? `  an open bug: the code as it is shows it (${shown}), and tests fail when it does not any more`
      : `  the fault ${fault.id} shows it (${shown}); the code as it is does not`,
  );
}

function nameOf(trace: Trace, { name }: KeepFlags): string {
  if (name === undefined) return traceFileName(trace);
  const stem = basename(name, '.json');
  if (/^[A-Za-z0-9][\w.-]*$/.test(stem) && basename(name) === name) return `${stem}.json`;
  throw new WrongUse(`--name ${name}: expected letters, digits, dots and dashes`);
}

/** Tests know a fault by its id, so a module will not do. */
function faultOf({ fault }: Trace, file: string, flags: KeepFlags): Fault | null {
  const id = flags.fault ?? fault;
  if (id === null || id.startsWith(DRIVER)) return null;
  const known = knownFault(id);
  if (known !== null) return known;
  const ids = KNOWN_FAULTS.map((one) => one.id);
  if (flags.fault !== undefined) throw new WrongUse(unknown('fault', id, ids));
  throw new WrongUse(`${file}: fault: there is no fault "${id}" here; expected --fault with one`);
}
