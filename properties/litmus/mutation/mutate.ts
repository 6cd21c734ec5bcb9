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

/** Files of impl/dma-buf whose windows have litmus programs. */
const COVERED = /^(dma-fence|dma-fence-array|fence-[a-z-]+|sync-files?|sync-file-ioctls)\.js$/;

/** Everything that was found out about the preemption points of impl/dma-buf. */
export interface Mutation {
  readonly points: readonly Point[];
  readonly mutants: readonly Mutants.Mutant[];
  /** Points of files without litmus programs, by file. */
  readonly uncovered: ReadonlyMap<string, number>;
}

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
    const { points, uncovered } = rewriteAll(join(copy, 'impl', 'dma-buf'));
    const module = pathToFileURL(join(copy, 'properties', 'litmus', 'mutation', 'mutants.js'));
    const { measureReach, tryPoint } = (await import(module.href)) as typeof Mutants; // a copy of it
    const reach = measureReach();
    const mutants = points.map((point) => {
      const mutant = tryPoint(point.number, reach);
      onMutant(point, mutant);
      return mutant;
    });
    return { points, mutants, uncovered };
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

function rewriteAll(folder: string): { points: Point[]; uncovered: Map<string, number> } {
  const points: Point[] = [];
  const uncovered = new Map<string, number>();
  for (const file of readdirSync(folder).toSorted()) {
    const path = join(folder, file);
    const rewritten = rewrite(file, readFileSync(path, 'utf8'), points.length);
    if (COVERED.test(file)) {
      writeFileSync(path, rewritten.text);
      points.push(...rewritten.points);
    } else if (rewritten.points.length > 0) {
      uncovered.set(file, rewritten.points.length);
    }
  }
  return { points, uncovered };
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
