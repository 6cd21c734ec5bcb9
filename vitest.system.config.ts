import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { builtModules } from './.ci/built-modules.mjs';
import { LongFirst } from './.ci/long-first.mjs';

export default defineConfig(({ mode }) =>
  mergeConfig(builtModules(mode), {
    test: {
      include: ['**/*.system.test.ts'],
      exclude: [...configDefaults.exclude, '**/dist/**'],
      // Most of them have one thread of work for minutes: two side by side fill two cores.
      maxWorkers: 2,
      sequence: { sequencer: LongFirst },
      testTimeout: 600_000,
      hookTimeout: 600_000,
      passWithNoTests: true,
    },
  }),
);
