import type { RuleId, WindowId } from '../../model/rules/catalogue.ts';
import type { JudgeName } from '../check/property.ts';
import { program, type Written } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import type { Observable } from './observables.ts';

/** One way in which a litmus program may end. */
export interface Outcome {
  readonly text: string;
  /** The rules that allow it. */
  readonly rules: readonly RuleId[];
  /** What happens in a run that ends so. */
  readonly why: string;
}

/** A small program with the complete set of its outcomes. */
export interface Tested {
  readonly id: string;
  readonly program: Program;
  /** What these judges find belongs to the window: the misuse that it is about. */
  readonly allows: readonly JudgeName[];
  readonly observe: (run: Run) => string;
  readonly outcomes: readonly Outcome[];
  /** It has more schedules than can be run: only its states are searched. */
  readonly isWide?: boolean;
}

/** One whose outcomes are written from the rules. */
export interface Litmus extends Tested {
  /** The race window of the specification that it stands in; a rule where none is described. */
  readonly window: WindowId | RuleId;
}

/** A litmus program as a person writes it down. */
export interface WrittenLitmus extends Written {
  /** Short and unique; the window's number is put in front of it. */
  readonly name: string;
  readonly window: WindowId | RuleId;
  readonly allows?: readonly JudgeName[];
  readonly sees: readonly Observable[];
  readonly outcomes: readonly Outcome[];
  readonly isWide?: boolean;
}

export function litmus(written: WrittenLitmus): Litmus {
  const { name, window, allows = [], sees, outcomes, isWide = false } = written;
  const id = `litmus/${window.toLowerCase()}-${name}`;
  return {
    id,
    window,
    program: program(id, written, outcomes[0]?.rules[0] ?? null),
    allows,
    observe: (run) => sees.map((observable) => observable(run)).join(', '),
    outcomes,
    isWide,
  };
}

/** One allowed outcome: what is seen, the rules that allow it, and how it comes about. */
export function outcome(text: string, rules: readonly RuleId[], why: string): Outcome {
  return { text, rules, why };
}
