import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { MachineListener } from '../explore/guided/listener.ts';
import type { Subject } from '../explore/subject.ts';
import type { Program } from '../programs/program.ts';
import type { Judge, JudgeFactory } from './judge.ts';
import { Run } from './run.ts';

export interface ProgramSubjectOptions {
  readonly types?: StackTypes;
  readonly judges: readonly JudgeFactory[];
  /** See `RunOptions.notes`. Default: yes. */
  readonly notes?: boolean;
  /** See `RunOptions.tracksObservations`. Default: no. */
  readonly tracksObservations?: boolean;
  /** Hears, from the first judge that follows machines, where they go. */
  readonly machines?: MachineListener;
  /** What else will be said of a run, as far as it is decided: a part of its state. */
  readonly view?: (run: Run) => string;
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
    const { types = INTACT, notes = true, tracksObservations = false, view } = this.options;
    const judges = this.options.judges.map((make) => make());
    this.listen(judges);
    const options = { types, judges, notes, tracksObservations };
    return new Run(this.program, view === undefined ? options : { ...options, view }).begin();
  }

  private listen(judges: readonly Judge[]): void {
    const { machines } = this.options;
    if (machines === undefined) return;
    const judge = judges.find((one) => one.tellMachines !== undefined);
    if (judge === undefined) throw new Error('coverage needs a judge that follows machines');
    machines.begin();
    judge.tellMachines?.(machines);
  }
}
