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
 * Makes the steps once more with everything noted. Judges speak at the end of a run, so that what
 * is wrong by now comes from who has let this one go on: `finding`.
 */
export function partialTrace(scene: Scene, moves: Moves, finding: Finding | null): PartialTrace {
  const { program, types, judges, faultId } = scene;
  const recorder = new Recorder();
  const watch = new RunWatch();
  const choices: LabelledChoice[] = [];
  let preemptions = 0;
  const run = new Run(program, {
    types,
    judges: [...judges.map((make) => make()), watch, recorder],
    onStart: (world) => recorder.begin(world),
    onStep: (task) => recorder.announce(task),
    onChoice: (world, choice) => {
      choices.push(labelled(world, choice));
      if (isPreemption(world, choice)) preemptions += 1;
    },
  }).begin();
  walk(run, moves);
  const end: readonly TraceEnd[] = endState(run.world);
  const noted = { finding: finding ?? NOTHING_YET, recorder, choices, end, preemptions };
  return { trace: toTrace({ program, faultId, bounds: '', deciding: null }, run, noted), watch };
}
