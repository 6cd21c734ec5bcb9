import type { RuleId } from '../../model/rules/catalogue.ts';

/** Something that a judge holds against a run. */
export interface Finding {
  /** The rules that are broken, as far as the judge can tell. */
  readonly rules: readonly RuleId[];
  /** The judge that fired. */
  readonly judge: string;
  /** What is wrong, in one line. */
  readonly message: string;
  /** The step at which model and implementation parted; null when there is no such step. */
  readonly step: number | null;
  /** What the model expected there. */
  readonly expected: string | null;
}
