import { matrixShown } from '../fault-matrix/shown.ts';
import { type Batches, runBatches } from '../parallel/batches.ts';
import type { Crew } from '../parallel/crew.ts';
import type { PartKind } from '../parallel/jobs.ts';
import { versions } from '../versions.ts';
import { coverage, type RuleStatus } from './coverage.ts';
import { CHECK_DEFAULTS, type CheckOptions } from './options.ts';
import { explain } from './found.ts';
import type { CheckReport, FamilyReport, Met, Reported, StageResult } from './report.ts';
import { type DrawnResult, DrawnStage } from './stage-drawn.ts';
import { type LitmusResult, WindowsStage } from './stage-litmus.ts';
import { type MemoryResult, MemoryStage } from './stage-memory.ts';
import { type PathsResult, PathsStage } from './stage-paths.ts';
import { type Look, PropertiesStage, type PropertiesResult } from './stage-properties.ts';
import { type RecordingsResult, RecordingsStage } from './stage-recordings.ts';
import { ScenariosStage, type ScenariosResult } from './stage-scenarios.ts';
import { type SystemsResult, SystemsStage } from './stage-systems.ts';

/** What the stages found; those that were not asked for are missing. */
export interface Stages {
  readonly properties: PropertiesResult;
  readonly litmus: LitmusResult | null;
  readonly memory: MemoryResult | null;
  readonly scenarios: ScenariosResult | null;
  readonly paths: PathsResult | null;
  readonly recordings: RecordingsResult | null;
  readonly drawn: DrawnResult | null;
  readonly model: SystemsResult | null;
}

/** Every stage but the first, not run. */
const NONE: Omit<Stages, 'properties'> = {
  litmus: null,
  memory: null,
  scenarios: null,
  paths: null,
  recordings: null,
  drawn: null,
  model: null,
};

/** So many findings get a counterexample: each costs a search of its own. */
const EXPLAINED_MAX = 5;

/**
 * The main job: every property, litmus program, scenario, recording, table and drawn program, or what a
 * pattern picks of them. What is not said is as `CHECK_DEFAULTS` has it.
 */
export function check(asked: Partial<CheckOptions> = {}): CheckReport {
  const options = { ...CHECK_DEFAULTS, ...asked };
  return toReport(options, runStages(options));
}

/** The same with worker threads, and the same report. */
export async function checkOn(crew: Crew, asked: Partial<CheckOptions> = {}): Promise<CheckReport> {
  const options = { ...CHECK_DEFAULTS, ...asked };
  return toReport(options, await runStagesOn(crew, options));
}

/** The stages of a check, several of them at a time. */
export async function runStagesOn(crew: Crew, options: CheckOptions): Promise<Stages> {
  const stages = stagesOf(options, true);
  for (;;) {
    const { done, value } = stages.next();
    if (done === true) return value;
    await Promise.all(value.map((stage) => stage.runOn(crew)));
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
    for (const stage of value) stage.runOn({ run: runBatches });
  }
}

/** Who does batches: this thread, which is done when it returns, or several, which promise to. */
interface Runner<Done> {
  run<Kind extends PartKind>(batches: Batches<Kind>): Done;
}

/** A stage that is to be run; each kind has jobs and results of its own. */
interface Ready {
  runOn<Done>(runner: Runner<Done>): Done;
}

function ready<Kind extends PartKind>(stage: Batches<Kind>): Ready {
  return { runOn: (runner) => runner.run(stage) };
}

type Search = Generator<readonly Ready[], Stages, void>;

/**
 * Stages that may run side by side are yielded together, and are done when this goes on. The search
 * for a fault ends with the first stage that finds something.
 */
function stagesOf(options: CheckOptions, isQuickEnough: boolean): Search {
  if (options.fault !== null) return searchFault(options, isQuickEnough);
  return options.pattern === null ? everything(options) : whatMatches(options);
}

function* everything(options: CheckOptions): Search {
  const properties = new PropertiesStage(options, { isQuick: false });
  const litmus = new WindowsStage(options);
  const memory = new MemoryStage(options);
  const scenarios = new ScenariosStage(options);
  const recordings = new RecordingsStage(options);
  const paths = new PathsStage(options);
  const drawn = new DrawnStage(options);
  const model = new SystemsStage(options);
  yield [
    ready(model),
    ready(properties),
    ready(litmus),
    ready(memory),
    ready(scenarios),
    ready(recordings),
    ready(paths),
    ready(drawn),
  ];
  return {
    properties: properties.result(),
    litmus: litmus.result(),
    memory: memory.result(),
    scenarios: scenarios.result(),
    recordings: recordings.result(),
    paths: paths.result(),
    drawn: drawn.result(),
    model: model.result(),
  };
}

/** A pattern names rules, litmus programs or scenarios: the rest is about none of them. */
function* whatMatches(options: CheckOptions): Search {
  const properties = new PropertiesStage(options, { isQuick: false });
  const litmus = new WindowsStage(options);
  const memory = new MemoryStage(options);
  const scenarios = new ScenariosStage(options);
  yield [ready(properties), ready(litmus), ready(memory), ready(scenarios)];
  return {
    ...NONE,
    properties: properties.result(),
    litmus: litmus.result(),
    memory: memory.result(),
    scenarios: scenarios.result(),
  };
}

/**
 * Properties of the rules that the fault breaks come first, at a glance and then closely. A quick look at
 * all others comes next, since that is enough for most faults.
 */
function* searchFault(options: CheckOptions, isQuickEnough: boolean): Search {
  const about = options.fault?.breaks ?? [];
  const looks: readonly Look[] = isQuickEnough
    ? [{ isQuick: true, about }, { isQuick: false, about }, { isQuick: true }]
    : [];
  for (const look of looks) {
    const stage = new PropertiesStage(options, look);
    yield [ready(stage)];
    const properties = stage.result();
    if (properties.findings.some((met) => isDecisive(met, options))) {
      return { properties, ...NONE };
    }
  }
  const full = new PropertiesStage(options, { isQuick: false });
  yield [ready(full)];
  let stages: Stages = { properties: full.result(), ...NONE };
  if (isFound(stages.properties)) return stages;
  const litmus = new WindowsStage(options);
  yield [ready(litmus)];
  stages = { ...stages, litmus: litmus.result() };
  if (isFound(stages.litmus)) return stages;
  const memory = new MemoryStage(options);
  yield [ready(memory)];
  stages = { ...stages, memory: memory.result() };
  if (isFound(stages.memory)) return stages;
  const scenarios = new ScenariosStage(options);
  yield [ready(scenarios)];
  stages = { ...stages, scenarios: scenarios.result() };
  if (isFound(stages.scenarios) || options.pattern !== null) return stages;
  const recordings = new RecordingsStage(options);
  yield [ready(recordings)];
  stages = { ...stages, recordings: recordings.result() };
  if (isFound(stages.recordings)) return stages;
  const paths = new PathsStage(options);
  yield [ready(paths)];
  stages = { ...stages, paths: paths.result() };
  if (isFound(stages.paths)) return stages;
  const drawn = new DrawnStage(options);
  yield [ready(drawn)];
  return { ...stages, drawn: drawn.result() };
}

/** It is about the property's own rule, or all that the caller wants to see. */
function isDecisive(met: Met, options: CheckOptions): boolean {
  return met.finding.rules.some((rule) => rule === met.source) || options.isEnough(met);
}

function isFound(stage: StageResult | null): boolean {
  return stage !== null && stage.findings.length > 0;
}

/** What `check` says of what its stages found. */
export function toReport(options: CheckOptions, stages: Stages): CheckReport {
  const { properties, litmus, memory, scenarios, paths, recordings, drawn, model } = stages;
  const everyStage = [properties, litmus, memory, scenarios, paths, recordings, drawn, model];
  const run: StageResult[] = everyStage.filter((stage) => stage !== null);
  const ruleStates = coverage(properties.evidence);
  const checked = ruleStates.filter(({ state }) => state === 'checked').length;
  const { faultsTried, faultsCaught } = properties;
  return {
    versions: versions(),
    seed: options.seed,
    pattern: options.pattern,
    fault: options.fault?.id ?? null,
    rules: { total: ruleStates.length, checked, unchecked: ruleStates.length - checked },
    families: byFamily(ruleStates),
    ruleStates,
    litmus: {
      total: litmus?.total ?? 0,
      reproduced: litmus?.reproduced ?? 0,
      memory: memory?.memory ?? null,
    },
    scenarios: asked(scenarios),
    systems: model?.systems ?? [],
    paths: paths?.paths ?? null,
    recordings: recordings?.recordings ?? null,
    faults: options.fault === null ? { total: faultsTried.size, caught: faultsCaught.size } : null,
    matrix:
      options.pattern === null && options.fault === null ? matrixShown(properties.evidence) : null,
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

/** Null also when a pattern has picked none. */
function asked(stage: ScenariosResult | null): CheckReport['scenarios'] {
  return stage === null || stage.scenarios.total === 0 ? null : stage.scenarios;
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
