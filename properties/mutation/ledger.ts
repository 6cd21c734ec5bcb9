import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Look, LOOKS } from './look.ts';

/** What became of a mutant, and who looked. */
export interface Entry {
  readonly key: string;
  readonly look: Look;
  readonly status: 'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'RuntimeError';
  /** The first test that failed; null when none did. */
  readonly killedBy: string | null;
  /** So many tests came to the place. */
  readonly covered: number;
}

const ENTRY: z.ZodType<Entry> = z.strictObject({
  key: z.string(),
  look: z.enum(LOOKS),
  status: z.enum(['Killed', 'Survived', 'NoCoverage', 'Timeout', 'RuntimeError']),
  killedBy: z.string().nullable(),
  covered: z.number(),
});

/** Mutants that tests notice: they fail, or never end. What Stryker itself lost is not noticed. */
export function isDetected({ status }: Entry): boolean {
  return status === 'Killed' || status === 'Timeout';
}

/**
 * Outcomes as lines of files, one file for each look: a run that is cut short goes on where it was,
 * and files of several machines are put together by copying them under names of their own.
 */
export class Ledger {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  fileOf(look: Look): string {
    return join(this.folder, `${look}.jsonl`);
  }

  /** The last word on every mutant: one notice is enough; otherwise the closest look says most. */
  read(): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const entry of this.lines().map((line) => ENTRY.parse(JSON.parse(line)))) {
      const known = entries.get(entry.key);
      if (known === undefined) entries.set(entry.key, entry);
      else if (weightOf(entry) >= weightOf(known)) entries.set(entry.key, after(known, entry));
    }
    return entries;
  }

  private lines(): readonly string[] {
    return readdirSync(this.folder)
      .toSorted()
      .flatMap((name) => readFileSync(join(this.folder, name), 'utf8').split('\n'))
      .filter((line) => line !== '');
  }
}

/** Where the tests of one look came to a mutant, it was reached, though those of a closer one did not. */
function after(known: Entry, entry: Entry): Entry {
  const wasReached = entry.status === 'NoCoverage' && known.status === 'Survived';
  return wasReached ? { ...entry, status: 'Survived', covered: known.covered } : entry;
}

function weightOf(entry: Entry): number {
  return isDetected(entry) ? LOOKS.length : LOOKS.indexOf(entry.look);
}
