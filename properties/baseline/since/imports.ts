import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const ROOMS = ['model', 'impl', 'properties'];

/** The sources of the rooms that an audit is about, by their names relative to the root. */
export interface Sources {
  readonly text: ReadonlyMap<string, string>;
  /** By file: who imports it. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

const IMPORT = /\bfrom\s+'(\.[^']+)'|\bimport\s+'(\.[^']+)'/g;

/** Reads all sources; tests are none. */
export function readSources(root: string): Sources {
  const text = new Map<string, string>();
  for (const room of ROOMS) {
    const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    for (const name of names.map((one) => one.replaceAll('\\', '/')).toSorted()) {
      if (!name.endsWith('.ts') || /\.(?:test|generated|d)\.ts$/.test(name)) continue;
      text.set(`${room}/${name}`, readFileSync(join(root, room, name), 'utf8'));
    }
  }
  const importers = new Map<string, string[]>();
  for (const [file, source] of text) {
    for (const [, named, bare] of source.matchAll(IMPORT)) {
      const target = posix.join(dirname(file), named ?? bare ?? '');
      const known = importers.get(target) ?? [];
      importers.set(target, known);
      if (!known.includes(file)) known.push(file);
    }
  }
  return { text, importers };
}
