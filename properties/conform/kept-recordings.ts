import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The recordings that belong to this package, in the order of their names. */
export function keptRecordings(): string[] {
  let folder = dirname(fileURLToPath(import.meta.url));
  // Sources and built files lie at different depths below the package.
  while (!existsSync(join(folder, 'traces', 'kernel', 'README.md'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('traces/kernel is missing from this package');
    folder = above;
  }
  const kernel = join(folder, 'traces', 'kernel');
  const names = readdirSync(kernel).filter((name) => name.endsWith('.jsonl'));
  return names.toSorted().map((name) => join(kernel, name));
}
