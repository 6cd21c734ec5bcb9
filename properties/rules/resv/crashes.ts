import type { Run } from '../../run/run.ts';

/** The run crashed in the last call of its only task. */
export function crashesInLastCall(run: Run): boolean {
  const [lane] = run.program.tasks;
  const made = run.calls.filter(({ task }) => task === lane?.name);
  return run.world.crashed && made.length === lane?.calls.length && made.at(-1)?.end === null;
}

/** A program that must crash does so in every run, another one in none. */
export function mustCrash(outcomes: ReadonlySet<string>, isMeant: boolean): string | null {
  for (const outcome of outcomes) {
    if (outcome.endsWith('crash') !== isMeant) {
      return isMeant ? `there is no BUG: ${outcome}` : `there is a BUG: ${outcome}`;
    }
  }
  return null;
}
