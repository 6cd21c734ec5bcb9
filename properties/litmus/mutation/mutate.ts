import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Mutants from './mutants.ts';
import { type Point, rewrite } from './points.ts';

/** Everything that was found out about the preemption points of `MUTATED`. */
export interface Mutation {
  readonly points: readonly Point[];
  readonly mutants: readonly Mutants.Mutant[];
}

/** The files of `impl/` whose points are silenced. */
export const MUTATED: readonly { readonly folder: string; readonly files: RegExp }[] = [
  { folder: 'dma-buf', files: /^/ },
  { folder: 'drm', files: /^syncobj/ },
];

/** Rewrites a copy of the compiled tree and silences its points, one after another. */
export async function mutateYields(
  treeRoot: string,
  onMutant: (point: Point, mutant: Mutants.Mutant) => void = () => {},
): Promise<Mutation> {
  const copy = join(projectOf(treeRoot), 'node_modules', '.cache', `yields-${process.pid}`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  try {
    for (const room of ['model', 'impl', 'properties', 'traces']) copyRoom(treeRoot, copy, room);
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }\n');
    const points = rewriteAll(join(copy, 'impl'));
    const module = pathToFileURL(join(copy, 'properties', 'litmus', 'mutation', 'mutants.js'));
    const { measureReach, tryPoint } = (await import(module.href)) as typeof Mutants; // a copy of it
    const reach = measureReach();
    const mutants = points.map((point) => {
      const mutant = tryPoint(point.number, reach);
      onMutant(point, mutant);
      return mutant;
    });
    return { points, mutants };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function copyRoom(treeRoot: string, copy: string, room: string): void {
  const from = join(treeRoot, room);
  if (!existsSync(from)) return;
  cpSync(from, join(copy, room), {
    recursive: true,
    filter: (path) => !/\.(d\.ts|map|test\.js)$/.test(path) && !path.includes(`${sep}corpus${sep}`),
  });
}

/** Every file that is mutated: no point is left out. */
function rewriteAll(root: string): Point[] {
  const points: Point[] = [];
  for (const { folder, files } of MUTATED) {
    for (const file of readdirSync(join(root, folder)).toSorted()) {
      if (!files.test(file) || !file.endsWith('.js')) continue;
      const path = join(root, folder, file);
      const rewritten = rewrite(file, readFileSync(path, 'utf8'), points.length);
      writeFileSync(path, rewritten.text);
      points.push(...rewritten.points);
    }
  }
  return points;
}

/** The folder with the packages that the tree imports. */
function projectOf(treeRoot: string): string {
  let folder = treeRoot;
  while (!existsSync(join(folder, 'node_modules', 'xstate'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no packages are installed above ${treeRoot}`);
    folder = parent;
  }
  return folder;
}
