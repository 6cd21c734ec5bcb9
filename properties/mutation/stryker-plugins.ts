import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Checker, CheckStatus, type CheckResult } from '@stryker-mutator/api/check';
import type {
  Location,
  Mutant as StrykerMutant,
  MutantResult,
  StrykerOptions,
} from '@stryker-mutator/api/core';
import {
  commonTokens,
  declareClassPlugin,
  type Plugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import type { Reporter } from '@stryker-mutator/api/report';
import type { Entry } from './ledger.ts';
import { type Look, LOOKS } from './look.ts';
import { siteOf } from './mutant.ts';

/** The names of the plugins, and of the option that tells them about the batch. */
export const CHECKER = 'only-drawn';
export const REPORTER = 'ledger';
export const BATCH_OPTION = 'batchOfMutants';

/** What the plugins have to know; options of Stryker are data. */
export interface Batch {
  readonly look: Look;
  /** Where outcomes are written, a line for each. */
  readonly file: string;
  /** The keys of the mutants that were drawn, by their sites. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * Stryker takes ranges of code, and makes every mutant within them; this checker lets only those
 * pass that were drawn. Checkers are Stryker's own way to keep a mutant from being run.
 */
class OnlyDrawn implements Checker {
  static readonly inject = tokens(commonTokens.options);
  private readonly batch: Batch;

  constructor(options: StrykerOptions) {
    this.batch = batchOf(options);
  }

  async init(): Promise<void> {}

  check(mutants: StrykerMutant[]): Promise<Record<string, CheckResult>> {
    const passed: CheckResult = { status: CheckStatus.Passed };
    const left: CheckResult = { status: CheckStatus.CompileError, reason: 'not drawn' };
    const results = mutants.map(({ id, ...mutant }) => {
      const site = siteHere(mutant, { line: 1, column: 0 });
      return [id, this.batch.keys[site] === undefined ? left : passed] as const;
    });
    return Promise.resolve(Object.fromEntries(results));
  }

  group(mutants: StrykerMutant[]): Promise<string[][]> {
    return Promise.resolve([mutants.map(({ id }) => id)]);
  }
}

/** Writes each outcome down at once: what was run is known, whenever the run is cut short. */
class LedgerReporter implements Reporter {
  static readonly inject = tokens(commonTokens.options);
  private readonly batch: Batch;

  constructor(options: StrykerOptions) {
    this.batch = batchOf(options);
  }

  onMutantTested({ status, killedBy, coveredBy, ...mutant }: Readonly<MutantResult>): void {
    const { look, keys, file } = this.batch;
    const key = keys[siteHere(mutant, { line: 0, column: -1 })];
    if (key === undefined) return;
    const [killer] = killedBy ?? [];
    const entry: Omit<Entry, 'status'> & { readonly status: string } = {
      key,
      look,
      status,
      killedBy: killer === undefined ? null : killer.slice(killer.indexOf('#') + 1),
      covered: coveredBy?.length ?? 0,
    };
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  }
}

function batchOf({ [BATCH_OPTION]: batch }: StrykerOptions): Batch {
  if (!isBatch(batch)) throw new Error(`the option ${BATCH_OPTION} is missing`);
  return batch;
}

function isBatch(batch: unknown): batch is Batch {
  if (typeof batch !== 'object' || batch === null) return false;
  if (!('look' in batch && 'file' in batch && 'keys' in batch)) return false;
  const isLook = LOOKS.some((look) => look === batch.look);
  return isLook && typeof batch.file === 'string' && typeof batch.keys === 'object';
}

type Found = Pick<MutantResult, 'fileName' | 'mutatorName' | 'replacement' | 'location'>;

/** Stryker counts both from 0 where mutants are checked, both from 1 in results; ranges are as ours. */
function siteHere(
  { fileName, mutatorName, replacement, location: { start, end } }: Found,
  shift: Location['start'],
): string {
  const moved = ({ line, column }: Location['start']): Location['start'] => ({
    line: line + shift.line,
    column: column + shift.column,
  });
  const file = relative(process.cwd(), fileName);
  const location = { start: moved(start), end: moved(end) };
  return siteOf({ file, mutator: mutatorName, replacement, location });
}

export const strykerPlugins: readonly Plugin<PluginKind>[] = [
  declareClassPlugin(PluginKind.Checker, CHECKER, OnlyDrawn),
  declareClassPlugin(PluginKind.Reporter, REPORTER, LedgerReporter),
];
