import { defineConfig, mergeConfig } from 'vitest/config';
import { builtModules } from './.ci/built-modules.mjs';
import { keptThreads } from './.ci/kept-threads.mjs';

/** See `properties/mutation/look.ts`. */
const look = process.env.MUTATION_LOOK ?? 'first';
const units = look === 'first' ? ['impl/{kernel,dma-buf}/**/*.test.ts'] : [];

/** Tests that Stryker runs on mutants: those of a look, which `npm run mutate` names. */
export default defineConfig(() =>
  mergeConfig(builtModules('built'), {
    plugins: [keptThreads()],
    test: {
      include: [`properties/mutation/${look}.mutation.test.ts`, ...units],
      isolate: false,
      testTimeout: 600_000,
      // Nobody reads what thousands of failures look like.
      reporters: [{}],
    },
  }),
);
