import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@stryker-mutator/api/logging';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { ASSERTIONS } from './assertions.ts';
import type { Mutant } from './mutant.ts';

const FOLDERS = ['impl/kernel', 'impl/dma-buf'];
/** Files that hold message texts and nothing else. */
const TEXTS = new Set(['impl/kernel/lockdep-text.ts']);
/** Labels of cells and locks, names of objects, and messages: no behaviour of a kernel. */
export const EXCLUDED_MUTATIONS: readonly string[] = ['StringLiteral'];

/** Long code is named by its beginning: the rest says little more. */
const SNIPPET_MAX = 72;

/** Every mutant that Stryker makes of `impl/kernel` and `impl/dma-buf`, asserts and texts left out. */
export async function enumerateMutants(root: string): Promise<readonly Mutant[]> {
  const files = FOLDERS.flatMap((folder) => sourcesIn(root, folder)).map((name) => ({
    name,
    mutate: true,
    content: readFileSync(join(root, name), 'utf8'),
  }));
  const { mutants } = await new Instrumenter(SILENT).instrument(files, {
    excludedMutations: [...EXCLUDED_MUTATIONS],
    ignorers: [ASSERTIONS],
    plugins: null,
  });
  const lines = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const taken = new Map<string, number>();
  return mutants
    .filter(({ status }) => status === undefined)
    .map(({ fileName, location: { start, end }, mutatorName, replacement }) => {
      const location = {
        start: { line: start.line + 1, column: start.column },
        end: { line: end.line + 1, column: end.column },
      };
      const original = textOf(lines.get(fileName) ?? [], location);
      const named = `${fileName} ${mutatorName}: ${snippet(original)} → ${snippet(replacement)}`;
      const before = taken.get(named) ?? 0;
      taken.set(named, before + 1);
      const key = before === 0 ? named : `${named} #${before + 1}`;
      return { key, file: fileName, mutator: mutatorName, replacement, location };
    });
}

function sourcesIn(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .filter((name) => !TEXTS.has(name))
    .toSorted();
}

/** The code at a place, whose line breaks are those of the file. */
function textOf(lines: readonly string[], { start, end }: Mutant['location']): string {
  const part = lines.slice(start.line - 1, end.line);
  const last = part.length - 1;
  return part
    .map((line, index) => (index === last ? line.slice(0, end.column) : line))
    .map((line, index) => (index === 0 ? line.slice(start.column) : line))
    .join('\n');
}

function snippet(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ').trim();
  return line.length <= SNIPPET_MAX ? line : `${line.slice(0, SNIPPET_MAX - 1)}…`;
}

const quiet = (): void => {};
const never = (): boolean => false;

/** The instrumenter counts aloud. */
const SILENT: Logger = {
  isTraceEnabled: never,
  isDebugEnabled: never,
  isInfoEnabled: never,
  isWarnEnabled: never,
  isErrorEnabled: never,
  isFatalEnabled: never,
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  fatal: quiet,
};
