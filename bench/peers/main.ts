import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PRODUCT, type Peer, type Workload } from './peer.ts';
import { measure, ratios, type Row, rowText } from './row.ts';
import { isInstalled } from './tools.ts';
import { WORKLOADS } from './workloads.ts';

interface Options {
  readonly workload: string;
  readonly size?: string;
  readonly runs: number;
  readonly peers?: readonly string[];
  readonly json?: string;
}

/** The peers that were asked for and can run; says what is missing. */
function present(peers: readonly Peer[], names: Options['peers']): readonly Peer[] {
  const asked = names === undefined ? null : new Set([PRODUCT, ...names]);
  return peers.filter((peer) => {
    if (asked !== null && !asked.has(peer.name)) return false;
    const missing = peer.needs.filter((program) => !isInstalled(program));
    if (missing.length === 0) return true;
    console.log(`${peer.name} does not take part: ${missing.join(', ')} not installed`);
    return false;
  });
}

/** Runs everybody in turn, `runs` times; the machine may be shared, so only ratios say much. */
function runAll(
  peers: readonly Peer[],
  names: Pick<Row, 'workload' | 'size'>,
  runs: number,
): readonly Row[] {
  const root = mkdtempSync(join(tmpdir(), 'bench-peers-'));
  try {
    const jobs = peers.map((peer, index) => {
      const folder = join(root, String(index));
      mkdirSync(folder);
      peer.prepare(folder);
      return { peer, folder };
    });
    return Array.from({ length: runs }, () =>
      jobs.map(({ peer, folder }) => {
        const row = measure(peer, folder, names);
        console.log(rowText(row));
        return row;
      }),
    ).flat();
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What a peer counted otherwise than it must. */
function wrongCounts(peers: readonly Peer[], rows: readonly Row[]): readonly string[] {
  return peers.flatMap(({ name, expected }) =>
    (['states', 'edges'] as const).flatMap((what) => {
      const wanted = expected[what];
      const wrong = rows.find(
        (row) => row.peer === name && row[what] !== null && row[what] !== wanted,
      );
      if (wanted === undefined || wrong === undefined) return [];
      return [`${name} counts ${wrong[what]} ${what} instead of ${wanted}`];
    }),
  );
}

function compare(workload: Workload, size: string, options: Options): number {
  const peers = present(workload.peersOf(size), options.peers);
  const rows = runAll(peers, { workload: workload.name, size }, options.runs);
  for (const line of ratios(rows)) console.log(line);
  const wrong = wrongCounts(peers, rows);
  for (const line of wrong) console.error(line);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ rows }, null, 2)}\n`);
  return wrong.length > 0 ? 1 : 0;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a whole number from 1.');
}

const sizes = WORKLOADS.map((workload) => `${workload.name}: ${workload.sizes.join(', ')}`);
const command = new Command('npm run bench:peers --')
  .description('Runs this product and other checkers in turn on the same workload.')
  .addOption(
    new Option('--workload <name>')
      .choices(WORKLOADS.map(({ name }) => name))
      .default(WORKLOADS[0]?.name),
  )
  .option('--size <name>', sizes.join('; '))
  .option('--runs <count>', 'runs of each, in turn; the best counts', count, 3)
  .option('--peers <names>', 'only these, and the product', (names: string) => names.split(','))
  .option('--json <file>', 'write all rows')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action((options: Options) => {
    const workload = WORKLOADS.find(({ name }) => name === options.workload);
    const size = options.size ?? workload?.usualSize ?? '';
    if (workload?.sizes.includes(size) !== true) {
      return command.error(`${options.workload} has no size ${size}`);
    }
    const known = workload.peersOf(size).map(({ name }) => name);
    const unknown = options.peers?.filter((name) => !known.includes(name)) ?? [];
    if (unknown.length > 0) {
      return command.error(`${unknown.join(', ')}: not among ${known.join(', ')}`);
    }
    if (!isInstalled('time')) return command.error('GNU time is missing; nothing can be measured');
    process.exitCode = compare(workload, size, options);
  });

command.parse();
