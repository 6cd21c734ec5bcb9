/** A search that has met every state. */
export interface Counted {
  readonly mode: 'search';
  readonly states: number;
  readonly edges: number;
}

/** Random runs, one after another on one thread, once the code is warm. */
export interface Sampled {
  readonly mode: 'sample';
  readonly runsPerSecond: number;
  readonly runsPerCpuSecond: number;
  readonly stepsPerRun: number;
}

/** What one run of a checker says of itself. */
export type Figures = Counted | Sampled;

/** Another checker, or this one, on a workload of one size. */
export interface Peer {
  readonly name: string;
  /** Programs without which it cannot run. */
  readonly needs: readonly string[];
  /** Translates and compiles into an empty folder; not part of the time. */
  readonly prepare: (folder: string) => void;
  /** Runs in that folder. */
  readonly command: readonly string[];
  readonly read: (output: string) => Figures;
  /** What it must count, as far as that is known: otherwise it ran something else. */
  readonly expected: Partial<Pick<Counted, 'states' | 'edges'>>;
}

/** How the rows of this product are named. */
export const PRODUCT = 'dmabuf-verify';

/** The same rules for every checker, in several sizes. */
export interface Workload {
  readonly name: string;
  readonly sizes: readonly string[];
  readonly usualSize: string;
  /** Who takes part, the product first. `size` is one of `sizes`. */
  readonly peersOf: (size: string) => readonly Peer[];
}
