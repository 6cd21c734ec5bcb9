import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { scopeName } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { packageFolder } from './package-folder.ts';
import { tabulate } from './tabulate.ts';
import type { Table } from './tabulate.ts';

/** The parts of a table that take time to find; the lifecycle itself has the others. */
type Found = Omit<Table, 'kind' | 'scope' | 'events' | 'initial' | 'next' | 'answer'> & {
  readonly next: readonly number[];
  readonly answer: readonly number[];
};

const here = fileURLToPath(import.meta.url);

function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** The text of every file that a table depends on: machines are more than their configuration. */
function sources(): readonly string[] {
  const folder = dirname(here);
  const extension = extname(here);
  return [folder, join(folder, 'machines')].flatMap((path) =>
    readdirSync(path)
      .filter((name) => name.endsWith(extension) && !/\.(test|d)\.\w+$/.test(name))
      .toSorted()
      .map((name) => readFileSync(join(path, name), 'utf8')),
  );
}

/** What was loaded does not change while a process runs, so it is read once, when first asked for. */
const VERSION = lazily((): string => {
  const { version } = createRequire(here)('xstate/package.json') as { version: string };
  return sha256(version, ...sources());
});

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** One name per machine, scope and version of everything that made the table. */
function keyOf(lifecycle: Lifecycle): string {
  return sha256(VERSION(), lifecycle.kind, scopeName(lifecycle)).slice(0, 24);
}

function cacheFolder(): string {
  return join(packageFolder(), 'node_modules', '.cache', 'dmabuf-verify');
}

/** Reads a table back, or null when there is none, or not the one that was written. */
function read(path: string, lifecycle: Lifecycle): Table | null {
  try {
    const text = readFileSync(path, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== sha256(body)) return null;
    // The hash says that this is what `write` wrote, and its name that it was for this machine.
    const found = JSON.parse(body) as Found;
    const { kind, scope, alphabet: events } = lifecycle;
    const next = Int32Array.from(found.next);
    const answer = Int32Array.from(found.answer);
    return { ...found, kind, scope, events, initial: 0, next, answer };
  } catch {
    return null;
  }
}

/** Writes a table for the next process. A cache that cannot be written is no cache, no error. */
function write(path: string, table: Table): void {
  const { states, edges, depth, answers, views, names } = table;
  const found: Found = {
    states,
    edges,
    depth,
    answers,
    views,
    names,
    next: [...table.next],
    answer: [...table.answer],
  };
  const body = JSON.stringify(found);
  const unfinished = `${path}.${process.pid}.${threadId}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, `${sha256(body)}\n${body}`);
    renameSync(unfinished, path);
  } catch {
    // The next process tabulates again.
  }
}

/** `tabulate`, remembered on disk. */
export function cachedTable(lifecycle: Lifecycle, folder: string = cacheFolder()): Table {
  const path = join(folder, `${lifecycle.kind}-${keyOf(lifecycle)}.table`);
  const known = read(path, lifecycle);
  if (known !== null) return known;
  const table = tabulate(lifecycle);
  write(path, table);
  return table;
}
