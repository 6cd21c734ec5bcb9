import { World } from '../../impl/kernel/world.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Execution } from '../../properties/explore/subject.ts';

/** How a bare world is built. */
export interface BareOptions {
  /** For searches over states, and a cost for all others. Default: yes. */
  readonly tracksObservations?: boolean;
}

/**
 * A run of tasks in a bare world: no stack, no judges, one question at the end. What it costs is
 * what the engine itself costs.
 */
export abstract class BareExecution implements Execution {
  readonly world: World;
  readonly choices: number[] = [];
  /** What is wrong with the run; null while nothing is, and before its end. */
  failure: string | null = null;

  constructor({ tracksObservations = true }: BareOptions) {
    this.world = new World({ tracksObservations });
  }

  perform(choice: number, count: number): void {
    if (count > 1) this.choices.push(choice);
    this.world.perform(choice);
  }

  end(isCut: boolean): void {
    this.failure = isCut ? 'it does not end' : (this.complaint() ?? this.judge());
  }

  /** What tasks hold that is in no object. */
  abstract visitState(key: StateKey): void;

  /** Looks at a run that has come to its end; null when it is as it should be. */
  protected abstract judge(): string | null;

  private complaint(): string | null {
    const [violation] = this.world.violations;
    if (violation !== undefined) return violation.message;
    for (const task of this.world.tasks) {
      if (task.pending !== null) return `deadlock: ${task.name} waits to ${task.pending.label}`;
    }
    return null;
  }
}
