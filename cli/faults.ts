import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Command } from 'commander';

import { PUBLIC_FAULTS } from '../properties/baseline/kept-traces.ts';
import { RowsStage } from '../properties/baseline/stage-rows.ts';
import type { TimedRow } from '../properties/baseline/try-row.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { versions } from '../properties/versions.ts';
import { wholeNumber, workers, writeJson } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { matrixPage } from './faults-page.ts';
import { isGood, matrixText } from './faults-text.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

/** More threads do not help: a search is short. */
const WORKERS_MAX = 8;

interface FaultsFlags {
  readonly seeds: number;
  readonly json?: string;
  readonly html?: string;
  readonly workers?: number;
}

/** `faults [pattern]`: each fault of the public catalogue, what catches it, and how small. */
export function addFaults(program: Command): void {
  program
    .command('faults')
    .description('search for each fault of the public catalogue, and say what catches it')
    .argument('[pattern]', 'only faults whose id contains this, such as BUG-FENCE')
    .option(
      '--seeds <number>',
      'searches for each fault, with seeds 1, 2 and so on',
      wholeNumber,
      1,
    )
    .option('--json <file>', 'write the rows and their traces to a file')
    .option('--html <file>', 'write the table as a page')
    .option('--workers <number>', 'threads that share the work', workers)
    .action(async (pattern: string | undefined, flags: FaultsFlags) => {
      process.exitCode = await runFaults(pattern ?? '', flags);
    });
}

async function runFaults(pattern: string, flags: FaultsFlags): Promise<ExitCode> {
  const faults = PUBLIC_FAULTS.filter((id) => id.includes(pattern));
  if (faults.length === 0) throw new WrongUse(unknown('fault', pattern, [...PUBLIC_FAULTS]));
  if (flags.seeds < 1) throw new WrongUse('--seeds 0 searches for nothing; expected 1 or more');
  const progress = createProgress(process.stderr);
  const stage = new RowsStage({
    faults,
    seeds: flags.seeds,
    progress: (text) => progress.show(text),
  });
  const threads = flags.workers ?? Math.min(WORKERS_MAX, availableParallelism());
  await withCrew(threads, (crew) => crew.run(stage));
  progress.end();
  const rows = stage.result();
  print(matrixText(rows).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, { versions: versions(), rows });
  if (flags.html !== undefined) writePage(flags.html, rows);
  return rows.every(isGood) ? EXIT.nothing : EXIT.broken;
}

function writePage(file: string, rows: readonly TimedRow[]): void {
  try {
    writeFileSync(file, matrixPage(rows));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongUse(`${file}: cannot be written: ${reason}`);
  }
}
