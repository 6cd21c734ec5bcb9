import { existsSync, rmSync } from 'node:fs';
import process from 'node:process';

import { type Command, Option } from 'commander';

import {
  checkSystem,
  type CheckSystemOptions,
  type SystemReport,
} from '../model/systems/check-systems.ts';
import { type ExploreOptions, wrongOptions } from '../model/systems/explore.ts';
import { SYSTEMS } from '../model/systems/required/scopes.ts';
import type { System } from '../model/systems/required/system.ts';
import { versions } from '../properties/versions.ts';
import { printable } from '../traces/printable.ts';
import { wholeNumber, writeJson } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { describeSystem, summary, systemText } from './systems-text.ts';

interface SystemsFlags {
  readonly list?: boolean;
  readonly order: 'breadth' | 'depth';
  readonly memory: 'exact' | 'fingerprint' | 'bits';
  readonly field: number;
  readonly workers: number;
  readonly symmetry?: boolean;
  readonly views?: boolean;
  readonly prove: number;
  readonly depth?: number;
  readonly states?: number;
  readonly mib?: number;
  readonly seconds?: number;
  readonly edges?: number;
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly resume?: boolean;
  readonly json?: string;
}

/** `systems [name]`: the systems of the model, and what is claimed of them. */
export function addSystems(program: Command): void {
  program
    .command('systems')
    .description('search the systems of the model: objects with those who use them')
    .argument('[name]', 'only systems whose name contains this')
    .option('--list', 'only say which systems there are')
    .option(
      '--workers <number>',
      'threads that search together, to the same report',
      wholeNumber,
      1,
    )
    .addOption(
      new Option('--order <name>', 'breadth first finds shortest counterexamples')
        .choices(['breadth', 'depth'])
        .default('breadth'),
    )
    .addOption(
      new Option('--memory <name>', 'of states: themselves, 64 bits of each, or 3 bits in a field')
        .choices(['exact', 'fingerprint', 'bits'])
        .default('exact'),
    )
    .option(
      '--field <number>',
      'with bits: the field has 2 to this number of them',
      wholeNumber,
      27,
    )
    .option('--symmetry', 'search one of all states that differ by a declared exchange')
    .option('--views', 'search one of all states that differ in what nobody looks at again')
    .option('--prove <states>', 'try views out first, on at most so many states', wholeNumber, 0)
    .option('--depth <moves>', 'go no deeper', wholeNumber)
    .option('--states <number>', 'stop with more states', wholeNumber)
    .option('--mib <number>', 'stop when the states take more memory', wholeNumber)
    .option('--seconds <number>', 'stop all searches after this time', wholeNumber)
    .option('--edges <states>', 'check "eventually" up to so many states', wholeNumber)
    .option('--checkpoint <file>', 'write down now and then how far the search is')
    .option('--checkpoint-every <states>', 'how often', wholeNumber, 5_000_000)
    .option('--resume', 'go on from the checkpoint, when there is one')
    .option('--json <file>', 'write the whole report to a file')
    .action((name: string | undefined, flags: SystemsFlags) => {
      process.exitCode = runSystems(name ?? null, flags);
    });
}

function runSystems(name: string | null, flags: SystemsFlags): ExitCode {
  const wrong = wrongOptions(limitsOf(flags));
  if (wrong !== null) throw new WrongUse(wrong);
  const systems = systemsNamed(name);
  if (flags.list === true) {
    print(systems.map((system) => describeSystem(system).join('\n')).join('\n'));
    return EXIT.nothing;
  }
  checkFlags(flags, systems);
  const stop = stopper(flags.seconds);
  const reports = systems.map((system) => {
    const report = search(system, flags, stop);
    print(systemText(system, report, flags).join('\n'));
    return report;
  });
  print(summary(reports).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, { systems: reports, versions: versions() });
  removeCheckpoint(flags, reports);
  const statuses = new Set(reports.flatMap((one) => one.properties.map(({ status }) => status)));
  if (statuses.has('violated')) return EXIT.broken;
  const isPartial = statuses.has('partial') || reports.some(({ limits }) => limits.length > 0);
  return isPartial ? EXIT.partial : EXIT.nothing;
}

/** All systems, once somebody has asked for one. */
let made: readonly System[] | null = null;

/** Making a system tabulates its machines, so that its name is known only afterwards. */
export function allSystems(): readonly System[] {
  made ??= SYSTEMS.map((make) => make());
  return made;
}

function systemsNamed(name: string | null): readonly System[] {
  const all = allSystems();
  if (name === null) return all;
  const found = all.filter(({ network }) => network.name.includes(name));
  if (found.length > 0) return found;
  const names = all.map(({ network }) => network.name);
  const known = names.map((one) => `'${one}'`).join(', ');
  throw new WrongUse(`${unknown('system', name, names)}; expected a part of ${known}`);
}

/** What cannot be meant so for these systems. */
function checkFlags(flags: SystemsFlags, systems: readonly System[]): void {
  const { checkpoint, resume } = flags;
  if (checkpoint === undefined) {
    if (resume === true)
      throw new WrongUse('--resume: expected --checkpoint with a file beside it');
    return;
  }
  if (systems.length !== 1) {
    const names = systems.map(({ network }) => network.name).join(', ');
    throw new WrongUse(`--checkpoint is for one system; expected the name of one of ${names}`);
  }
  if (resume !== true && existsSync(checkpoint)) {
    throw new WrongUse(`${checkpoint}: is there already; --resume goes on from it`);
  }
}

function limitsOf(flags: SystemsFlags): CheckSystemOptions {
  const { order, memory, field, workers, prove, depth, states, mib, edges } = flags;
  return {
    order,
    memory,
    bitField: 2 ** field,
    workers,
    proveStatesMax: prove,
    ...(depth === undefined ? {} : { depthMax: depth }),
    ...(states === undefined ? {} : { statesMax: states }),
    ...(mib === undefined ? {} : { memoryMaxMiB: mib }),
    ...(edges === undefined ? {} : { graphStatesMax: edges }),
  };
}

/** One deadline for all searches. */
function stopper(seconds: number | undefined): () => string | null {
  if (seconds === undefined) return () => null;
  const end = Date.now() + 1000 * seconds;
  return () => (Date.now() > end ? `time: ${seconds} s` : null);
}

function search(system: System, flags: SystemsFlags, stop: () => string | null): SystemReport {
  const { symmetry = [], views = [], network } = system;
  const { checkpoint: file, checkpointEvery: everyStates } = flags;
  const progress = createProgress(process.stderr);
  const options: ExploreOptions = {
    ...limitsOf(flags),
    symmetry: flags.symmetry === true ? symmetry : [],
    views: flags.views === true ? views : [],
    stop: ({ states, depth }) => {
      progress.show(printable(`system ${network.name}: ${states} states, depth ${depth}`));
      return stop();
    },
    ...(file === undefined
      ? {}
      : { checkpoint: { file, everyStates, resume: isThere(file, flags) } }),
  };
  const report = checkSystem(system, options);
  progress.end();
  return report;
}

function isThere(file: string, { resume }: SystemsFlags): boolean {
  const found = resume === true && existsSync(file);
  if (resume === true && !found) {
    process.stderr.write(
      `${printable(file)} is not there yet; the search begins at the beginning\n`,
    );
  }
  return found;
}

/** A search that came to its end has nothing to go on with. */
function removeCheckpoint({ checkpoint }: SystemsFlags, reports: readonly SystemReport[]): void {
  if (checkpoint === undefined) return;
  const isOver = reports.every(
    ({ ended, properties }) => ended || properties.some((one) => one.status === 'violated'),
  );
  if (isOver) rmSync(checkpoint, { force: true });
}
