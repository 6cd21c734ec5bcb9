import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Command } from 'commander';

import { RULES } from '../model/rules/catalogue.ts';
import { check, checkOn } from '../properties/check/check.ts';
import { BUDGET_STEPS } from '../properties/check/options.ts';
import type { CheckReport, Reproduced } from '../properties/check/report.ts';
import { byLevel, type Level } from '../properties/check/reach.ts';
import { MEMORY_LITMUS } from '../properties/litmus/memory/index.ts';
import type { MemoryLitmus } from '../properties/litmus/memory/memory-litmus.ts';
import { LITMUS_IDS } from '../properties/litmus/tested-by.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { SCENARIO_IDS } from '../properties/scenarios/find.ts';
import { PROPERTIES } from '../properties/rules/registry.ts';
import { UNCHECKED } from '../properties/rules/unchecked.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { resolveFault, wholeNumber, workers, writeJson } from './arguments.ts';
import { runCheckKernel } from './check-kernel.ts';
import { checkResults } from './check-results.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { FOUND, showFindings } from './findings.ts';
import { print } from './output.ts';
import { patternComplaint } from './pattern.ts';
import { createProgress } from './progress.ts';
import { addReportOptions, type ReportFlags, reportFlag, writeReports } from './report-options.ts';

/** Of one list that a summary prints. Unit: lines. */
const LISTED_MAX = 10;

const WORKERS_HELP =
  'threads that share the work; the report is the same (default: one per processor for a whole check, else 1)';

/** A whole check gets a thread for each processor, and no more than it has work for. */
const WORKERS_MAX = 8;

interface CheckFlags extends ReportFlags {
  readonly json?: string;
  readonly seed: number;
  readonly budget: number;
  readonly workers?: number;
  readonly fault?: string;
  readonly 'kernel6.12'?: boolean;
}

/** `check [pattern]`: everything, or what belongs to the rules that match. */
export function addCheck(program: Command): void {
  addReportOptions(program.command('check'))
    .description('check the implementation against the model and the rules')
    .argument(
      '[pattern]',
      'only what belongs to rules, litmus programs or scenarios whose id contains this',
    )
    .option('--json <file>', 'write the whole report to a file')
    .option('--seed <number>', 'where random choices come from', wholeNumber, 1)
    .option('--budget <steps>', 'random steps for drawn programs', wholeNumber, BUDGET_STEPS)
    .option('--workers <number>', WORKERS_HELP, workers)
    .option('--fault <id>', 'seed a fault, by its id or as a module that exports "fault"')
    .option('--kernel-6.12', 'what Linux 6.12 itself does wrong, instead of what is built here')
    .action(async (pattern: string | undefined, flags: CheckFlags) => {
      process.exitCode = await runCheck(pattern ?? null, flags);
    });
}

async function runCheck(pattern: string | null, flags: CheckFlags): Promise<ExitCode> {
  if (flags['kernel6.12'] === true) {
    if (flags.fault !== undefined) {
      throw new WrongUse('--kernel-6.12 seeds faults of its own; expected no --fault beside it');
    }
    if (flags.workers !== undefined && flags.workers > 1) {
      throw new WrongUse(
        '--kernel-6.12 is searched by one thread; expected no --workers beside it',
      );
    }
    const flag = reportFlag(flags);
    if (flag !== null) {
      throw new WrongUse(`--kernel-6.12 is not about this code; expected no ${flag} beside it`);
    }
    return runCheckKernel(pattern, { ...flags, found: FOUND });
  }
  if (pattern !== null) checkPattern(pattern);
  const fault = flags.fault === undefined ? null : await resolveFault(flags.fault);
  const progress = createProgress(process.stderr);
  const options = {
    pattern,
    seed: flags.seed,
    budgetSteps: flags.budget,
    fault,
    progress: (text: string) => progress.show(printable(text)),
  };
  const isWhole = pattern === null && fault === null;
  const threads = flags.workers ?? (isWhole ? Math.min(WORKERS_MAX, availableParallelism()) : 1);
  const report =
    threads === 1 ? check(options) : await withCrew(threads, (crew) => checkOn(crew, options));
  progress.end();
  const shown = showFindings(report.findings);
  print(summary(report).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, report);
  await writeReports(flags, checkResults(report, shown));
  return exitCodeOf(report);
}

function checkPattern(pattern: string): void {
  const ids = PROPERTIES.flatMap(({ rules }) => [...rules]);
  const names = [...ids, ...LITMUS_IDS, ...SCENARIO_IDS];
  const complaint = patternComplaint(pattern, { names, rules: RULES, unchecked: UNCHECKED });
  if (complaint !== null) throw new WrongUse(complaint);
}

/** A finding, or a check that cannot fail, breaks a rule; a part left out is said. */
function exitCodeOf({ findings, weak, partial }: CheckReport): ExitCode {
  if (findings.length > 0 || weak.length > 0) return EXIT.broken;
  return partial.length > 0 ? EXIT.partial : EXIT.nothing;
}

function summary(report: CheckReport): string[] {
  const { rules, litmus, systems, paths, recordings, faults, matrix } = report;
  const lines: string[] = [];
  // A part of the properties, or a search that stops at once, says nothing about the whole.
  if (report.pattern === null && report.fault === null) {
    lines.push(
      `rules       ${rules.checked} of ${rules.total} checked, in families that are built`,
    );
    for (const { family, checked, total } of report.families) {
      lines.push(`  ${family.padEnd(9)} ${Math.floor((100 * checked) / total)} % of ${total}`);
    }
  }
  const levels = byLevel(report.schedules);
  for (const [index, [level, programs]] of levels.entries()) {
    const title = (index === 0 ? 'schedules' : '').padEnd(12);
    lines.push(`${title}${counted(programs, 'program')} ${underWhich(level)}`);
  }
  if (litmus.total > 0)
    lines.push(`litmus      ${litmus.reproduced} of ${litmus.total} reproduced`);
  lines.push(...memorySummary(litmus.memory, report.pattern));
  lines.push(...matrixSummary(matrix), ...scenarioSummary(report.scenarios));
  for (const { name, states, edges, depth, complete } of systems) {
    const bound = complete ? 'complete' : 'bounded';
    lines.push(`system      ${name}: ${states} states, ${edges} edges, depth ${depth}, ${bound}`);
  }
  if (paths !== null) {
    lines.push(`paths       ${paths.walked} of ${paths.transitions} transitions walked`);
  }
  if (recordings !== null) {
    const { agreed, programs, disagreed, cut } = recordings;
    const others = `${disagreed} disagree, ${cut} cut`;
    lines.push(`recordings  ${agreed} of ${programs} programs agree (${others})`);
  }
  if (faults !== null) lines.push(`faults      ${faults.caught} of ${faults.total} caught`);
  lines.push(...listed('weak', report.weak), ...listed('partial', report.partial), ending(report));
  return lines;
}

/** What was run of all schedules; beyond a level, bounded searches and chance have run some more. */
function underWhich(level: Level): string {
  if (level === 'all') return 'under every schedule';
  if (level === null) return 'under some schedules, and no level complete';
  if (level === 0) return 'under every schedule without preemptions';
  return `under every schedule with at most ${counted(level, 'preemption')}`;
}

/** Rows of the fault matrix that were played with and without their mitigation. */
function matrixSummary(matrix: CheckReport['matrix']): string[] {
  if (matrix === null) return [];
  const { shown, total } = matrix;
  return [`matrix      ${shown} of ${total} rows shown both ways`];
}

/** How programs about memory ended, and what weaker machines would do besides. */
function memorySummary(memory: CheckReport['litmus']['memory'], pattern: string | null): string[] {
  if (memory === null) return [];
  const { sc, tso, windows, notModelled } = memory;
  const text = ({ reproduced, total }: Reproduced): string => `${reproduced} of ${total}`;
  const rows: string[] = [];
  if (sc.total > 0) {
    rows.push(`${text(sc)} reproduced under sc, ${text(tso)} under tso`);
    rows.push(`weaker machines end ${notModelled} of them otherwise: not modelled`);
  }
  if (windows.total > 0) {
    rows.push(`${text(windows)} other litmus programs end in the same ways under tso`);
  }
  const lines = rows.map((row, index) => `${(index === 0 ? 'memory' : '').padEnd(12)}${row}`);
  if (pattern === null) return lines;
  const asked = MEMORY_LITMUS.filter(({ id }) => id.includes(pattern));
  return [...lines, ...asked.flatMap(weakerLines)];
}

/** What the Linux memory model allows and no world here does. */
function weakerLines({ id, notModelled }: MemoryLitmus): string[] {
  return notModelled.map(({ text, why }) => `  ${id}: not modelled: ${text} (${why})`);
}

/** How many scenarios hold, and what was run of them. */
function scenarioSummary(scenarios: CheckReport['scenarios']): string[] {
  if (scenarios === null) return [];
  const { held, total, variants, plays } = scenarios;
  const varied =
    variants === null ? '' : `; ${variants.broken} of ${counted(variants.total, 'variant')} break`;
  const rows = byLevel(plays).map(([level, count]) => {
    const how = level === null ? 'under drawn schedules' : underWhich(level);
    return `  ${counted(count, 'play')} ${how}`;
  });
  return [`scenarios   ${held} of ${total} hold${varied}`, ...rows];
}

function listed(title: string, entries: readonly string[]): string[] {
  const shown = entries
    .slice(0, LISTED_MAX)
    .map((entry) => `${title.padEnd(12)}${printable(entry)}`);
  const rest = entries.length - shown.length;
  return rest > 0 ? [...shown, `${title.padEnd(12)}… and ${rest} more (--json has all)`] : shown;
}

function ending({ findings, runs, steps, sampled, programs, seed }: CheckReport): string {
  const drawn = programs === 0 ? '' : `, ${counted(programs, 'drawn program')}`;
  const first = sampled === 0 ? '' : `, ${counted(sampled, 'run')} sampled before searches`;
  const bounds = `${counted(runs, 'run')}, ${counted(steps, 'step')}${first}${drawn}, seed ${seed}`;
  if (findings.length === 0) return `no violation within these bounds: ${bounds}`;
  return `${counted(findings.length, 'violation')} in ${bounds}`;
}
