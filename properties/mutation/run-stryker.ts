import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { EXCLUDED_MUTATIONS } from './enumerate.ts';
import type { Look } from './look.ts';
import { type Mutant, rangeOf, siteOf } from './mutant.ts';
import { type Batch, BATCH_OPTION, CHECKER, REPORTER } from './stryker-plugins.ts';

export interface StrykerRun {
  readonly root: string;
  readonly mutants: readonly Mutant[];
  readonly look: Look;
  /** Outcomes are added to it, a line for each mutant, as soon as they are known. */
  readonly file: string;
  readonly concurrency: number;
}

/** What is generated was copied; types are broken by mutants, and nobody asks for them. No shell runs it. */
const BUILD = 'tsc --noCheck --types null --declaration false --isolatedDeclarations false';
/** Machines may be busy with other things: what is slow is not yet endless. */
const TIMEOUT_MS = 40_000;
const TIMEOUT_FACTOR = 4;
const DRY_RUN_MINUTES = 60;

/** Runs Stryker over these mutants alone. */
export async function runStryker(run: StrykerRun): Promise<void> {
  // Workers of Stryker, and vitest's in them, inherit it; see `vitest.mutation.config.ts`.
  process.env['MUTATION_LOOK'] = run.look;
  await new Stryker(optionsOf(run)).runMutationTest();
}

function optionsOf({ root, mutants, look, file, concurrency }: StrykerRun): PartialStrykerOptions {
  const keys = Object.fromEntries(mutants.map((mutant) => [siteOf(mutant), mutant.key]));
  const batch: Batch = { look, file, keys };
  return {
    testRunner: 'vitest',
    vitest: { configFile: 'vitest.mutation.config.ts', related: false },
    plugins: [
      fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner')),
      join(root, 'dist', 'properties', 'mutation', 'stryker-plugins.js'),
    ],
    checkers: [CHECKER],
    reporters: ['progress-append-only', REPORTER],
    [BATCH_OPTION]: batch,
    mutate: mutants.map(rangeOf),
    mutator: { plugins: null, excludedMutations: [...EXCLUDED_MUTATIONS] },
    // Outside of the checkout, whose tests and linters would take the copy for a part of it.
    tempDirName: join(tmpdir(), 'dmabuf-verify-mutation'),
    coverageAnalysis: 'perTest',
    // TypeScript 7 has no compiler API: Stryker must find no configuration that it would rewrite.
    tsconfigFile: 'there-is-none.json',
    buildCommand: BUILD,
    ignorePatterns: ['dist', '.mutation', 'bench/peers', 'traces/found'],
    concurrency,
    timeoutMS: TIMEOUT_MS,
    timeoutFactor: TIMEOUT_FACTOR,
    dryRunTimeoutMinutes: DRY_RUN_MINUTES,
    thresholds: { high: 95, low: 85, break: null },
    warnings: false,
    allowConsoleColors: false,
  };
}
