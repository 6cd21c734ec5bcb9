import process from 'node:process';

import { perform } from './program.ts';

/** How a verb ended, as a shell would see it. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A verb inside this process, for tests: starting one of its own takes half a second. */
export async function runHere(...words: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const { NO_COLOR } = process.env;
  const kept = { stdout: process.stdout.write, stderr: process.stderr.write };
  const exitCode = process.exitCode;
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array): boolean => {
      written[name] += String(text);
      return true;
    };
  }
  process.env['NO_COLOR'] = '1';
  process.exitCode = undefined;
  try {
    await perform(words);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = exitCode;
    process.stdout.write = kept.stdout;
    process.stderr.write = kept.stderr;
    if (NO_COLOR === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = NO_COLOR;
  }
}
