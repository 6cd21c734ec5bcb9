import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Command } from 'commander';

import { existsSync } from 'node:fs';
import { acceptedBaseline } from '../properties/baseline/accepted.ts';
import { type Audit, auditOn } from '../properties/baseline/audit.ts';
import type { Baseline } from '../properties/baseline/baseline.ts';
import { ownBaseline, readBaseline, writeBaseline } from '../properties/baseline/baseline-file.ts';
import { keepTrace } from '../properties/baseline/kept-traces.ts';
import { auditSince } from '../properties/baseline/since/audit-since.ts';
import { packageFolder } from '../model/package-folder.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { printable } from '../traces/printable.ts';
import { wholeNumber, workers, writeJson } from './arguments.ts';
import { auditResults } from './audit-results.ts';
import { auditText } from './audit-text.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { showFindings } from './findings.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { addReportOptions, type ReportFlags, writeReports } from './report-options.ts';

/** More threads do not help: there are not so many long batches. */
const WORKERS_MAX = 8;

interface AuditFlags extends ReportFlags {
  readonly baseline?: string;
  readonly accept?: boolean;
  readonly full?: boolean;
  readonly since?: string;
  readonly json?: string;
  readonly seed: number;
  readonly workers?: number;
}

/** `audit`: what a change did to everything that is guaranteed. */
export function addAudit(program: Command): void {
  addReportOptions(program.command('audit'))
    .description('say what a change of the model or the implementation did to the guarantees')
    .option('--baseline <file>', 'compare with this (default: properties/baseline.json)')
    .option('--accept', 'make what is seen now the new baseline')
    .option('--full', 'search for every fault of the catalogue, also where its kept trace fails')
    .option(
      '--since <commit>',
      'only what is near the changes since a commit; the rest is carried over',
    )
    .option('--json <file>', 'write everything to a file')
    .option('--seed <number>', 'where random choices come from', wholeNumber, 1)
    .option('--workers <number>', 'threads that share the work; the result is the same', workers)
    .action(async (flags: AuditFlags) => {
      process.exitCode = await runAudit(flags);
    });
}

async function runAudit(flags: AuditFlags): Promise<ExitCode> {
  const since = sinceOf(flags);
  const file = flags.baseline ?? ownBaseline();
  // Who accepts may be the first one.
  const before = flags.accept === true ? readOrNull(file) : readBaseline(file);
  const progress = createProgress(process.stderr);
  const options = {
    seed: flags.seed,
    progress: (text: string) => progress.show(printable(text)),
  };
  const threads = flags.workers ?? Math.min(WORKERS_MAX, availableParallelism());
  const audit = await withCrew(threads, (crew) =>
    since === null || before === null
      ? auditOn(crew, before, { ...options, isFull: flags.full === true })
      : auditSince(crew, before, { ...options, ...since }),
  );
  progress.end();
  const shown = showFindings(audit.report.findings);
  print(auditText(audit).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, audit);
  await writeReports(flags, auditResults(audit, shown));
  if (flags.accept === true) return accept(file, audit, before);
  return audit.verdict === 'unchanged' ? EXIT.nothing : EXIT.broken;
}

/** What was not run again cannot be accepted, and is not searched for faults. */
function sinceOf({ since, accept, full }: AuditFlags): { root: string; ref: string } | null {
  if (since === undefined) return null;
  if (accept === true || full === true) {
    throw new WrongUse(
      '--since leaves most of it out; expected neither --accept nor --full beside it',
    );
  }
  return { root: packageFolder(), ref: since };
}

/** Nothing to go by is no mistake when the first baseline is made. */
function readOrNull(file: string): Baseline | null {
  return existsSync(file) ? readBaseline(file) : null;
}

/** A broken rule is nothing to be content with. */
function accept(
  file: string,
  { verdict, observed, kept }: Audit,
  before: Baseline | null,
): ExitCode {
  if (verdict === 'broken') {
    throw new WrongUse('a broken rule is not accepted; mend it, or change the rule');
  }
  writeBaseline(file, acceptedBaseline(before, observed));
  for (const { caughtBy, trace } of kept) {
    if (caughtBy !== null && trace !== null) keepTrace(trace);
  }
  print(`accepted    ${file}`);
  return EXIT.nothing;
}
