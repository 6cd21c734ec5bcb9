import { runBatches } from '../parallel/batches.ts';
import type { Crew } from '../parallel/crew.ts';
import { versions } from '../versions.ts';
import { coverage, type RuleStatus } from './coverage.ts';
import { CHECK_DEFAULTS, type CheckOptions } from './options.ts';
import { explain } from './found.ts';
import type { CheckReport, FamilyReport, Met, Reported, StageResult } from './report.ts';
import { type DrawnResult, DrawnStage } from './stage-drawn.ts';
import { checkLitmus, type LitmusStage } from './stage-litmus.ts';
import { checkMemory, type MemoryStage } from './stage-memory.ts';
import { checkPaths, type PathsStage } from './stage-paths.ts';
import { PropertiesStage, type PropertiesResult } from './stage-properties.ts';
import { checkRecordings, type RecordingsStage } from './stage-recordings.ts';
import { checkModel, type SystemsStage } from './stage-systems.ts';

/** What the stages found; those that were not asked for are missing. */
export interface Stages {
  readonly properties: PropertiesResult;
  readonly litmus: LitmusStage | null;
  readonly memory: MemoryStage | null;
  readonly paths: PathsStage | null;
  readonly recordings: RecordingsStage | null;
  readonly drawn: DrawnResult | null;
  readonly model: SystemsStage | null;
}

/** Every stage but the first, not run. */
const NONE: Omit<Stages, 'properties'> = {
  litmus: null,
  memory: null,
  paths: null,
  recordings: null,
  drawn: null,
  model: null,
};

/** So many findings get a counterexample: each costs a search of its own. */
const EXPLAINED_MAX = 5;

/**
 * The main job: every property, litmus program, recording, table and drawn program, or what a
 * pattern picks of them. What is not said is as `CHECK_DEFAULTS` has it.
 */
export function check(asked: Partial<CheckOptions> = {}): CheckReport {
  const options = { ...CHECK_DEFAULTS, ...asked };
  return toReport(options, runStages(options));
}

/** The same with worker threads, and the same report. */
export async function checkOn(crew: Crew, asked: Partial<CheckOptions> = {}): Promise<CheckReport> {
  const options = { ...CHECK_DEFAULTS, ...asked };
  const stages = stagesOf(options, true);
  for (;;) {
    const { done, value } = stages.next();
    if (done === true) return toReport(options, value);
    // Each kind of stage has jobs and results of its own.
    if (value.kind === 'drawn') await crew.run(value);
    else await crew.run(value);
  }
}

/**
 * What was met, the telling ones first: the fewer rules a finding names, the more it says. Each
 * judge speaks about each set of rules once before any of them repeats itself.
 */
export function byTelling(met: readonly Met[]): readonly Met[] {
  const rank = ({ finding, failure }: Met): number =>
    (failure === null ? 1000 : 0) +
    (finding.rules.length === 0 ? 100 : finding.rules.length) +
    (FURTHER[finding.judge] ?? 0);
  const sorted = met.toSorted((first, second) => rank(first) - rank(second));
  const seen = new Set<string>();
  const fresh: Met[] = [];
  const again: Met[] = [];
  for (const one of sorted) {
    const key = `${one.finding.judge} ${one.finding.rules.join(' ')}`;
    (seen.has(key) ? again : fresh).push(one);
    seen.add(key);
  }
  return [...fresh, ...again];
}

/** What a judge sees shrinks further than what a claim says; trace points only show effects. */
const FURTHER: Readonly<Record<string, number>> = { property: 0.5, 'trace points': 2 };

/** Shrinks the most telling findings to counterexamples; the smallest comes first. */
function explainAll(met: readonly Met[], { fault, progress }: CheckOptions): Reported[] {
  let left = EXPLAINED_MAX;
  const reported = byTelling(met).map(({ finding, source, failure }): Reported => {
    if (failure === null || left === 0) return { finding, source, trace: null };
    left -= 1;
    progress(`shrinking what ${source} found`);
    return { finding, source, trace: explain(failure, fault) };
  });
  const size = ({ trace }: Reported): number => trace?.verdict.shrunk.steps ?? Infinity;
  return reported.toSorted((first, second) => compare(size(first), size(second)));
}

function compare(first: number, second: number): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** The stages one after the other, all of them here. */
export function runStages(options: CheckOptions, isQuickEnough = true): Stages {
  const stages = stagesOf(options, isQuickEnough);
  for (;;) {
    const { done, value } = stages.next();
    if (done === true) return value;
    if (value.kind === 'drawn') runBatches(value);
    else runBatches(value);
  }
}

/**
 * What workers can help with is yielded, and is done when the stages go on. With a fault the search
 * ends with the first stage that finds something. A quick look at every property comes first,
 * since that is enough for most faults.
 */
function* stagesOf(
  options: CheckOptions,
  isQuickEnough: boolean,
): Generator<PropertiesStage | DrawnStage, Stages, void> {
  if (options.fault !== null && isQuickEnough) {
    const quick = new PropertiesStage(options, true);
    yield quick;
    const properties = quick.result();
    const isOwn = ({ finding, source }: Met): boolean =>
      finding.rules.some((rule) => rule === source);
    if (properties.findings.some(isOwn)) {
      return { properties, ...NONE };
    }
  }
  const full = new PropertiesStage(options, false);
  yield full;
  const properties = full.result();
  const isSearching = options.fault !== null;
  const isFound = (stage: StageResult | null): boolean =>
    isSearching && stage !== null && stage.findings.length > 0;
  const stages = { properties, ...NONE };
  if (isFound(properties)) return stages;
  const litmus = checkLitmus(options);
  if (isFound(litmus)) return { ...stages, litmus };
  const memory = checkMemory(options);
  // A pattern names rules or litmus programs: the rest is about neither.
  if (isFound(memory) || options.pattern !== null) return { ...stages, litmus, memory };
  const recordings = checkRecordings(options);
  if (isFound(recordings)) return { ...stages, litmus, memory, recordings };
  const paths = checkPaths(options);
  if (isFound(paths)) return { ...stages, litmus, memory, recordings, paths };
  const drawing = new DrawnStage(options);
  yield drawing;
  const drawn = drawing.result();
  // A seeded fault is one of the implementation: the model knows nothing of it.
  const model = isSearching ? null : checkModel(options);
  return { properties, litmus, memory, paths, recordings, drawn, model };
}

function toReport(options: CheckOptions, stages: Stages): CheckReport {
  const { properties, litmus, memory, paths, recordings, drawn, model } = stages;
  const run: StageResult[] = [properties, litmus, memory, paths, recordings, drawn, model].filter(
    (stage) => stage !== null,
  );
  const ruleStates = coverage(properties.evidence);
  const built = ruleStates.filter(({ state }) => state !== 'notModelled');
  const checked = built.filter(({ state }) => state === 'checked').length;
  const { faultsTried, faultsCaught } = properties;
  return {
    versions: versions(),
    seed: options.seed,
    pattern: options.pattern,
    fault: options.fault?.id ?? null,
    rules: { total: built.length, checked, unchecked: built.length - checked },
    families: byFamily(built),
    ruleStates,
    litmus: {
      total: litmus?.total ?? 0,
      reproduced: litmus?.reproduced ?? 0,
      memory: memory?.memory ?? null,
    },
    systems: model?.systems ?? [],
    paths: paths?.paths ?? null,
    recordings: recordings?.recordings ?? null,
    faults: options.fault === null ? { total: faultsTried.size, caught: faultsCaught.size } : null,
    schedules: properties.reach,
    programs: drawn?.programs ?? 0,
    runs: sum(run, ({ runs }) => runs),
    steps: sum(run, ({ steps }) => steps),
    sampled: sum(run, ({ sampled = 0 }) => sampled),
    findings: explainAll(
      run.flatMap(({ findings }) => findings),
      options,
    ),
    weak: run.flatMap(({ weak }) => weak),
    partial: run.flatMap(({ partial }) => partial),
  };
}

function byFamily(rules: readonly RuleStatus[]): FamilyReport[] {
  const families = new Map<string, { total: number; checked: number }>();
  for (const { family, state } of rules) {
    const entry = families.get(family) ?? { total: 0, checked: 0 };
    entry.total += 1;
    if (state === 'checked') entry.checked += 1;
    families.set(family, entry);
  }
  return [...families].map(([family, counts]) => ({ family, ...counts }));
}

function sum(stages: readonly StageResult[], of: (stage: StageResult) => number): number {
  let total = 0;
  for (const stage of stages) total += of(stage);
  return total;
}
