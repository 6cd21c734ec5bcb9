import type { RuleId } from '../../../model/rules/catalogue.ts';
import type { FenceDriverClass } from '../fence-driver.ts';

/** The reference driver with one thing done wrong. */
export interface Mistake {
  readonly what: string;
  /** A finding must name it. */
  readonly rule: RuleId;
  /** What is wrong shows in other ways first: how many there are with this one. Default: 1. */
  readonly shownAs?: number;
  readonly driver: FenceDriverClass;
}
