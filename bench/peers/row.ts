import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT, type Figures, type Peer } from './peer.ts';
import { output } from './tools.ts';

/** One run of one checker on one workload. */
export interface Row extends Figures {
  readonly peer: string;
  readonly workload: string;
  readonly size: string;
  /** Wall-clock time of the whole process. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/** Runs a prepared peer once, under GNU time. */
export function measure(peer: Peer, folder: string, names: Pick<Row, 'workload' | 'size'>): Row {
  const report = join(folder, 'time');
  const timed = ['time', '-f', '%e %U %S %M', '-o', report, ...peer.command];
  const figures = peer.read(output(['env', ...timed], folder));
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const cpuSeconds = Number((user + system).toFixed(2));
  const memoryMiB = Math.round(kilobytes / 1024);
  return { peer: peer.name, ...names, seconds, cpuSeconds, ...figures, memoryMiB };
}

/** What a row says, on one line. */
export function rowText(row: Row): string {
  return [row.peer.padEnd(14), row.size, `${row.states} states`, `${row.edges} edges`]
    .concat(`${row.seconds} s`, `${row.cpuSeconds} s CPU`, `${row.memoryMiB} MiB`)
    .join('  ');
}

/** Every peer's best run beside the product's. */
export function ratios(rows: readonly Row[]): readonly string[] {
  const product = best(rows, PRODUCT);
  if (product === undefined) return [];
  const others = new Set(rows.map(({ peer }) => peer).filter((peer) => peer !== PRODUCT));
  return [...others].flatMap((peer) => {
    const other = best(rows, peer);
    return other === undefined ? [] : [ratioText(product, other)];
  });
}

/** The best run of each peer by processor time. */
function best(rows: readonly Row[], peer: string): Row | undefined {
  return rows
    .filter((row) => row.peer === peer)
    .toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)
    .at(0);
}

function ratioText(product: Row, other: Row): string {
  const speed = other.cpuSeconds / product.cpuSeconds;
  const wall = other.seconds / product.seconds;
  const memory = product.memoryMiB / other.memoryMiB;
  return (
    `${PRODUCT} / ${other.peer}: ${speed.toFixed(2)} x states per CPU second, ` +
    `${wall.toFixed(2)} x states per second, ${memory.toFixed(2)} x memory`
  );
}
