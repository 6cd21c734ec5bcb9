import { runUnder } from '../explore/drive.ts';
import { searchNew } from '../explore/tree-search.ts';
import { counted } from '../../traces/report/text.ts';
import type { Finding } from '../run/finding.ts';
import { ProgramSubject } from '../run/program-subject.ts';
import type { Run } from '../run/run.ts';
import { ContinuedStrategy } from '../schedules/continued.ts';
import { RandomStrategy } from '../schedules/random.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import { type Moves, preemptionsOf, type Scene, started, walk } from './walk.ts';

/** Somebody waits for the answer. */
const PREEMPTIONS = 2;
const RUNS_MAX = 3000;
const RANDOM_RUNS = 300;
const STEPS_MAX = 100_000;
/** Random runs have the rest: they reach what few preemptions do not. */
const ORDERLY_STEPS_MAX = 80_000;

/** What a search behind some steps has shown. */
export interface FoundFrom {
  /** The choices of the whole run that fails; null: none was found. */
  readonly choices: readonly number[] | null;
  readonly finding: Finding | null;
  readonly runs: number;
  /** What was searched, in words; never more than that. */
  readonly bounds: string;
}

/** Looks for a run that begins with these steps and breaks something: simple ones first. */
export function findFrom(scene: Scene, moves: Moves): FoundFrom {
  const search = new Search(scene);
  const prefix = choicesOf(scene, moves);
  const already = preemptionsOf(scene, moves);
  const covered: string[] = [];
  search.stepsMax = ORDERLY_STEPS_MAX;
  for (let more = 0; more <= PREEMPTIONS && !search.isOver; more += 1) {
    const tree = new ScheduleTree(already + more, prefix);
    const searched = searchNew(search.runner, tree, RUNS_MAX, search.visit);
    const { isComplete, runs } = searched;
    if (isComplete && !tree.pruned) {
      return search.result(['there is no other way to go on from here']);
    }
    if (isComplete) {
      covered[0] = `all ways to go on with at most ${counted(more, 'more preemption')}`;
      continue;
    }
    covered.push(`${counted(runs, 'run')} of those with ${counted(more, 'more preemption')}`);
    break;
  }
  search.stepsMax = STEPS_MAX;
  let random = 0;
  for (; random < RANDOM_RUNS && !search.isOver; random += 1) {
    search.visit(search.runner(new ContinuedStrategy(prefix, new RandomStrategy(random + 1))));
  }
  covered.push(counted(random, 'random run'));
  if (search.isSpent) covered.push(`stopped after ${counted(STEPS_MAX, 'step')}`);
  return search.result(covered);
}

/** The choices among those moves: what was the only thing to happen was none. */
function choicesOf(scene: Scene, moves: Moves): readonly number[] {
  const run = started(scene);
  walk(run, moves);
  return [...run.choices];
}

class Search {
  private readonly scene: Scene;
  private readonly subject: ProgramSubject;
  private choices: readonly number[] | null = null;
  private finding: Finding | null = null;
  private runs = 0;
  private steps = 0;
  stepsMax = STEPS_MAX;

  constructor(scene: Scene) {
    this.scene = scene;
    const { program, types, judges } = scene;
    this.subject = new ProgramSubject(program, { types, judges });
  }

  get isOver(): boolean {
    return this.choices !== null || this.isSpent;
  }

  get isSpent(): boolean {
    return this.steps >= this.stepsMax;
  }

  readonly runner = (strategy: Strategy): Run => runUnder(this.subject, strategy);

  readonly visit = (run: Run): boolean => {
    this.runs += 1;
    this.steps += run.world.steps;
    const [finding = null] = this.scene.verdict(run);
    if (finding !== null) {
      this.finding = finding;
      this.choices = [...run.choices];
    }
    return !this.isOver;
  };

  result(covered: readonly string[]): FoundFrom {
    const { choices, finding, runs } = this;
    return { choices, finding, runs, bounds: covered.join(', ') };
  }
}
