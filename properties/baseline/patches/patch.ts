import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../../model/package-folder.ts';

/** A deliberate change, and how an audit must judge it. */
export interface Patch {
  readonly name: string;
  readonly file: string;
  readonly verdict: 'unchanged' | 'broken';
  /** The rule that must be named; null where nothing is broken. */
  readonly rule: string | null;
}

const FOLDER = 'properties/baseline/patches';
const JUDGED = /^Judged: (?:(unchanged)|(broken) (\S+))$/m;

/** Every patch that is kept, in the order of their names. */
export function keptPatches(): readonly Patch[] {
  const folder = join(packageFolder(), FOLDER);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .toSorted()
    .map((name) => {
      const file = join(folder, name);
      const [, unchanged, , rule = null] = JUDGED.exec(readFileSync(file, 'utf8')) ?? [];
      if (unchanged === undefined && rule === null) {
        throw new Error(`${file} does not say how it is judged`);
      }
      const verdict = unchanged === undefined ? 'broken' : 'unchanged';
      return { name: name.replace(/\.patch$/, ''), file, verdict, rule };
    });
}
