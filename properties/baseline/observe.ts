import type { Stages } from '../check/check.ts';
import { coverage, type RuleStatus } from '../check/coverage.ts';
import type { RecordingsReport, SystemReport } from '../check/report.ts';
import type { LitmusEnds } from '../check/stage-litmus.ts';
import { rowsShown } from '../fault-matrix/shown.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { versions } from '../versions.ts';
import {
  type Baseline,
  BASELINE_HEAD,
  type FaultBaseline,
  type RuleBaseline,
  type SystemBaseline,
} from './baseline.ts';
import { machineBaselines } from './machine-baseline.ts';
import type { Networks } from './networks.ts';
import type { KeptTried } from './try-kept.ts';

const NO_THEMES: RecordingsReport['byTheme'] = {};

/** What a whole check and the faults of the catalogue show, as a baseline has it. */
export function observed(stages: Stages, kept: readonly KeptTried[], networks: Networks): Baseline {
  const { properties, litmus, memory, scenarios, paths, recordings, model } = stages;
  return {
    ...BASELINE_HEAD,
    spec: versions().spec,
    machines: machineBaselines(),
    systems: systemsOf(model?.systems ?? [], networks),
    litmus: litmusOf([...(litmus?.ends ?? []), ...(memory?.ends ?? [])]),
    rules: rulesOf(properties.evidence),
    faults: Object.fromEntries(kept.map((one) => [one.fault, faultOf(one)])),
    paths: Object.fromEntries(
      (paths?.walks ?? []).map(({ machine, scope, transitions, walked }) => [
        scope === '' ? machine : `${machine} (${scope})`,
        { total: transitions, done: walked },
      ]),
    ),
    recordings: Object.fromEntries(
      Object.entries(recordings?.recordings.byTheme ?? NO_THEMES).map(
        ([theme, { programs, agreed }]) => [theme, { total: programs, done: agreed }],
      ),
    ),
    scenarios: Object.fromEntries(
      (scenarios?.played ?? []).map(({ id, isHeld, broken }) => [
        id,
        { isHeld, variantsBroken: broken ?? 0 },
      ]),
    ),
    matrix: [...rowsShown(properties.evidence)],
  };
}

/** Machines stand apart from the networks that are made of them. */
function systemsOf(
  reports: readonly SystemReport[],
  networks: Networks,
): Record<string, SystemBaseline> {
  const systems: Record<string, SystemBaseline> = {};
  for (const [systemName, { text }] of networks.made) {
    const report = reports.find(({ name }) => name === systemName);
    if (report === undefined) continue;
    const { states, edges, depth, complete, properties } = report;
    systems[systemName] = {
      states,
      edges,
      depth,
      isComplete: complete,
      properties: Object.fromEntries(
        properties.map(({ kind, name, status }) => [`${kind} ${name}`, status]),
      ),
      network: text,
    };
  }
  return systems;
}

function litmusOf(ends: readonly LitmusEnds[]): Record<string, Record<string, string[]>> {
  const litmus: Record<string, Record<string, string[]>> = {};
  for (const { id, world, outcomes } of ends) {
    litmus[id] = { ...litmus[id], [world]: [...outcomes] };
  }
  return litmus;
}

/** Only what all properties of a rule have shown is known of it. */
function rulesOf(evidence: Stages['properties']['evidence']): Record<string, RuleBaseline> {
  const run = new Set(evidence.map(({ property }) => property));
  const isRun = ({ rule }: RuleStatus): boolean =>
    PROPERTIES.every((one) => one.rules[0] !== rule || run.has(one));
  const states = coverage(evidence).filter(isRun);
  const rules = states.map(({ rule, state, plans, witnesses, faults }) => {
    const entry: RuleBaseline = {
      state,
      properties: plans.map((plan) => plan.split('\n')[0] ?? ''),
      witnesses: Object.fromEntries(
        Object.entries(witnesses).map(([name, count]) => [name, roundedDown(count)]),
      ),
      faults: [...faults],
    };
    return [rule, entry] as const;
  });
  return Object.fromEntries(rules);
}

function faultOf({ caughtBy, trace }: KeptTried): FaultBaseline {
  if (caughtBy === null || trace === null) {
    const by = caughtBy === null ? null : 'a search without a trace';
    return { caughtBy: by, rules: [], tasks: null, steps: null, preemptions: null };
  }
  const { rules, shrunk } = trace.verdict;
  const { tasks, steps, preemptions } = shrunk;
  const by = trace.program.rule ?? trace.program.name;
  return { caughtBy: by, rules: [...rules], tasks, steps, preemptions };
}

const STEPS = [5, 2, 1];

/** To 1, 2 or 5 times a power of ten: small changes of programs leave most counts where they are. */
export function roundedDown(count: number): number {
  if (count < 1) return 0;
  const power = 10 ** Math.floor(Math.log10(count));
  const step = STEPS.find((one) => one * power <= count) ?? 1;
  return step * power;
}
