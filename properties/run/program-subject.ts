import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { Subject } from '../explore/subject.ts';
import type { Program } from '../programs/program.ts';
import type { JudgeFactory } from './judge.ts';
import { Run } from './run.ts';

export interface ProgramSubjectOptions {
  readonly types?: StackTypes;
  readonly judges: readonly JudgeFactory[];
  /** See `RunOptions.notes`. Default: yes. */
  readonly notes?: boolean;
  /** See `RunOptions.tracksObservations`. Default: no. */
  readonly tracksObservations?: boolean;
}

/** A program on one stack, with fresh judges for each run. */
export class ProgramSubject implements Subject<Run> {
  private readonly program: Program;
  private readonly options: ProgramSubjectOptions;

  constructor(program: Program, options: ProgramSubjectOptions) {
    this.program = program;
    this.options = options;
  }

  start(): Run {
    const { types = INTACT, notes = true, tracksObservations = false } = this.options;
    const judges = this.options.judges.map((make) => make());
    return new Run(this.program, { types, judges, notes, tracksObservations }).begin();
  }
}
