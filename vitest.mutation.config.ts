import { defineConfig, mergeConfig } from 'vitest/config';
import { builtModules } from './.ci/built-modules.mjs';
import { keptThreads } from './.ci/kept-threads.mjs';

/** See `properties/mutation/look.ts`. */
const look = process.env.MUTATION_LOOK ?? 'first';
/** Tests of their own that belong to a look: of both folders, and of those who watch and explore them. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  first: ['impl/{kernel,dma-buf}/**/*.test.ts'],
  third: [
    'impl/{hw,uapi}/**/*.test.ts',
    'properties/{judges,run,explore/stateful}/**/*.test.ts',
    'properties/house/state-keys.test.ts',
  ],
};

/** Tests that Stryker runs on mutants: those of a look, which `npm run mutate` names. */
export default defineConfig(() =>
  mergeConfig(builtModules('built'), {
    plugins: [keptThreads()],
    test: {
      include: [`properties/mutation/${look}.mutation.test.ts`, ...(UNITS[look] ?? [])],
      isolate: false,
      testTimeout: 600_000,
      // Nobody reads what thousands of failures look like.
      reporters: [{}],
    },
  }),
);
