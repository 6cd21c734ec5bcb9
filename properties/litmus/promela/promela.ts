import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Where the twins are written, also when the compiled copy of this file runs. */
const TWINS: string = import.meta.dirname.replace(
  /([/\\])dist[/\\](properties[/\\]litmus[/\\]promela)$/,
  '$1$2',
);

/** Deeper than any twin goes; running into it is an error. Unit: steps. */
const DEPTH_MAX = 10_000;

/** What a complete search of one twin found. */
export interface TwinResult {
  /** Every final outcome that can be reached. */
  readonly outcomes: ReadonlySet<string>;
  /** Failed assertions, and processes that cannot come to their end. */
  readonly errors: number;
  /** No part of the search was cut. */
  readonly isComplete: boolean;
  readonly states: number;
}

/** The twins, by the name of the litmus program without its folder. */
export function twinNames(): readonly string[] {
  return readdirSync(TWINS)
    .filter((file) => file.endsWith('.pml'))
    .map((file) => basename(file, '.pml'))
    .toSorted();
}

/** Null when the program can be started, otherwise what to do about it. */
export function missingTool(): string | null {
  for (const [tool, flag] of [
    ['spin', '-V'],
    ['gcc', '--version'],
  ] as const) {
    try {
      execFileSync(tool, [flag], { stdio: 'ignore' });
    } catch {
      return `${tool} cannot be started: the Promela twins need it (apt-get install spin gcc)`;
    }
  }
  return null;
}

/** Lets spin search a twin completely, without reductions. */
export function searchTwin(name: string): TwinResult {
  const folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-twin-'));
  try {
    const run = (tool: string, args: readonly string[]): string =>
      execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    // Spin's optimisations take variables for dead that are only printed.
    run('spin', ['-o1', '-o2', '-o3', '-a', join(TWINS, `${name}.pml`)]);
    run('gcc', ['-DPRINTF', '-DNOREDUCE', '-DSAFETY', '-O1', '-w', '-o', 'pan', 'pan.c']);
    return readSearch(run(join(folder, 'pan'), [`-m${DEPTH_MAX}`]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readSearch(text: string): TwinResult {
  const outcomes = [...text.matchAll(/^outcome (.*)$/gm)].map(([, line = '']) => line);
  const errors = /errors: (\d+)/.exec(text)?.[1];
  const states = /(\d+) states, stored/.exec(text)?.[1];
  return {
    outcomes: new Set(outcomes),
    errors: errors === undefined ? Number.NaN : Number(errors),
    isComplete: errors !== undefined && !/max search depth|Search not completed/.test(text),
    states: Number(states ?? 0),
  };
}
