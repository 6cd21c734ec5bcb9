/** How many names are offered instead of an unknown one. */
const OFFERED_MAX = 3;

/** The known names that `wanted` may have meant, best first. */
export function nearest(wanted: string, known: Iterable<string>): string[] {
  const ranked: { name: string; rank: number }[] = [];
  const target = wanted.toLowerCase();
  for (const name of new Set(known)) {
    const rank = rankOf(target, name.toLowerCase());
    if (rank !== null) ranked.push({ name, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, OFFERED_MAX).map(({ name }) => name);
}

/** How far `name` is from `target`, or null when it is another word altogether. */
function rankOf(target: string, name: string): number | null {
  // Where one holds the other, less surplus is nearer.
  const surplus = Math.abs(name.length - target.length) / 1000;
  if (target.length >= 3 && name.includes(target)) return surplus;
  // The prefix of the subsystem is often left out: `add_callbak`.
  const parts = [...name.matchAll(/_+(?=[a-z])/g)].map(({ index, 0: { length } }) =>
    name.slice(index + length),
  );
  const letters = Math.min(...[name, ...parts].map((part) => distance(target, part)));
  return letters <= Math.max(1, target.length / 4) ? letters + surplus : null;
}

/** "unknown …" with what may have been meant instead. */
export function unknown(what: string, wanted: string, known: Iterable<string>): string {
  const offered = nearest(wanted, known);
  if (offered.length === 0) return `unknown ${what} '${wanted}'`;
  return `unknown ${what} '${wanted}'; did you mean ${offered.join(', ')}?`;
}

/** Levenshtein's: how many letters to insert, drop or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 0; at < from.length; at += 1) {
    const next = [at + 1];
    for (let other = 0; other < to.length; other += 1) {
      const replaced = (row[other] ?? 0) + (from[at] === to[other] ? 0 : 1);
      next.push(Math.min(replaced, (row[other + 1] ?? 0) + 1, (next[other] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
