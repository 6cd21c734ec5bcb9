import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import { differing } from '../check/results.ts';
import { withFault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { judgesOf } from '../judges/standard.ts';
import { explore } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { type MatrixRow, schedulesOf } from './row.ts';

/** What one half of a row has shown. */
export interface Half {
  readonly runs: number;
  readonly steps: number;
  /** Runs in which the interesting thing has happened. */
  readonly reached: number;
  /** What was found, each thing once. */
  readonly found: readonly string[];
  /**
   * There is a run that violates everything that the row names, and whose first violation is one of
   * them.
   */
  readonly isAsNamed: boolean;
}

/** Findings that name no rule are about these, where a row names them. */
const JUDGED: Readonly<Record<string, RuleId>> = {
  deadlock: 'E2E-012',
  lockdep: 'E2E-012',
  leak: 'E2E-013',
};

/** Plays a row with its mitigation, or without. */
export function play(row: MatrixRow, isMitigated: boolean): Half {
  const schedules = schedulesOf(row);
  const counts = { runs: 0, steps: 0, reached: 0 };
  const found = new Set<string>();
  let isAsNamed = false;
  explore(row.program, schedules, {
    ...judgesOf(schedules),
    types: isMitigated ? INTACT : typesWithout(row),
    sampling: 0,
    visit: (run) => {
      counts.runs += 1;
      counts.steps += run.world.steps;
      if (run.isOver && row.reached(run)) counts.reached += 1;
      const findings = findingsOf(row, run);
      for (const { rules, message } of findings) found.add(`${rules.join(' ')}: ${message}`);
      isAsNamed ||= isNamed(row, findings);
      return isMitigated || !isAsNamed;
    },
  });
  return { ...counts, found: [...found], isAsNamed };
}

function typesWithout({ id, without }: MatrixRow): StackTypes {
  const seeded = without === null ? null : findFault(without);
  if (seeded === null) throw new Error(`${id}: there is nothing to leave out`);
  return withFault(INTACT, seeded);
}

/** What the judges say of a run, and what the row itself expects of it. */
function findingsOf({ violates, expected }: MatrixRow, run: Run): readonly Finding[] {
  const findings = run.findings.map((finding) => {
    const rule = JUDGED[finding.judge];
    const isAbout = rule !== undefined && violates.includes(rule);
    return isAbout ? { ...finding, rules: [...finding.rules, rule] } : finding;
  });
  const message = expected === undefined || !run.isOver ? null : differing(run, expected);
  if (message === null) return findings;
  const rules = violates.filter((rule) => PLACE_AND_ORDER.includes(rule));
  const { steps: step } = run.world;
  return [...findings, { rules, judge: 'property', message, step, expected: null }];
}

/** What is only seen by comparing runs. */
const PLACE_AND_ORDER: readonly RuleId[] = ['E2E-016', 'E2E-017'];

function isNamed({ violates }: MatrixRow, findings: readonly Finding[]): boolean {
  const isAll = violates.every((rule) => findings.some(({ rules }) => rules.includes(rule)));
  if (!isAll || findings.length === 0) return false;
  const first = Math.min(...findings.map(({ step }) => step ?? Infinity));
  return findings.some(
    ({ rules, step }) => step === first && rules.some((rule) => violates.includes(rule)),
  );
}
