import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { PRODUCT } from '../peers/peer.ts';
import { measure, type Row, rowText } from '../peers/row.ts';
import { isInstalled } from '../peers/tools.ts';
import { W1 } from '../peers/w1/workload.ts';
import { type Curve, plot } from './plot.ts';

/** Who is drawn beside the product, if it is installed. */
const OTHERS = ['spin'];

/** Each size in a process of its own, the product and the others in turn. */
function measureAll(): readonly Row[] {
  const root = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  try {
    return W1.sizes.flatMap((size) => {
      const peers = W1.peersOf(size).filter(
        ({ name, needs }) =>
          name === PRODUCT || (OTHERS.includes(name) && needs.every((one) => isInstalled(one))),
      );
      return peers.map((peer) => {
        const folder = join(root, `${size}-${peer.name}`);
        mkdirSync(folder);
        peer.prepare(folder);
        const row = measure(peer, folder, { workload: W1.name, size });
        process.stdout.write(`${rowText(row)}\n`);
        return row;
      });
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

function curves(rows: readonly Row[], of: (row: Row) => number): readonly Curve[] {
  return [...new Set(rows.map(({ peer }) => peer))].map((name) => ({
    name,
    points: rows
      .filter(({ peer, states }) => peer === name && states !== null)
      .map((row) => ({ x: row.states ?? 0, y: of(row) })),
  }));
}

/** Writes `growth.svg` and `growth.json` into the folder that is named, or the current one. */
function main(): number {
  if (!isInstalled('time')) {
    process.stderr.write('GNU time is missing; nothing can be measured\n');
    return 2;
  }
  const folder = process.argv[2] ?? '.';
  const rows = measureAll();
  const svg = plot([
    { title: 'seconds', curves: curves(rows, ({ seconds }) => Math.max(seconds, 0.01)) },
    { title: 'MiB', curves: curves(rows, ({ memoryMiB }) => memoryMiB) },
  ]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'growth.svg'), svg);
  writeFileSync(join(folder, 'growth.json'), `${JSON.stringify({ rows }, null, 2)}\n`);
  return 0;
}

process.exitCode = main();
