import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/**
 * For vitest's `--mode built`: tests import what `npm run build` wrote, which Node loads by itself.
 * Nothing but the tests is transformed, and hot code runs as it does for users. Without that mode
 * tests import the sources, so that one test runs after a change and needs no build.
 */
export function builtModules(mode) {
  if (mode !== 'built') return {};
  return {
    plugins: [{ name: 'built-modules', enforce: 'pre', resolveId: builtOf }],
    test: {
      server: { deps: { external: [/\/dist\/.*\.js$/] } },
      // For tests that write modules: those import the same files.
      env: { TESTED_FILES: 'built' },
    },
  };
}

/** The built file of a source that a test imports. */
function builtOf(source, importer) {
  if (importer === undefined || !/^\.{1,2}\/.*(?<!\.test)\.ts$/.test(source)) return null;
  const path = relative(root, resolve(dirname(importer), source));
  const built = join(dist, path.replace(/ts$/, 'js'));
  if (!existsSync(built)) throw new Error(`${built} is missing; npm run build writes it`);
  return built;
}
