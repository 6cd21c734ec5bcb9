import { join } from 'node:path';
import { type Mutation, mutateYields } from './mutation/mutate.ts';
import { SILENT_POINTS } from './silent-points.ts';

/** No larger share of the points may be listed as silent. */
export const LISTED_SHARE_MAX = 0.1;

/** How the silenced points came out, against the list of those that cannot matter. */
export interface MutationVerdict {
  readonly total: number;
  readonly noticed: number;
  readonly listed: readonly string[];
  /** Nobody noticed, and they are not listed. */
  readonly survivors: readonly string[];
  /** Listed, but noticed, or gone. */
  readonly stale: readonly string[];
}

export function judgeMutation({ points, mutants }: Mutation): MutationVerdict {
  const unnoticed = points
    .filter((_, index) => mutants[index]?.noticedBy === null)
    .map(({ name }) => name);
  const known = new Set(Object.keys(SILENT_POINTS));
  return {
    total: points.length,
    noticed: points.length - unnoticed.length,
    listed: unnoticed.filter((name) => known.has(name)),
    survivors: unnoticed.filter((name) => !known.has(name)),
    stale: [...known].filter((name) => !unnoticed.includes(name)),
  };
}

/** Prints the table, and returns the exit code. */
async function main(): Promise<number> {
  const write = (line: string): boolean => process.stdout.write(`${line}\n`);
  const mutation = await mutateYields(join(import.meta.dirname, '..', '..'), (point, mutant) => {
    const { noticedBy, reachedBy } = mutant;
    const reason = SILENT_POINTS[point.name];
    const how = noticedBy === null ? (reason ?? 'NOBODY NOTICES') : noticedBy.how;
    const who = noticedBy === null ? `${reachedBy} programs pass it` : noticedBy.id;
    write(`${noticedBy === null ? '-' : '+'} ${point.name.padEnd(58)} ${who.padEnd(42)} ${how}`);
  });
  const { total, noticed, listed, survivors, stale } = judgeMutation(mutation);
  const share = ((100 * listed.length) / total).toFixed(1);
  write(`${total} points: ${noticed} noticed, ${listed.length} listed as silent (${share} %)`);
  for (const name of survivors) write(`not noticed and not listed: ${name}`);
  for (const name of stale) write(`listed as silent, but noticed or gone: ${name}`);
  const isShort = listed.length <= total * LISTED_SHARE_MAX;
  if (!isShort) write(`that is more than ${100 * LISTED_SHARE_MAX} %`);
  return survivors.length + stale.length === 0 && isShort ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
