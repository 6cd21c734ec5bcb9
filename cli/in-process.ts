import process from 'node:process';

import { vi } from 'vitest';

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
  const caught = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  vi.stubEnv('NO_COLOR', '1');
  try {
    await perform(words);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of caught) spy.mockRestore();
  }
}
