import type { World } from '../../impl/kernel/world.ts';
import type { Strategy } from './strategy.ts';

/** A choice as traces store it: by what it let run, so that it survives small changes of code. */
export interface LabelledChoice {
  readonly step: number;
  readonly task: string;
  readonly access: string;
  readonly alternative: number;
}

/** Follows the choices of a trace, and notices when the code no longer offers them. */
export class LabelledStrategy implements Strategy {
  private readonly choices: readonly LabelledChoice[];
  private next = 0;
  /** The step at which the trace and the code parted; null while they agree. */
  staleAt: number | null = null;

  constructor(choices: readonly LabelledChoice[]) {
    this.choices = choices;
  }

  choose(world: World, count: number): number {
    const wanted = this.choices[this.next];
    this.next += 1;
    if (this.staleAt !== null) return 0;
    if (wanted !== undefined && wanted.step === world.steps + 1) {
      for (let index = 0; index < count; index += 1) {
        const task = world.choiceTasks[index];
        const isWanted =
          task?.name === wanted.task &&
          world.choiceAlternatives[index] === wanted.alternative &&
          task.pending?.label === wanted.access;
        if (isWanted) return index;
      }
    }
    this.staleAt = world.steps + 1;
    return 0;
  }
}

/** The choice that a world is about to make, in that form. */
export function labelled(world: World, choice: number): LabelledChoice {
  const task = world.choiceTasks[choice];
  return {
    step: world.steps + 1,
    task: task?.name ?? '',
    access: task?.pending?.label ?? '',
    alternative: world.choiceAlternatives[choice] ?? 0,
  };
}
