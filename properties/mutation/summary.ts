import { isEquivalent } from './equivalent.ts';
import { type Entry, isDetected } from './ledger.ts';
import type { Mutant } from './mutant.ts';
import { digestOf, type Draw } from './sample.ts';

/** What became of the mutants of a file, or of all files. */
export interface Counts {
  readonly killed: number;
  readonly timeout: number;
  /** Some test came to the place, and none failed. */
  readonly survived: number;
  /** No test came to the place. */
  readonly noCoverage: number;
  /** Of those that survived, or that no test came to. */
  readonly equivalent: number;
  /** Detected, in percent of those that are not equivalent. */
  readonly score: number;
}

/** One that nothing noticed. */
interface Undetected {
  readonly key: string;
  readonly line: number;
  readonly status: string;
  readonly isEquivalent: boolean;
}

export interface Summary {
  readonly draw: Draw;
  /** Of so many the sample was drawn. */
  readonly mutants: number;
  /** Drawn, but not run so far. */
  readonly missing: number;
  readonly all: Counts;
  readonly files: Readonly<Record<string, Counts>>;
  readonly undetected: readonly Undetected[];
  /** The mutants that were drawn and run, as digests of their keys: how many are left tells its age. */
  readonly sample: readonly string[];
}

interface Found {
  readonly mutant: Mutant;
  readonly entry: Entry;
}

/** What is committed of a run; the entries of mutants that are not drawn any more are left out. */
export function summaryOf(
  sample: readonly Mutant[],
  entries: ReadonlyMap<string, Entry>,
  { draw, mutants }: { readonly draw: Draw; readonly mutants: number },
): Summary {
  const found = sample.flatMap((mutant): readonly Found[] => {
    const entry = entries.get(mutant.key);
    return entry === undefined ? [] : [{ mutant, entry }];
  });
  const names = [...new Set(found.map(({ mutant }) => mutant.file))].toSorted();
  return {
    draw,
    mutants,
    missing: sample.length - found.length,
    all: countsOf(found),
    files: Object.fromEntries(
      names.map((name) => [name, countsOf(found.filter(({ mutant }) => mutant.file === name))]),
    ),
    undetected: found
      .filter(({ entry }) => !isDetected(entry))
      .map(({ mutant: { key, location }, entry: { status } }) => ({
        key,
        line: location.start.line,
        status,
        isEquivalent: isEquivalent(key),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    sample: found.map(({ mutant }) => digestOf(mutant)).toSorted(),
  };
}

function countsOf(found: readonly Found[]): Counts {
  const count = (isIt: (one: Found) => boolean): number => found.filter(isIt).length;
  const counts = {
    killed: count(({ entry }) => entry.status === 'Killed'),
    timeout: count(({ entry }) => entry.status === 'Timeout'),
    survived: count(({ entry }) => !isDetected(entry) && entry.status !== 'NoCoverage'),
    noCoverage: count(({ entry }) => entry.status === 'NoCoverage'),
    equivalent: count(({ entry, mutant }) => !isDetected(entry) && isEquivalent(mutant.key)),
  };
  return { ...counts, score: scoreOf(counts) };
}

/** In percent, with one digit; nothing to notice is all noticed. */
export function scoreOf(counts: Omit<Counts, 'score'>): number {
  const detected = counts.killed + counts.timeout;
  const total = detected + counts.survived + counts.noCoverage - counts.equivalent;
  return total === 0 ? 100 : Math.round((1000 * detected) / total) / 10;
}
