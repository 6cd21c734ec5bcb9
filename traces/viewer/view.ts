export const VIEW_FORMAT = 'dmabuf-verify-view';
export const VIEW_VERSION = 1;

/** Stands for "none" in columns of numbers. */
export const NONE: number = -1;

/**
 * Numbers, one for each row of a table. Words are numbers of `View.strings`: a run of fifty
 * thousand steps says the same few words again and again.
 */
export type Column = readonly number[];

/** Who can make steps: tasks, interrupts of processors, devices, the machine itself. */
export interface ViewLane {
  readonly name: string;
  readonly kind: 'task' | 'softirq' | 'hardirq' | 'device' | 'machine';
  readonly cpu: number | null;
}

/** What an object shows, or should show: the state's name and the numbers beside it. */
export interface ViewLook {
  /** Ids of the boxes that the machine is in; null of what the implementation shows. */
  readonly boxes: readonly string[] | null;
  readonly state: string;
  readonly context: readonly (readonly [name: string, value: string])[];
}

/** An object of the run, and everything that happened to it. */
export interface ViewObject {
  readonly name: string;
  readonly kind: string;
  /** Number of its machine's diagram, or `NONE`. */
  readonly diagram: number;
  /**
   * Rows in order of their steps. `event`: a word, or `NONE` where only the look has changed;
   * `model` and `implementation`: numbers of `View.looks`, or `NONE` where nothing is known.
   */
  readonly history: {
    readonly step: Column;
    readonly event: Column;
    readonly model: Column;
    readonly implementation: Column;
  };
}

export interface DiagramBox {
  readonly id: string;
  readonly name: string;
  readonly isGroup: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What happens there without leaving it. */
  readonly stays: readonly string[];
}

export interface DiagramArrow {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  /** x and y in turn. */
  readonly points: readonly number[];
  /** Where its words stand; null: it has none. */
  readonly label: { readonly x: number; readonly y: number; readonly text: string } | null;
}

/** A machine as it is drawn: whoever shows it computes nothing. Unit: pixels. */
export interface ViewDiagram {
  readonly kind: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DiagramBox[];
  readonly arrows: readonly DiagramArrow[];
}

/** A frame as a screen showed it. */
export interface ViewFrame {
  /** The step in which its first line was read, and that in which its last one was. */
  readonly begin: number;
  readonly end: number;
  readonly plane: number;
  readonly count: number;
  /** By scan line: a word that says who drew it, and in which frame. */
  readonly stamps: Column;
  /** By scan line: how it came to be, as a word, or `NONE`. */
  readonly marks: Column;
}

export interface ViewScreen {
  readonly name: string;
  readonly lines: number;
  readonly frames: readonly ViewFrame[];
}

/** A run, prepared for showing: whatever needs the implementation is worked out already. */
export interface View {
  readonly format: typeof VIEW_FORMAT;
  readonly version: typeof VIEW_VERSION;
  readonly title: string;
  readonly message: string;
  /** Label and text, as the report in a terminal has them. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** What is missing here, and why. */
  readonly notices: readonly string[];
  readonly strings: readonly string[];
  readonly lanes: readonly ViewLane[];
  /** Row 0 is step 1. `call` and `note`: `NONE` outside of calls, or without a note. */
  readonly steps: {
    readonly lane: Column;
    readonly access: Column;
    readonly call: Column;
    readonly note: Column;
  };
  /** In order of their steps. `object`: a number of `objects`, or `NONE`. */
  readonly changes: {
    readonly step: Column;
    readonly object: Column;
    readonly field: Column;
    readonly from: Column;
    readonly to: Column;
  };
  /** `end`: `NONE` when it did not return; `place`: a word that says where its code is. */
  readonly calls: {
    readonly lane: Column;
    readonly text: Column;
    readonly begin: Column;
    readonly end: Column;
    readonly result: Column;
    readonly place: Column;
  };
  /** From which step to which a lane held a lock; `to`: `NONE` when it never let go. */
  readonly locks: {
    readonly lane: Column;
    readonly name: Column;
    readonly from: Column;
    readonly to: Column;
  };
  /**
   * A lane could not go on: since a step, until another lane's step let it, which is `to`; its own
   * next step is `next`. Where it waits on for another one, a new row begins. `holder`: the lane that had what it waited for.
   */
  readonly waits: {
    readonly lane: Column;
    readonly why: Column;
    readonly holder: Column;
    readonly from: Column;
    readonly to: Column;
    readonly next: Column;
  };
  readonly complaints: { readonly step: Column; readonly text: Column };
  readonly looks: readonly ViewLook[];
  readonly objects: readonly ViewObject[];
  readonly diagrams: readonly ViewDiagram[];
  readonly screens: readonly ViewScreen[];
  /** The first step at which model and implementation part, and the one that decided it. */
  readonly parting: number | null;
  readonly deciding: number | null;
}
