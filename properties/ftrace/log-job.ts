import { NOWHERE } from './log-fence.ts';
import type { JobSight } from './observers.ts';

/** A fence that a job has to wait for. */
export interface Dependency {
  readonly context: number;
  readonly seqno: number;
  readonly line: number;
}

const NONE: readonly never[] = [];

/** One job of a GPU scheduler as a log shows it. */
export class LogJob {
  belief: number;
  /** Losses of events before which nothing is known. */
  epoch: number;
  alias: string | null = null;
  queueLine: number = NOWHERE;
  runLine: number = NOWHERE;
  doneLine: number = NOWHERE;
  queueTime = 0;
  runTime = 0;
  dependencies: readonly Dependency[] = NONE;

  constructor(belief: number, epoch: number) {
    this.belief = belief;
    this.epoch = epoch;
  }

  /** Events were lost: it may have become anything, or be another one by now. */
  forget(anything: number, epoch: number): void {
    this.belief = anything;
    this.epoch = epoch;
    this.queueLine = NOWHERE;
    this.runLine = NOWHERE;
    this.doneLine = NOWHERE;
    this.dependencies = NONE;
  }

  note(sight: JobSight, { line, time }: { readonly line: number; readonly time: number }): void {
    switch (sight) {
      case 'queue':
        this.queueLine = line;
        this.queueTime = time;
        return;
      case 'run':
        this.runLine = line;
        this.runTime = time;
        return;
      case 'done':
        this.doneLine = line;
    }
  }

  /** What was seen, with its line. */
  seen(): readonly (readonly [JobSight, number])[] {
    const all: readonly (readonly [JobSight, number])[] = [
      ['queue', this.queueLine],
      ['run', this.runLine],
      ['done', this.doneLine],
    ];
    return all.filter(([, line]) => line !== NOWHERE);
  }
}
