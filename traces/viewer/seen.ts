import type { Graph } from './state-diagram.ts';
import type { ViewLane, ViewLook } from './view.ts';

/** A row of an object's history, as `ViewObject` keeps them. */
export interface SeenMoment {
  readonly step: number;
  readonly event: string | null;
  readonly result: string | null;
  readonly model: ViewLook | null;
  readonly implementation: ViewLook | null;
}

export interface SeenObject {
  readonly name: string;
  /** All names that it had: it gets a better one when the program names it. */
  readonly names: readonly string[];
  readonly kind: string;
  readonly moments: readonly SeenMoment[];
}

export interface SeenFrame {
  readonly begin: number;
  readonly end: number;
  readonly plane: number;
  readonly count: number;
  readonly stamps: readonly string[];
  readonly marks: readonly (string | null)[];
}

/** What a trace does not hold, and a replay of it has seen. Steps count from 1, 0 is the set-up. */
export interface Seen {
  readonly lanes: readonly ViewLane[];
  readonly holds: readonly {
    readonly lane: string;
    readonly name: string;
    readonly from: number;
    readonly to: number | null;
  }[];
  readonly waits: readonly {
    readonly lane: string;
    readonly why: string;
    readonly holder: string | null;
    readonly from: number;
    readonly to: number | null;
    readonly next: number | null;
  }[];
  readonly objects: readonly SeenObject[];
  /** The machine of each kind that has one. */
  readonly machines: ReadonlyMap<string, Graph>;
  readonly screens: readonly {
    readonly name: string;
    readonly lines: number;
    readonly frames: readonly SeenFrame[];
  }[];
}
