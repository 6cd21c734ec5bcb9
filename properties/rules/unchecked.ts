import type { RuleId } from '../../model/rules/catalogue.ts';

/** A rule that no property checks, and why. */
export interface Unchecked {
  readonly rule: RuleId;
  readonly reason: string;
}

/** Rules that no property checks, each with the reason. */
export const UNCHECKED: readonly Unchecked[] = [];
