import type { RuleId } from '../../model/rules/catalogue.ts';
import { isWitnessed, type PropertyEvidence } from '../check/coverage.ts';
import { MATRIX } from './matrix.ts';
import type { MatrixRow } from './row.ts';

/** How much of the fault matrix was shown, with and without the mitigation of each row. */
export interface MatrixReport {
  readonly total: number;
  readonly shown: number;
}

/** The rule that a row without a violation is about. */
const ACCOUNTED: readonly RuleId[] = ['E2E-018'];

/** What the properties of a run of `check` say of the rows. */
export function matrixShown(evidence: readonly PropertyEvidence[]): MatrixReport {
  return { total: MATRIX.length, shown: rowsShown(evidence).length };
}

/** The rows that were shown both ways. */
export function rowsShown(evidence: readonly PropertyEvidence[]): readonly string[] {
  return MATRIX.filter((row) => isShown(row, evidence)).map(({ id }) => id);
}

function isShown({ id, violates }: MatrixRow, evidence: readonly PropertyEvidence[]): boolean {
  const rules = violates.length > 0 ? violates : ACCOUNTED;
  return rules.every((rule) => {
    const mine = evidence.find(
      ({ property }) => property.rules[0] === rule && id in property.witness,
    );
    if (mine === undefined || !isWitnessed(mine)) return false;
    return mine.property.faults.every((fault) => mine.caught.includes(fault));
  });
}
