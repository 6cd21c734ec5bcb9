import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures, Peer } from './peer.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** A source of this folder, also when the compiled copy in `dist/` runs. */
export function source(...names: readonly string[]): string {
  let root = here;
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  return join(root, 'bench', 'peers', ...names);
}

/** A compiled module of this folder, as a command with arguments. */
export function compiled(module: string, args: readonly string[]): readonly string[] {
  return [process.execPath, join(here, `${module}.js`), ...args];
}

/** Whether a program can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** Runs a command to its end and returns what it printed. */
export function output(command: readonly string[], folder: string): string {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr || stdout}`);
  return stdout;
}

/** The number behind the only group of a pattern. */
export function number(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the output lacks ${String(pattern)}: ${text}`);
  return Number(found);
}

/** Reads the line of JSON that searches of this folder print. */
export function counted(text: string): Figures {
  const states = number(text, /"states":(\d+)/);
  return { mode: 'search', states, edges: number(text, /"edges":(\d+)/) };
}

/** Reads the line of JSON that samplers of this folder print. */
export function sampled(text: string): Figures {
  return {
    mode: 'sample',
    runsPerSecond: number(text, /"runsPerSecond":([\d.]+)/),
    runsPerCpuSecond: number(text, /"runsPerCpuSecond":([\d.]+)/),
    stepsPerRun: number(text, /"stepsPerRun":([\d.]+)/),
  };
}

/** A module of this folder that meets every state and prints how many there are. */
export function searcher(name: string, module: string, args: readonly string[]): Peer {
  const command = compiled(module, args);
  return { name, needs: [], prepare: () => undefined, command, read: counted, expected: {} };
}

/** A module of this folder that runs random schedules and prints how many. */
export function sampler(name: string, module: string, args: readonly string[]): Peer {
  const command = compiled(module, args);
  return { name, needs: [], prepare: () => undefined, command, read: sampled, expected: {} };
}

export interface SpinOptions {
  /** The workload's folder, and the Promela file in it. */
  readonly file: readonly [string, string];
  /** Macros of the Promela file: `T=2`. */
  readonly defines: readonly string[];
  /** Log2 of its hash table: the smallest that is not overfull. */
  readonly hashBits: number;
  readonly expected: Peer['expected'];
}

/** SPIN's exhaustive search, without its partial-order reduction: it counts every state. */
export function spin({ file, defines, hashBits, expected }: SpinOptions): Peer {
  return {
    name: 'spin',
    needs: ['spin', 'gcc'],
    prepare: (folder) => {
      const macros = defines.map((define) => `-D${define}`);
      // Its elimination of dead variables takes a variable that is only written for absent.
      output(['spin', '-o2', '-a', ...macros, source(...file)], folder);
      const flags = ['-w', '-O3', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=12000'];
      output(['gcc', ...flags, '-o', 'pan', 'pan.c'], folder);
    },
    command: ['./pan', '-m1000000', `-w${hashBits}`],
    read: (text) => ({
      mode: 'search',
      states: number(text, /(\d+) states, stored/),
      // It counts the initial state as a transition.
      edges: number(text, /(\d+) transitions \(=/) - 1,
    }),
    expected,
  };
}
