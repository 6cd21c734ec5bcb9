import type { RuleId } from '../../model/rules/catalogue.ts';

/** A rule of a built family that no property checks, and why. */
export interface Unchecked {
  readonly rule: RuleId;
  readonly reason: string;
}

/** Rules of built families that no property checks, each with the reason. */
export const UNCHECKED: readonly Unchecked[] = [
  {
    rule: 'SYNCFILE-028',
    reason:
      'It is about files made from chain nodes: what unwrapping still finds behind the head. ' +
      'There is no chain to build one from yet; SYNCFILE-018 and 023 check files over arrays.',
  },
];
