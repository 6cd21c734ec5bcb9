import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT, type Figures, type Peer } from './peer.ts';
import { output } from './tools.ts';

/** One run of one checker on one workload. */
export interface Row {
  readonly peer: string;
  readonly mode: Figures['mode'];
  readonly workload: string;
  readonly size: string;
  /** Wall-clock time of the whole process. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Null for a sample, which counts neither. */
  readonly states: number | null;
  readonly edges: number | null;
  readonly memoryMiB: number;
  /** Of a sample: what it did in its own time, without the start of the process. */
  readonly runsPerSecond?: number;
  readonly runsPerCpuSecond?: number;
  readonly stepsPerRun?: number;
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
  const nothing = { states: null, edges: null };
  return { peer: peer.name, ...names, seconds, cpuSeconds, ...nothing, ...figures, memoryMiB };
}

const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** What a row says, on one line. */
export function rowText(row: Row): string {
  const { runsPerSecond, runsPerCpuSecond = 0, stepsPerRun = 0 } = row;
  const did =
    runsPerSecond === undefined
      ? [
          `${row.states} states`,
          `${row.edges} edges`,
          `${row.seconds} s`,
          `${row.cpuSeconds} s CPU`,
        ]
      : [
          `${rounded.format(runsPerSecond)} runs/s`,
          `${rounded.format(runsPerCpuSecond)} runs/s CPU`,
          `${rounded.format(stepsPerRun)} steps/run`,
        ];
  return [row.peer.padEnd(14), row.size, ...did, `${row.memoryMiB} MiB`].join('  ');
}

/** Every peer's best run beside the product's. */
export function ratios(rows: readonly Row[]): readonly string[] {
  const searches = rows.filter((row) => row.mode === 'search');
  const samples = rows.filter((row) => row.mode === 'sample');
  return [...beside(searches, searchText), ...beside(samples, sampleText)];
}

function beside(
  rows: readonly Row[],
  textOf: (product: Row, other: Row) => string,
): readonly string[] {
  const product = best(rows, PRODUCT);
  if (product === undefined) return [];
  const others = new Set(rows.map(({ peer }) => peer).filter((peer) => peer !== PRODUCT));
  return [...others].flatMap((peer) => {
    const other = best(rows, peer);
    return other === undefined ? [] : [`${PRODUCT} / ${other.peer}: ${textOf(product, other)}`];
  });
}

/** The best run of each peer by processor time. */
function best(rows: readonly Row[], peer: string): Row | undefined {
  return rows
    .filter((row) => row.peer === peer)
    .toSorted(
      (a, b) =>
        (b.runsPerCpuSecond ?? 0) - (a.runsPerCpuSecond ?? 0) || a.cpuSeconds - b.cpuSeconds,
    )
    .at(0);
}

/** Checkers may cut a workload into states in different ways: what counts is the whole search. */
function searchText(product: Row, other: Row): string {
  const speed = other.cpuSeconds / product.cpuSeconds;
  const wall = other.seconds / product.seconds;
  const memory = product.memoryMiB / other.memoryMiB;
  return (
    `${speed.toFixed(2)} x speed by CPU seconds, ` +
    `${wall.toFixed(2)} x speed by seconds, ${memory.toFixed(2)} x memory`
  );
}

function sampleText(product: Row, other: Row): string {
  const speed = (product.runsPerCpuSecond ?? 0) / (other.runsPerCpuSecond ?? 0);
  const wall = (product.runsPerSecond ?? 0) / (other.runsPerSecond ?? 0);
  return `${speed.toFixed(2)} x runs per CPU second, ${wall.toFixed(2)} x runs per second`;
}
