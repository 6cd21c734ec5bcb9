import { RULES } from '../../../model/rules/catalogue.ts';
import { LITMUS_IDS } from '../../litmus/tested-by.ts';
import { SCENARIO_IDS } from '../../scenarios/find.ts';
import type { Baseline } from '../baseline.ts';
import { PUBLIC_FAULTS } from '../kept-traces.ts';
import type { Networks } from '../networks.ts';

/** What was not run again: it stands as the baseline has it, and nobody knows whether it still does. */
export interface CarriedOver {
  readonly rules: readonly string[];
  readonly litmus: readonly string[];
  readonly systems: readonly string[];
  readonly faults: readonly string[];
  readonly paths: readonly string[];
  readonly recordings: readonly string[];
  readonly scenarios: readonly string[];
}

export const NOTHING_CARRIED_OVER: CarriedOver = {
  rules: [],
  litmus: [],
  systems: [],
  faults: [],
  paths: [],
  recordings: [],
  scenarios: [],
};

type ByName<Value> = Readonly<Record<string, Value>>;

interface Overlaid {
  readonly after: Baseline;
  readonly carriedOver: CarriedOver;
}

/** What was run stands over what the baseline has. What exists no longer is not carried over. */
export function overlay(before: Baseline, run: Baseline, networks: Networks): Overlaid {
  const rules = laid(before.rules, run.rules, new Set(RULES.map(({ id }) => id)));
  const litmus = laid(before.litmus, run.litmus, new Set(LITMUS_IDS));
  const systems = laid(before.systems, run.systems, new Set(networks.made.keys()));
  const faults = laid(before.faults, run.faults, new Set(PUBLIC_FAULTS));
  const paths = laid(before.paths, run.paths, new Set(Object.keys(run.machines)));
  const recordings = laid(before.recordings, run.recordings, null);
  const scenarios = laid(before.scenarios, run.scenarios, new Set(SCENARIO_IDS));
  const after: Baseline = {
    ...run,
    rules: rules.all,
    // A program is run in one world of several.
    litmus: Object.fromEntries(
      Object.entries(litmus.all).map(([id, worlds]) => [id, { ...before.litmus[id], ...worlds }]),
    ),
    systems: systems.all,
    faults: faults.all,
    paths: paths.all,
    recordings: recordings.all,
    scenarios: scenarios.all,
    matrix: before.matrix,
  };
  const carriedOver = {
    rules: rules.carried,
    litmus: litmus.carried,
    systems: systems.carried,
    faults: faults.carried,
    paths: paths.carried,
    recordings: recordings.carried,
    scenarios: scenarios.carried,
  };
  return { after, carriedOver };
}

/** `existing`: null where all names of the baseline do. */
function laid<Value>(
  before: ByName<Value>,
  run: ByName<Value>,
  existing: ReadonlySet<string> | null,
): { readonly all: ByName<Value>; readonly carried: readonly string[] } {
  const carried = Object.keys(before).filter(
    (name) => !(name in run) && (existing === null || existing.has(name)),
  );
  const all: Record<string, Value> = { ...run };
  for (const name of carried) {
    const value = before[name];
    if (value !== undefined) all[name] = value;
  }
  return { all, carried };
}
