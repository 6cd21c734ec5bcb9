import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { packageFolder } from '../model/package-folder.ts';
import { RULES } from '../model/rules/catalogue.ts';

/** What a report or a trace was made with; never the Node version or the machine. */
export interface Versions {
  readonly package: string;
  readonly schema: number;
  readonly spec: string;
}

/** Version of the trace schema and of the report. */
export const SCHEMA_VERSION = 1;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export function versions(): Versions {
  return { package: packageVersion(), schema: SCHEMA_VERSION, spec: specHash() };
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  const isVersioned = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
  return isVersioned ? String(parsed.version) : 'unknown';
}

/** Changes when a rule is added, dropped or reworded. */
function specHash(): string {
  const hash = createHash('sha256');
  for (const rule of RULES) hash.update(`${rule.id} ${rule.kind} ${rule.text}\n`);
  return hash.digest('hex').slice(0, 12);
}

/** Changes when the code of the stack changes: a trace found in other code may be stale. */
export function implementationHash(): string {
  return hashOf(['impl']);
}

/** Changes when anything changes that decides what a run is and what is found in it. */
export function codeHash(): string {
  return hashOf(['impl', 'model', 'properties']);
}

function hashOf(rooms: readonly string[]): string {
  const hash = createHash('sha256');
  for (const room of rooms) {
    const folder = join(ROOT, room);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:js|ts)$/.test(name) && !/\.test\.|\.d\.ts$/.test(name))
      .toSorted();
    for (const name of files) {
      hash.update(`${name.replaceAll('\\', '/')}\n`);
      hash.update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
