import { LogObject, NOWHERE } from './log-object.ts';
import type { JobSight } from './observers.ts';

/** A fence that a job has to wait for. */
export interface Dependency {
  readonly context: number;
  readonly seqno: number;
  readonly line: number;
}

const NONE: readonly never[] = [];

/** One job of a GPU scheduler as a log shows it. */
export class LogJob extends LogObject<JobSight> {
  alias: string | null = null;
  queueLine: number = NOWHERE;
  runLine: number = NOWHERE;
  doneLine: number = NOWHERE;
  queueTime = 0;
  runTime = 0;
  dependencies: readonly Dependency[] = NONE;

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

  protected override forgetSeen(): void {
    this.queueLine = NOWHERE;
    this.runLine = NOWHERE;
    this.doneLine = NOWHERE;
    this.dependencies = NONE;
  }

  protected override lines(): readonly (readonly [JobSight, number])[] {
    return [
      ['queue', this.queueLine],
      ['run', this.runLine],
      ['done', this.doneLine],
    ];
  }
}
