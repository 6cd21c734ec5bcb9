import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../model/package-folder.ts';

/** The recordings that belong to this package, in the order of their names. */
export function keptRecordings(): string[] {
  const kernel = join(packageFolder(), 'traces', 'kernel');
  const names = readdirSync(kernel).filter((name) => name.endsWith('.jsonl'));
  return names.toSorted().map((name) => join(kernel, name));
}
