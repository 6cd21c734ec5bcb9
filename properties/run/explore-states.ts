import { searchStates, type StatefulResult } from '../explore/stateful/search.ts';
import type { Program } from '../programs/program.ts';
import type { ExploreOptions } from './explore.ts';
import type { JudgeFactory } from './judge.ts';
import { ProgramSubject } from './program-subject.ts';

export interface StatesExplored extends StatefulResult {
  /** Judges that cannot say what they have in mind, so that they did not watch. */
  readonly leftOut: readonly string[];
}

/** Judges that a search of states can take along, and the names of the others. */
export function statefulJudges(judges: readonly JudgeFactory[]): {
  readonly kept: readonly JudgeFactory[];
  readonly leftOut: readonly string[];
} {
  const leftOut: string[] = [];
  const kept = judges.filter((make) => {
    const judge = make();
    if (judge.visitState === undefined) leftOut.push(judge.name);
    return judge.visitState !== undefined;
  });
  return { kept, leftOut };
}

/** Goes on from every state of a program once, however it was reached. */
export function exploreStates(
  program: Program,
  statesMax: number,
  options: ExploreOptions,
): StatesExplored {
  const { kept, leftOut } = statefulJudges(options.judges);
  const subject = new ProgramSubject(program, {
    ...options,
    judges: kept,
    tracksObservations: true,
  });
  return {
    ...searchStates(subject, { statesMax, visit: (run) => options.visit(run, false) }),
    leftOut,
  };
}
