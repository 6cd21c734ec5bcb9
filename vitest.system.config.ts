import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.system.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**'],
    // These tests start compilers, model checkers and whole suites, so one at a time.
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    passWithNoTests: true,
  },
});
