import { expect, test } from 'vitest';
import { LITMUS } from '../../litmus/index.ts';
import type { Litmus } from '../../litmus/litmus.ts';
import { STANDARD_JUDGES } from '../../judges/standard.ts';
import { ProgramSubject } from '../../run/program-subject.ts';
import type { Run } from '../../run/run.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import { CONFLICT, DependencyTable } from './dependency.ts';
import { Path } from './path.ts';
import { performStep } from './perform.ts';
import { SleepSets } from './sleep-sets.ts';
import { kindIn, StepTouches, variableOf } from './step-touches.ts';
import { Variables } from './variables.ts';

// A search that leaves out runs believes what steps say that they touch. So neighbours that say
// that they commute are swapped, and the run must go on and end as it did.

interface Step {
  readonly label: string;
  readonly task: number;
  readonly alternative: number;
  /** What could have been chosen instead. */
  readonly options: string;
  readonly touches: readonly number[];
  readonly isCrash: boolean;
}

interface Played {
  readonly steps: readonly Step[];
  readonly end: string;
  readonly variables: Variables;
}

type Pick = (index: number, run: Run, count: number) => number;

/** Null when the choice that was asked for does not exist. */
function play(tested: Litmus, pick: Pick): Played | null {
  const run = new ProgramSubject(tested.program, { judges: STANDARD_JUDGES }).start();
  const { world } = run;
  const variables = new Variables();
  const touches = new StepTouches(variables, false);
  const steps: Step[] = [];
  world.footprint = touches;
  while (!world.crashed) {
    const count = world.enumerate();
    if (count === 0) break;
    const choice = pick(steps.length, run, count);
    const task = world.choiceTasks[choice];
    if (task === undefined) return null;
    const alternative = world.choiceAlternatives[choice] ?? 0;
    const names = world.choiceTasks.map(
      ({ name }, index) => `${name} ${world.choiceAlternatives[index]}`,
    );
    const label = `${task.name}: ${task.pending?.verb} ${task.pending?.field}`;
    performStep(run, choice, count, touches, variables);
    const list = [...Array(touches.list.length).keys()].map((index) => touches.list.at(index));
    const options = names.toSorted().join(', ');
    const isCrash = world.crashed;
    steps.push({ label, task: task.index, alternative, options, touches: list, isCrash });
  }
  world.footprint = null;
  run.end(false);
  const verdicts = run.findings.map(({ judge, rules }) => `${judge} ${rules.join(' ')}`).toSorted();
  const end = [tested.observe(run), run.outcome, ...verdicts].join(' | ');
  return { steps, end, variables };
}

function commute(variables: Variables, first: Step, second: Step): boolean {
  if (first.task === second.task || second.isCrash) return false;
  const touches = new StepTouches(variables, false);
  touches.begin();
  for (const touch of second.touches) touches.add(variableOf(touch), kindIn(touch));
  const sleep = new SleepSets(new Path(), touches, new DependencyTable(CONFLICT), variables);
  return !first.touches.some((touch) => sleep.dependsOn(touch));
}

/** The run again, with the steps `at` and `at + 1` the other way round; says what differs. */
function swapped(tested: Litmus, { steps, end }: Played, at: number): string | null {
  const order = [...steps];
  order.splice(at, 2, ...order.slice(at, at + 2).toReversed());
  const again = play(tested, (index, { world }) =>
    world.choiceTasks.findIndex(
      (task, choice) =>
        task.index === order[index]?.task &&
        world.choiceAlternatives[choice] === order[index]?.alternative,
    ),
  );
  const what = `${order[at + 1]?.label}, ${order[at]?.label}`;
  if (again === null) return `${what}: afterwards another choice is gone`;
  for (const [index, step] of again.steps.entries()) {
    if (step.label !== order[index]?.label) return `${what}: then ${step.label} is next`;
    const isBetween = index === at + 1;
    if (!isBetween && step.options !== steps[index]?.options) return `${what}: ${step.options}`;
  }
  return again.end === end ? null : `${what}: ${again.end}, and not ${end}`;
}

const SEEDS = 2;
const SWAPS_MAX = 5;

test('steps that say that they commute do so, in random runs of the litmus programs', () => {
  const wrong: string[] = [];
  let pairs = 0;
  for (const tested of LITMUS) {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new RandomNumbers(seed);
      const played = play(tested, (_index, _run, count) => random.below(count));
      if (played === null) throw new Error('a drawn choice exists');
      const { steps, variables } = played;
      const places = steps.flatMap((step, at) => {
        const next = steps[at + 1];
        return next !== undefined && commute(variables, step, next) ? [at] : [];
      });
      for (let swap = 0; swap < SWAPS_MAX && places.length > 0; swap += 1) {
        const [at = 0] = places.splice(random.below(places.length), 1);
        const difference = swapped(tested, played, at);
        if (difference !== null) wrong.push(`${tested.id}: ${difference}`);
        pairs += 1;
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(pairs).toBeGreaterThan(500);
});
