import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { enumerateMutants } from './enumerate.ts';
import { isEquivalent } from './equivalent.ts';
import { isDetected, Ledger } from './ledger.ts';
import { type Look, LOOKS } from './look.ts';
import type { Mutant } from './mutant.ts';
import { writeSummary } from './report.ts';
import { runStryker } from './run-stryker.ts';
import { DRAW, sampleOf, shardOf } from './sample.ts';
import { summaryOf } from './summary.ts';

interface Options {
  readonly shard?: { readonly shard: number; readonly shards: number };
  readonly concurrency: number;
  readonly closest: Look;
  readonly again: boolean;
}

/** A batch has one build and one run without mutants before it, and is lost when it is cut short. */
const BATCH_MAX = 260;
const CONCURRENCY = 2;
const root = join(import.meta.dirname, '..', '..', '..');

/** Runs what is missing: each look takes the mutants that no look has noticed so far. */
async function mutate({ shard, concurrency, closest, again }: Options): Promise<void> {
  const mutants = await enumerateMutants(root);
  const sample = sampleOf(mutants, DRAW);
  const asked = shard === undefined ? sample : shardOf(sample, shard);
  const ledger = new Ledger(join(root, '.mutation'));
  for (const look of LOOKS.slice(0, LOOKS.indexOf(closest) + 1)) {
    const pending = pendingOf(asked, look, { ledger, again });
    for (let start = 0; start < pending.length; start += BATCH_MAX) {
      const batch = pending.slice(start, start + BATCH_MAX);
      process.stdout.write(`${look} look: mutants ${start + 1} to ${start + batch.length} `);
      process.stdout.write(`of ${pending.length} that nothing has noticed so far\n`);
      const file = ledger.fileOf(look);
      await runStryker({ root, mutants: batch, look, file, concurrency });
    }
  }
  const summary = summaryOf(sample, ledger.read(), { draw: DRAW, mutants: mutants.length });
  writeSummary(root, summary);
  process.stdout.write(`score ${summary.all.score} %, ${summary.missing} mutants not run so far\n`);
}

function pendingOf(
  asked: readonly Mutant[],
  look: Look,
  { ledger, again }: { readonly ledger: Ledger; readonly again: boolean },
): readonly Mutant[] {
  const entries = ledger.read();
  return asked.filter(({ key }) => {
    const known = entries.get(key);
    if (known === undefined) return true;
    if (isDetected(known)) return false;
    const isNew = LOOKS.indexOf(known.look) < LOOKS.indexOf(look);
    // For who is listed as equivalent nobody spends minutes.
    return isEquivalent(key) ? isNew && look !== 'fourth' : isNew || again;
  });
}

function parseShard(text: string): { readonly shard: number; readonly shards: number } {
  const [, shard = 0, shards = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (shard < 1 || shard > shards) throw new InvalidArgumentError('expected K/N, 1 <= K <= N');
  return { shard, shards };
}

function parseLook(text: string): Look {
  const look = LOOKS.find((one) => one === text);
  if (look === undefined) throw new InvalidArgumentError(`expected one of ${LOOKS.join(', ')}`);
  return look;
}

if (process.argv[1] === import.meta.filename) {
  const program = new Command('mutate')
    .description('mutation testing of impl/kernel and impl/dma-buf: runs what is missing')
    .option('--shard <K/N>', 'only each N-th mutant of the sample, from the K-th', parseShard)
    .option('--concurrency <number>', 'mutants at a time', Number, CONCURRENCY)
    .option('--closest <look>', 'look no closer than this', parseLook, 'fourth')
    .option('--again', 'look again at what nothing has noticed', false);
  await program.parseAsync();
  await mutate(program.opts<Options>());
}
