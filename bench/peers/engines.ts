import { runUnder } from '../../properties/explore/drive.ts';
import { searchStates } from '../../properties/explore/stateful/search.ts';
import type { Subject } from '../../properties/explore/subject.ts';
import { RandomStrategy } from '../../properties/schedules/random.ts';
import type { BareExecution, BareOptions } from './bare-execution.ts';
import type { Figures } from './peer.ts';
import { measureRuns } from './sampling.ts';

/** How the product runs a workload: what it returns is what the comparison reads. */
interface Engine {
  /** What worlds have to note for it. */
  readonly needs: BareOptions;
  readonly run: (subject: Subject<BareExecution>) => Figures | Promise<Figures>;
}

const RUNS_PER_BATCH = 1000;

/** Random schedules; the question at the end of each run is asked, too. */
function random(subject: Subject<BareExecution>): Promise<Figures> {
  return measureRuns((runs, seed) => {
    let steps = 0;
    for (let nth = 0; nth < runs; nth += 1) {
      const { failure, world } = runUnder(subject, new RandomStrategy(seed + nth));
      if (failure !== null) throw new Error(failure);
      steps += world.steps;
    }
    return steps;
  }, RUNS_PER_BATCH);
}

/** Every state, met once. The product's states are those with a choice, and final ones. */
function states(subject: Subject<BareExecution>): Figures {
  const found = searchStates(subject, {
    statesMax: Number.POSITIVE_INFINITY,
    visit: ({ failure }) => {
      if (failure !== null) throw new Error(failure);
      return true;
    },
  });
  if (!found.isComplete) throw new Error('the search has not come to its end');
  return { mode: 'search', states: found.states, edges: found.edges };
}

/** By name, as peers pass them to a process of their own. */
const ENGINES: Readonly<Record<string, Engine>> = {
  random: { needs: { tracksObservations: false }, run: random },
  states: { needs: { tracksObservations: true }, run: states },
};

/** Runs one engine on one subject and prints a line of JSON. */
export async function runEngine(
  name: string,
  subjectWith: (options: BareOptions) => Subject<BareExecution>,
): Promise<void> {
  const engine = ENGINES[name];
  if (engine === undefined) throw new RangeError(`there is no engine ${name}`);
  process.stdout.write(`${JSON.stringify(await engine.run(subjectWith(engine.needs)))}\n`);
}
