import { endState, toTrace } from '../check/counterexample.ts';
import type { Trace, TraceEnd } from '../../traces/trace.ts';
import { Recorder } from '../run/recorder.ts';
import type { Finding } from '../run/finding.ts';
import { Run } from '../run/run.ts';
import { labelled, type LabelledChoice } from '../schedules/labelled.ts';
import { isPreemption } from '../schedules/preemption.ts';
import { RunWatch } from '../viewer/run-watch.ts';
import { type Moves, type Scene, walk } from './walk.ts';

/** A run as far as it went, and what a trace of it does not hold. */
export interface PartialTrace {
  readonly trace: Trace;
  readonly watch: RunWatch;
}

/** What stands in a trace's verdict while nothing is wrong. It is shown, and never written. */
const NOTHING_YET: Finding = {
  rules: [],
  judge: 'explorer',
  message: 'nothing is wrong by now',
  step: null,
  expected: null,
};

/**
 * A run that goes on as somebody chooses, with everything noted. A step more is made in the same
 * run; whoever goes back gets a fresh one. Judges speak at the end of a run, so what is wrong by
 * now comes from who has let another one go on.
 */
export class PartialRun {
  private readonly scene: Scene;
  private made: Moves = [];
  private noting: Noting;

  constructor(scene: Scene) {
    this.scene = scene;
    this.noting = begin(scene);
  }

  /** The run behind these moves. */
  at(moves: Moves): Run {
    const { made } = this;
    const isFurther = made.length <= moves.length && made.every((one, at) => one === moves[at]);
    if (!isFurther) this.noting = begin(this.scene);
    walk(this.noting.run, isFurther ? moves.slice(made.length) : moves);
    this.made = [...moves];
    return this.noting.run;
  }

  traceAt(moves: Moves, finding: Finding | null): PartialTrace {
    const run = this.at(moves);
    const { program, faultId } = this.scene;
    const { recorder, watch, choices, preemptions } = this.noting;
    const end: readonly TraceEnd[] = endState(run.world);
    const noted = { finding: finding ?? NOTHING_YET, recorder, choices, end, preemptions };
    const trace = toTrace({ program, faultId, bounds: '', deciding: null }, run, noted);
    return { trace, watch };
  }
}

interface Noting {
  readonly run: Run;
  readonly recorder: Recorder;
  readonly watch: RunWatch;
  readonly choices: LabelledChoice[];
  preemptions: number;
}

function begin({ program, types, judges }: Scene): Noting {
  const recorder = new Recorder();
  const watch = new RunWatch();
  const choices: LabelledChoice[] = [];
  const run = new Run(program, {
    types,
    judges: [...judges.map((make) => make()), watch, recorder],
    onStart: (world) => recorder.begin(world),
    onStep: (task) => recorder.announce(task),
    onChoice: (world, choice) => {
      choices.push(labelled(world, choice));
      if (isPreemption(world, choice)) noting.preemptions += 1;
    },
  });
  const noting: Noting = { run, recorder, watch, choices, preemptions: 0 };
  run.begin();
  return noting;
}
