import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Size, SizeName } from './w1/size.ts';

/** One run of one checker on one workload. */
export interface Row {
  readonly peer: string;
  readonly workload: string;
  readonly size: string;
  /** Wall-clock time of the whole process. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly states: number;
  readonly edges: number;
  readonly memoryMiB: number;
}

/** What a run needs to know. */
export interface Job {
  readonly name: SizeName;
  readonly size: Size;
  /** An empty folder for what is compiled. */
  readonly work: string;
}

/** Another checker, or this one. */
export interface Peer {
  readonly name: string;
  /** Programs without which it cannot run. */
  readonly needs: readonly string[];
  /** Translates and compiles; not part of the time. */
  readonly prepare: (job: Job) => void;
  readonly command: (job: Job) => readonly string[];
  /** Reads states and edges from the output. */
  readonly counts: (output: string) => { readonly states: number; readonly edges: number };
}

const here = dirname(fileURLToPath(import.meta.url));

/** The sources of this folder, also when the compiled copy in `dist/` runs. */
function sources(): string {
  let root = here;
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  return join(root, 'bench', 'peers', 'w1');
}

function run(command: readonly string[], cwd: string): string {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr || stdout}`);
  return stdout;
}

function number(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`the output lacks ${String(pattern)}: ${output}`);
  return Number(found);
}

/** Log2 of SPIN's hash table: the smallest that is not overfull. */
const HASH_BITS: Readonly<Record<SizeName, number>> = {
  tiny: 18,
  small: 18,
  three: 20,
  medium: 22,
  large: 25,
};

const spin: Peer = {
  name: 'spin',
  needs: ['spin', 'gcc'],
  prepare: ({ work, size: { tasks, objects, rounds, usages } }) => {
    const defines = [`-DT=${tasks}`, `-DR=${objects}`, `-DK=${rounds}`, `-DU=${usages}`];
    run(['spin', '-o2', '-a', ...defines, join(sources(), 'w1.pml')], work);
    const flags = ['-w', '-O3', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=12000'];
    run(['gcc', ...flags, '-o', 'pan', 'pan.c'], work);
  },
  command: ({ name }) => ['./pan', '-m1000000', `-w${HASH_BITS[name]}`],
  counts: (output) => ({
    states: number(output, /(\d+) states, stored/),
    // It counts the initial state as a transition.
    edges: number(output, /(\d+) transitions \(=/) - 1,
  }),
};

const rumur: Peer = {
  name: 'rumur',
  needs: ['rumur', 'gcc'],
  prepare: ({ work, size: { tasks, objects, rounds, usages } }) => {
    const text = readFileSync(join(sources(), 'w1.m'), 'utf8')
      .replaceAll('@T@', String(tasks))
      .replaceAll('@R@', String(objects))
      .replaceAll('@K@', String(rounds))
      .replaceAll('@U@', String(usages))
      .replaceAll('@BUG@', '0');
    writeFileSync(join(work, 'model.m'), text);
    const stuck = ['--deadlock-detection', 'stuck'];
    run(['rumur', '--threads', '1', ...stuck, '--output', 'rumur.c', 'model.m'], work);
    const flags = ['-w', '-O3', '-march=native', '-std=c11', '-mcx16'];
    run(['gcc', ...flags, '-o', 'rumur', 'rumur.c', '-lpthread'], work);
  },
  command: () => ['./rumur'],
  counts: (output) => ({
    // Lines about progress look almost the same.
    states: number(output, /(\d+) states, \d+ rules fired in/),
    edges: number(output, /(\d+) rules fired in/),
  }),
};

const counted = (output: string): { readonly states: number; readonly edges: number } => ({
  states: number(output, /"states":(\d+)/),
  edges: number(output, /"edges":(\d+)/),
});

const js: Peer = {
  name: 'js',
  needs: [],
  prepare: () => undefined,
  command: ({ size: { tasks, objects, rounds, usages } }) => [
    process.execPath,
    '--max-old-space-size=12000',
    join(sources(), 'w1.mjs'),
    ...[tasks, objects, rounds, usages].map(String),
  ],
  counts: counted,
};

/** How the rows of this product are named. */
export const PRODUCT = 'dmabuf-verify';

const product: Peer = {
  name: PRODUCT,
  needs: [],
  prepare: () => undefined,
  command: ({ name }) => [process.execPath, join(here, 'product.js'), name],
  counts: counted,
};

/** Who takes part, the product first. */
export const PEERS: readonly Peer[] = [product, spin, rumur, js];

/** Whether a program can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** Runs a prepared peer once, under GNU time. */
export function measure(peer: Peer, job: Job): Row {
  const report = join(job.work, 'time');
  const timed = ['time', '-f', '%e %U %S %M', '-o', report, ...peer.command(job)];
  const { states, edges } = peer.counts(run(['env', ...timed], job.work));
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const cpuSeconds = Number((user + system).toFixed(2));
  const memoryMiB = Math.round(kilobytes / 1024);
  const { name: size } = job;
  return { peer: peer.name, workload: 'w1', size, seconds, cpuSeconds, states, edges, memoryMiB };
}
