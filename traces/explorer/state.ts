import type { View, ViewDiagram } from '../viewer/view.ts';

/** Something that can happen next. Its number is its place in the list. */
export interface OfferedChoice {
  /** A task, an interrupt, a device; of a model, the move. */
  readonly who: string;
  /** The access that it makes; of a model, who takes which event. */
  readonly text: string;
  /** What kind of choice this is: `goes on`, `preempts A`. */
  readonly note: string;
}

/** Something that is wrong. */
export interface ShownFinding {
  readonly name: string;
  readonly message: string;
  /** Null: it belongs to no step. */
  readonly step: number | null;
}

/** How a run ends when nothing special happens from here on. */
export interface PlainEnd {
  /** Unit: steps of the whole run. */
  readonly steps: number;
  readonly outcome: string;
  /** What is wrong then and is not wrong yet. */
  readonly findings: readonly ShownFinding[];
}

/** What every page shows, whatever is explored. */
interface Explored {
  readonly title: string;
  /** So many steps, or moves, have been made. */
  readonly position: number;
  /** So many are known: those behind `position` were made before, and can be made again. */
  readonly known: number;
  readonly choices: readonly OfferedChoice[];
  /** What is wrong by now. */
  readonly broken: readonly ShownFinding[];
  /** What the last order did, in a sentence. */
  readonly said: string;
}

/** A program of calls that runs on the implementation. */
export interface ProgramState extends Explored {
  readonly kind: 'program';
  /** Who can be preempted. */
  readonly tasks: readonly string[];
  readonly plainEnd: PlainEnd;
  /** The run so far, as pages of traces show it. */
  readonly view: View;
}

/** A component of a model, before and after the last move. */
export interface ShownComponent {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** A claim about a model, and what can be said of it here. */
export interface ShownClaim {
  readonly kind: 'always' | 'sometimes' | 'may end';
  readonly name: string;
  readonly holds: boolean;
}

/** A system of the model. */
export interface SystemState extends Explored {
  readonly kind: 'system';
  readonly components: readonly ShownComponent[];
  readonly claims: readonly ShownClaim[];
  /** The states around the path. */
  readonly graph: ViewDiagram;
  /** The box of the state that it is in, and of the one before. */
  readonly box: string;
  readonly boxBefore: string | null;
  /** The moves that led here. */
  readonly path: readonly string[];
}

export type ExplorerState = ProgramState | SystemState;
