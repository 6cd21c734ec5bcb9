import type { Command } from 'commander';

import { intactResults } from '../properties/check/intact-results.ts';
import type { Exported, Format } from '../traces/formats/format.ts';
import { FORMATS } from '../traces/formats/formats.ts';
import { readTraceFile } from '../traces/read.ts';
import { nameOf } from '../traces/report/results.ts';
import type { Trace } from '../traces/trace.ts';
import { writeText } from './arguments.ts';
import { WrongUse } from './exit.ts';
import { exportedMachine, MACHINE_FORMATS, machineNames } from './export-machine.ts';
import { hanging, labelled } from './labels.ts';
import { unknown } from './nearest.ts';
import { ofProgram } from './of-program.ts';
import { print } from './output.ts';
import { placesOfCalls } from './places.ts';
import { Subjects } from './subjects.ts';

interface ExportFlags {
  readonly format?: string;
  readonly machine?: string;
  readonly output?: string;
  readonly list?: boolean;
}

/** `export TRACE --format F`: a trace, or a machine of the model, for other tools. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write a trace, or a machine of the model, in a form that another tool reads')
    .argument('[trace]', 'trace file')
    .option('--format <name>', 'the form; --list says who reads which')
    .option('--machine <name>', 'instead of a trace: the machine of this kind of object')
    .option('--output <file>', 'write to this file instead of standard output')
    .option('--list', 'list the formats, and the machines')
    .action((file: string | undefined, flags: ExportFlags) => {
      if (flags.list === true) print(listText());
      else deliver(exportedText(file, flags), flags);
    });
}

function listText(): string {
  const width = Math.max(...FORMATS.map(({ name }) => name.length));
  const list = (formats: readonly Pick<Format, 'name' | 'shows'>[]): string[] =>
    formats.flatMap(({ name, shows }) => hanging(`  ${name.padEnd(width)}  `, shows));
  return [
    'of a trace, with --format:',
    ...list(FORMATS),
    'of a machine, with --machine and --format:',
    ...list(MACHINE_FORMATS),
    ...labelled('machines', [...machineNames().keys()].join(', ')),
  ].join('\n');
}

function exportedText(file: string | undefined, { format, machine }: ExportFlags): string {
  if (machine !== undefined) {
    if (file !== undefined) throw new WrongUse('a trace and --machine: expected one of them');
    return exportedMachine(machine, format ?? 'dot');
  }
  if (file === undefined)
    throw new WrongUse('no trace; expected a trace file, --machine or --list');
  const wanted = formatNamed(format);
  const trace = readTraceFile(file);
  const reason = wanted.refuses?.(trace) ?? null;
  if (reason !== null) throw new WrongUse(`${file}: ${reason}`);
  return wanted.write({
    trace,
    file,
    places: placesOfCalls(trace),
    about: aboutOf(trace),
    expected: () => ofProgram(`${file}: program`, () => intactResults(trace)),
  });
}

function formatNamed(wanted: string | undefined): Format {
  const names = FORMATS.map(({ name }) => name);
  if (wanted === undefined) {
    throw new WrongUse(`no format; expected --format with one of ${names.join(', ')}`);
  }
  const format = FORMATS.find(({ name }) => name === wanted);
  if (format !== undefined) return format;
  if (MACHINE_FORMATS.some(({ name }) => name === wanted)) {
    throw new WrongUse(`format '${wanted}' is one of machines; expected --machine, and no trace`);
  }
  throw new WrongUse(unknown('format', wanted, names));
}

function aboutOf(trace: Trace): Exported['about'] {
  const { id } = nameOf(trace.verdict);
  return { ...new Subjects([]).of(id), source: trace.program.name };
}

function deliver(text: string, { output }: ExportFlags): void {
  if (output === undefined) {
    print(text);
    return;
  }
  writeText(output, text);
  print(output);
}
