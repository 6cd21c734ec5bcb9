/** Where in a log something is said, and by whom. */
export interface Moment {
  readonly line: number;
  /** Unit: of the clock. */
  readonly time: number;
  readonly task: string;
  readonly pid: number;
  /** The clock counts microseconds. */
  readonly hasSeconds: boolean;
}
