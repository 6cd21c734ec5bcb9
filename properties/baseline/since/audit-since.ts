import { toReport } from '../../check/check.ts';
import { CHECK_DEFAULTS } from '../../check/options.ts';
import type { Crew } from '../../parallel/crew.ts';
import { type Audit, verdictOf } from '../audit.ts';
import type { Baseline } from '../baseline.ts';
import { compareBaselines } from '../compare/compare.ts';
import { type Networks, requiredNetworks } from '../networks.ts';
import { observed } from '../observe.ts';
import { KeptStage } from '../stage-kept.ts';
import { isSameText } from '../network-text.ts';
import { changedSince } from './changed.ts';
import { readSources } from './imports.ts';
import { nearRules, rulesNear } from './near.ts';
import { runNear } from './near-stages.ts';
import { overlay } from './overlay.ts';

/** Faults that break a rule named in a changed file, or in one that imports it, are tried. */
const FAULTS_DISTANCE_MAX = 2;

export interface SinceOptions {
  /** The folder of the sources. */
  readonly root: string;
  /** A commit, by any name that git knows. */
  readonly ref: string;
  readonly seed: number;
  readonly progress: (text: string) => void;
}

/** Runs what is near the changes since a commit; everything else is carried over. */
export async function auditSince(
  crew: Crew,
  before: Baseline,
  { root, ref, seed, progress }: SinceOptions,
): Promise<Audit> {
  const changed = changedSince(root, ref);
  const distances = rulesNear(changed, readSources(root));
  const options = { ...CHECK_DEFAULTS, seed, progress };
  const rules = new Set<string>(nearRules(distances, FAULTS_DISTANCE_MAX));
  const keptStage = new KeptStage({ seed, isFull: false, rules, progress });
  const networks = requiredNetworks();
  const [stages] = await Promise.all([
    runNear(crew, options, { changed, distances, systems: systemsOtherThan(before, networks) }),
    crew.run(keptStage),
  ]);
  const kept = keptStage.result();
  const { after, carriedOver } = overlay(before, observed(stages, kept, networks), networks);
  const differences = compareBaselines(before, after);
  const report = toReport(options, stages);
  const verdict = verdictOf(report, differences);
  return { verdict, differences, report, kept, observed: after, carriedOver };
}

/** The numbers of required systems that are not made as the baseline says, or not at all. */
function systemsOtherThan({ systems }: Baseline, networks: Networks): readonly number[] {
  const others = [...networks.made].flatMap(([name, { number, text }]) => {
    const known = systems[name];
    return known !== undefined && isSameText(known.network, text) ? [] : [number];
  });
  return [...others, ...networks.notMade];
}
