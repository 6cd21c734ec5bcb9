import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer } from 'vitest/node';

const root = join(import.meta.dirname, '..');

/** System tests that take more than a minute of a core, the longest one first. */
const LONG = [
  'properties/rules/late-stores.system.test.ts',
  'properties/baseline/patches/patches.system.test.ts',
  'cli/systems-killed.system.test.ts',
  'cli/versions.system.test.ts',
  'cli/explorer.system.test.ts',
  'cli/campaign-queue.system.test.ts',
  'cli/package.system.test.ts',
  'properties/check/cross-check.system.test.ts',
  'cli/show.system.test.ts',
  'cli/campaign-killed.system.test.ts',
  'cli/show-hostile.system.test.ts',
  'properties/scenarios/scenarios.system.test.ts',
];

/**
 * The order of the system tests. A fresh checkout remembers no durations, so that Vitest would go by
 * the size of files, and a long test that begins last keeps one of two cores waiting for minutes.
 */
export class LongFirst extends BaseSequencer {
  async sort(files) {
    const gone = LONG.filter((name) => !existsSync(join(root, name)));
    if (gone.length > 0) throw new Error(`.ci/long-first.mjs names no file: ${gone.join(', ')}`);
    const place = ({ moduleId }) => {
      const index = LONG.findIndex((name) => moduleId === join(root, name));
      return index < 0 ? LONG.length : index;
    };
    const others = await super.sort(files);
    return others.toSorted((one, other) => place(one) - place(other));
  }
}
