import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scopeName, type Lifecycle } from '../../model/lifecycle.ts';
import type { Script } from './script.ts';

/** What is kept for one scene: the names of operations, and scripts that number them. */
interface KeptScene {
  readonly operations: readonly string[];
  /** Decisions: the number of an operation that is started, or `@` and a task that goes on. */
  readonly scripts: readonly string[];
}

/** What is kept, by machine. */
type Kept = Readonly<Record<string, readonly KeptScene[]>>;

export type KeptScript = Pick<Script, 'scene' | 'decisions'>;

/** The file lies beside the sources, for the compiled program as well. */
const path: string = fileURLToPath(import.meta.url).replace(
  /(?:dist[\\/])?properties[\\/]paths[\\/]kept\.\w+$/,
  'properties/paths/kept.json',
);

const nameOf = (lifecycle: Lifecycle): string => `${lifecycle.kind} ${scopeName(lifecycle)}`.trim();

/** The scripts that were found for a machine; none when it is new. */
export function keptScripts(lifecycle: Lifecycle): readonly KeptScript[] {
  if (!existsSync(path)) return [];
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept; // written by `keep`
  return (kept[nameOf(lifecycle)] ?? []).flatMap(({ operations, scripts }, scene) =>
    scripts.map((line) => ({
      scene,
      decisions: line.split(' ').map((text) => operations[Number(text)] ?? text),
    })),
  );
}

/** Writes the scripts of all machines. */
export function keep(found: ReadonlyMap<Lifecycle, readonly KeptScript[]>): void {
  const kept: Record<string, readonly KeptScene[]> = {};
  for (const [lifecycle, scripts] of found) kept[nameOf(lifecycle)] = scenesOf(scripts);
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
}

function scenesOf(scripts: readonly KeptScript[]): readonly KeptScene[] {
  const count = Math.max(...scripts.map(({ scene }) => scene)) + 1;
  return Array.from({ length: count }, (_, number) => {
    const mine = scripts.filter(({ scene }) => scene === number);
    const texts = mine.flatMap(({ decisions }) => decisions);
    const operations = [...new Set(texts.filter((text) => !text.startsWith('@')))].toSorted();
    const numbers = new Map(operations.map((name, index) => [name, String(index)]));
    const lines = mine.map(({ decisions }) =>
      decisions.map((text) => numbers.get(text) ?? text).join(' '),
    );
    return { operations, scripts: lines.toSorted() };
  });
}
