import type { StackTypes } from '../../impl/stack.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';

/**
 * A seeded mistake. It replaces classes of one world by subclasses with one method done wrong;
 * the implementation itself knows nothing of it.
 */
export interface Fault {
  /** `BUG-FENCE-05` for historical ones, otherwise a rule and what is wrong. */
  readonly id: string;
  /** What was done wrong, in one line. */
  readonly mistake: string;
  /** The rules that it breaks. */
  readonly breaks: readonly RuleId[];
  /** The classes to use instead, built on the given ones. */
  readonly install: (types: StackTypes) => Partial<StackTypes>;
  /** The module that exports it, for those that are none of ours: worker threads load it again. */
  readonly module?: string;
}

export function fault(definition: Fault): Fault {
  return definition;
}

/** The classes of a world with this fault. */
export function withFault(types: StackTypes, seeded: Fault): StackTypes {
  return { ...types, ...seeded.install(types) };
}
