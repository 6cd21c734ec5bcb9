import type { Decision, Execution } from './execution.ts';

/** A run that walks transitions, as data. */
export interface Script {
  /** Which of the scenes of its machine. */
  readonly scene: number;
  /** Each as text: the name of an operation that is started, or `@` and the task that goes on. */
  readonly decisions: readonly string[];
  /** The transitions that it walked when it was found. */
  readonly cells: readonly number[];
}

/** A decision as scripts write it. */
export function decisionText(decision: Decision, { scene }: Execution): string {
  if (decision.kind === 'go') return `@${decision.task}`;
  return scene.operations[decision.operation]?.name ?? '?';
}

/** Makes the decisions of a script, as far as they can be made. */
export function play(execution: Execution, decisions: readonly string[]): void {
  for (const text of decisions) {
    const operation = execution.scene.operations.findIndex(({ name }) => name === text);
    const decision: Decision =
      operation < 0 ? { kind: 'go', task: Number(text.slice(1)) } : { kind: 'start', operation };
    if (!execution.perform(decision)) return;
  }
}

/** The scripts without those that walk nothing that others do not walk as well. */
export function withoutIdle(scripts: readonly Script[]): Script[] {
  const walked = new Set<number>();
  const byLength = scripts.toSorted((a, b) => b.cells.length - a.cells.length);
  return byLength.filter(({ cells }) => {
    const isNew = cells.some((cell) => !walked.has(cell));
    for (const cell of cells) walked.add(cell);
    return isNew;
  });
}
