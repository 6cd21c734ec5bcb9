import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import { builtModules } from './.ci/built-modules.mjs';

export default defineConfig(({ mode }) =>
  mergeConfig(builtModules(mode), {
    test: {
      include: ['**/*.test.ts'],
      exclude: [
        ...configDefaults.exclude,
        '**/dist/**',
        '**/*.system.test.ts',
        '**/*.mutation.test.ts',
      ],
      // Continuous integration has two cores; more workers only make the slow tests time out.
      maxWorkers: 2,
      // No module has state that a test can change, so files of one worker share what they import:
      // it is read, and made fast, once.
      isolate: false,
      // Seeded faults bring classes of their own: code is made fast later, and thrown away less often.
      execArgv: ['--interrupt-budget=700000'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }),
);
