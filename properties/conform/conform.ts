import type { StackTypes } from '../../impl/stack.ts';
import { completions, suppliedFor } from './left-out.ts';
import type { Operation } from './operation.ts';
import { readRecording, type RecordedProgram, type RecordingError } from './recording.ts';
import { type Mismatch, prepareProgram, Replay, type Replayed, type Step } from './replay.ts';

/** Counts of operations. `total` includes what no program reached. */
export interface OperationCounts {
  agreed: number;
  reached: number;
  total: number;
}

/** Counts of programs, and of the operations in them. */
export interface ProgramCounts {
  programs: number;
  agreed: number;
  disagreed: number;
  cut: number;
  readonly operations: OperationCounts;
}

/** A mismatch, with the program that shows it. */
export interface Difference extends Mismatch {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly kernel: string;
  readonly theme: string;
  readonly seed: number | string;
}

/** A program of which the recording does not say what its threads ran, and what fits. */
export interface Completed {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly supplied: string;
}

/** How the implementation compares with recordings of real kernels. */
export interface ConformReport extends ProgramCounts {
  readonly byTheme: Record<string, ProgramCounts>;
  /** How many programs each operation that is not built has cut. */
  readonly cutBy: Record<string, number>;
  readonly differences: readonly Difference[];
  /** Programs that agree with operations which the recording leaves out, found by trying. */
  readonly completed: readonly Completed[];
  /** Files that were not used, with the first thing that is wrong in each. */
  readonly errors: readonly RecordingError[];
}

export interface ConformOptions {
  /** The classes of the stack; the intact ones by default. */
  readonly types?: StackTypes;
  /** What the replayer can perform; everything that is built by default. */
  readonly operations?: ReadonlyMap<string, Operation>;
}

interface Prepared {
  readonly program: RecordedProgram;
  readonly steps: readonly Step[];
}

function noCounts(): ProgramCounts {
  const operations = { agreed: 0, reached: 0, total: 0 };
  return { programs: 0, agreed: 0, disagreed: 0, cut: 0, operations };
}

/** Replays every program of every file, each in a world of its own. */
export function conform(files: readonly string[], options: ConformOptions = {}): ConformReport {
  const total = noCounts();
  const byTheme: Record<string, ProgramCounts> = {};
  const cutBy: Record<string, number> = {};
  const differences: Difference[] = [];
  const completed: Completed[] = [];
  const errors: RecordingError[] = [];
  for (const file of files) {
    const prepared = prepareFile(file, options);
    if (!Array.isArray(prepared)) {
      errors.push(prepared);
      continue;
    }
    for (const [index, { program, steps }] of prepared.entries()) {
      const { kernel, theme, seed, ops } = program;
      const { supplied, ...replayed } = replay({ program, steps }, options);
      if (supplied !== null) completed.push({ file, line: index + 1, supplied });
      const ofTheme = (byTheme[theme] ??= noCounts());
      for (const counts of [total, ofTheme]) {
        counts.programs += 1;
        if (replayed.verdict === 'agrees') counts.agreed += 1;
        else if (replayed.verdict === 'cut') counts.cut += 1;
        else counts.disagreed += 1;
        counts.operations.agreed += replayed.agreed;
        counts.operations.reached += replayed.reached;
        counts.operations.total += ops.length;
      }
      if (replayed.cutBy !== null) cutBy[replayed.cutBy] = (cutBy[replayed.cutBy] ?? 0) + 1;
      if (replayed.mismatch === null) continue;
      differences.push({ file, line: index + 1, kernel, theme, seed, ...replayed.mismatch });
    }
  }
  return { ...total, byTheme, cutBy, differences, completed, errors };
}

/** Runs a program; one that lacks what threads ran is completed in some way that agrees, if any does. */
function replay(
  { program, steps }: Prepared,
  { types, operations }: ConformOptions,
): Replayed & { readonly supplied: string | null } {
  for (const candidate of completions(program)) {
    const completed = prepareProgram(candidate, operations);
    if (typeof completed === 'string') continue;
    const replayed = new Replay(candidate, completed, types).run();
    const supplied = suppliedFor(program, candidate);
    if (replayed.verdict === 'agrees') return { ...replayed, supplied };
  }
  return { ...new Replay(program, steps, types).run(), supplied: null };
}

/** What several reports say together. */
export function inAll(reports: readonly ConformReport[]): ConformReport {
  const total = noCounts();
  const byTheme: Record<string, ProgramCounts> = {};
  const cutBy: Record<string, number> = {};
  for (const report of reports) {
    addTo(total, report);
    for (const [theme, counts] of Object.entries(report.byTheme)) {
      addTo((byTheme[theme] ??= noCounts()), counts);
    }
    for (const [operation, count] of Object.entries(report.cutBy)) {
      cutBy[operation] = (cutBy[operation] ?? 0) + count;
    }
  }
  const differences = reports.flatMap((report) => report.differences);
  const completed = reports.flatMap((report) => report.completed);
  const errors = reports.flatMap((report) => report.errors);
  return { ...total, byTheme, cutBy, differences, completed, errors };
}

function addTo(
  sum: ProgramCounts,
  { programs, agreed, disagreed, cut, operations }: ProgramCounts,
): void {
  sum.programs += programs;
  sum.agreed += agreed;
  sum.disagreed += disagreed;
  sum.cut += cut;
  sum.operations.agreed += operations.agreed;
  sum.operations.reached += operations.reached;
  sum.operations.total += operations.total;
}

function prepareFile(file: string, options: ConformOptions): Prepared[] | RecordingError {
  const recording = readRecording(file);
  if (recording.kind === 'error') return recording.error;
  const prepared: Prepared[] = [];
  for (const [index, program] of recording.programs.entries()) {
    const steps = prepareProgram(program, options.operations);
    if (typeof steps === 'string') return { file, line: index + 1, message: steps };
    prepared.push({ program, steps });
  }
  return prepared;
}
