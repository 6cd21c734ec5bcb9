import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, PRODUCT, isInstalled, measure } from './peer.ts';
import type { Peer, Row } from './peer.ts';
import { SIZES } from './w1/size.ts';
import type { SizeName } from './w1/size.ts';

const USAGE = `npm run bench:peers -- --workload w1 --size tiny|small|three|medium|large
  --runs N     runs of each, in turn (3); the best counts
  --peers A,B  only these
  --json FILE  all rows`;

function isSize(name: string): name is SizeName {
  return Object.hasOwn(SIZES, name);
}

/** The peers that were asked for and can run; says what is missing. */
function present(names: string | undefined): readonly Peer[] {
  const asked = names === undefined ? null : new Set([PRODUCT, ...names.split(',')]);
  return PEERS.filter((peer) => {
    if (asked !== null && !asked.has(peer.name)) return false;
    const missing = peer.needs.filter((program) => !isInstalled(program));
    if (missing.length === 0) return true;
    console.log(`${peer.name} does not take part: ${missing.join(', ')} not installed`);
    return false;
  });
}

/** Runs everybody in turn, `runs` times; the machine may be shared, so only ratios say much. */
function runAll(peers: readonly Peer[], name: SizeName, runs: number): readonly Row[] {
  const root = mkdtempSync(join(tmpdir(), 'bench-peers-'));
  try {
    const jobs = peers.map((peer) => {
      const work = join(root, peer.name);
      mkdirSync(work);
      const job = { name, size: SIZES[name], work };
      peer.prepare(job);
      return { peer, job };
    });
    return Array.from({ length: runs }, () =>
      jobs.map(({ peer, job }) => {
        const row = measure(peer, job);
        console.log(
          [row.peer.padEnd(14), row.size, `${row.states} states`, `${row.edges} edges`]
            .concat(`${row.seconds} s`, `${row.cpuSeconds} s CPU`, `${row.memoryMiB} MiB`)
            .join('  '),
        );
        return row;
      }),
    ).flat();
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The best run of each peer by processor time. */
function best(rows: readonly Row[], peer: string): Row | undefined {
  return rows
    .filter((row) => row.peer === peer)
    .toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)
    .at(0);
}

function printRatios(rows: readonly Row[]): void {
  const product = best(rows, PRODUCT);
  if (product === undefined) return;
  for (const peer of new Set(rows.map((row) => row.peer))) {
    const other = best(rows, peer);
    if (other === undefined || peer === PRODUCT) continue;
    const speed = other.cpuSeconds / product.cpuSeconds;
    const wall = other.seconds / product.seconds;
    const memory = product.memoryMiB / other.memoryMiB;
    console.log(
      `${PRODUCT} / ${peer}: ${speed.toFixed(2)} x states per CPU second, ` +
        `${wall.toFixed(2)} x states per second, ${memory.toFixed(2)} x memory`,
    );
  }
}

function main(): number {
  const { values } = parseArgs({
    options: {
      workload: { type: 'string', default: 'w1' },
      size: { type: 'string', default: 'small' },
      runs: { type: 'string', default: '3' },
      peers: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { workload, size, json } = values;
  const runs = Number(values.runs);
  if (workload !== 'w1' || !isSize(size) || !Number.isInteger(runs) || runs < 1) {
    console.error(USAGE);
    return 2;
  }
  if (!isInstalled('time')) {
    console.error('GNU time is missing; nothing can be measured');
    return 2;
  }
  const rows = runAll(present(values.peers), size, runs);
  const { states, edges } = SIZES[size];
  const wrong = rows.filter((row) => row.states !== states || row.edges !== edges);
  for (const row of wrong) console.error(`${row.peer} counts otherwise than ${states}, ${edges}`);
  printRatios(rows);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  return wrong.length > 0 ? 1 : 0;
}

process.exitCode = main();
