import type { Command } from 'commander';

import type { Format } from '../traces/formats/format.ts';
import { FORMATS } from '../traces/formats/formats.ts';
import { readTraceFile } from '../traces/read.ts';
import { nameOf } from '../traces/report/results.ts';
import type { Trace } from '../traces/trace.ts';
import { writeText } from './arguments.ts';
import { WrongUse } from './exit.ts';
import { hanging } from './labels.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { placesOfCalls } from './places.ts';
import { Subjects } from './subjects.ts';

interface ExportFlags {
  readonly format?: string;
  readonly output?: string;
  readonly list?: boolean;
}

/** `export TRACE --format F`: a trace for other tools. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write a counterexample trace in a form that another tool reads')
    .argument('[trace]', 'trace file')
    .option('--format <name>', `one of ${FORMATS.map(({ name }) => name).join(', ')}`)
    .option('--output <file>', 'write to this file instead of standard output')
    .option('--list', 'say who reads which format')
    .action((file: string | undefined, flags: ExportFlags) => {
      if (flags.list === true) print(listText());
      else deliver(exported(file, flags), flags);
    });
}

function listText(): string {
  const width = Math.max(...FORMATS.map(({ name }) => name.length));
  return FORMATS.flatMap(({ name, shows }) => hanging(`${name.padEnd(width)}  `, shows)).join('\n');
}

function exported(file: string | undefined, { format }: ExportFlags): string {
  if (file === undefined) throw new WrongUse('no trace; expected a trace file, or --list');
  const wanted = formatNamed(format);
  const trace = readTraceFile(file);
  const reason = wanted.refuses?.(trace) ?? null;
  if (reason !== null) throw new WrongUse(`${file}: ${reason}`);
  return wanted.write({ trace, file, places: placesOfCalls(trace), about: aboutOf(trace) });
}

function formatNamed(name: string | undefined): Format {
  const names = FORMATS.map((one) => one.name);
  if (name === undefined) {
    throw new WrongUse(`no format; expected --format with one of ${names.join(', ')}`);
  }
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new WrongUse(unknown('format', name, names));
  return format;
}

function aboutOf(trace: Trace): Parameters<Format['write']>[0]['about'] {
  const { id } = nameOf(trace.verdict);
  return { ...new Subjects([]).of(id), source: trace.program.name };
}

function deliver(text: string, { output, format }: ExportFlags): void {
  if (output === undefined) {
    print(text);
    return;
  }
  writeText(output, text);
  print(`${output} (${format})`);
}
