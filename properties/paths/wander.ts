import type { StackTypes } from '../../impl/stack.ts';
import { FORBIDDEN } from '../../model/tabulate.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { Execution, type Candidate } from './execution.ts';
import type { SceneKind } from './scene.ts';
import type { Score } from './score.ts';

const SEED = 1;
/** Decisions of one run. */
const DECISIONS_MAX = 40;
/** How often a decision that may walk something new is preferred. Unit: tenths. */
const PREFERRED = 7;

/**
 * Makes drawn decisions, with a liking for what nobody has walked yet, until so many rounds in a
 * row have walked nothing new.
 */
export function wander(
  score: Score,
  scenes: readonly SceneKind[],
  types: StackTypes,
  idleMax: number,
): void {
  const numbers = new RandomNumbers(SEED);
  const known = scenes.map(() => new Map<string, Candidate>());
  for (let idle = 0; idle < idleMax && !score.isSpent;) {
    const before = score.walked.size;
    for (const [index, scene] of scenes.entries()) {
      const execution = new Execution(score.ground, scene, types);
      go(execution, score, numbers, known[index] ?? new Map());
      score.count(index, execution);
    }
    if (score.findings.size > 0) return;
    idle = score.walked.size > before ? 0 : idle + 1;
  }
}

function go(
  execution: Execution,
  score: Score,
  numbers: RandomNumbers,
  known: Map<string, Candidate>,
): void {
  const { referee, world } = execution;
  for (let count = 0; count < DECISIONS_MAX; count += 1) {
    if (referee.isOut || world.crashed || referee.finding !== null) return;
    const possible = execution
      .candidates(known)
      .filter((one) => canCome(one, referee.state, score, false));
    const wanted = possible.filter((one) => canCome(one, referee.state, score, true));
    const isPreferred = wanted.length > 0 && numbers.below(10) < PREFERRED;
    const from = isPreferred ? wanted : possible;
    const candidate = from[numbers.below(from.length)];
    if (candidate === undefined) return;
    execution.perform(candidate.decision);
  }
}

/** A candidate's first event is allowed here; `isNew`: and nobody has walked it. */
function canCome(
  { begins, isQuiet }: Candidate,
  state: number,
  score: Score,
  isNew: boolean,
): boolean {
  if (!isNew && (isQuiet || begins === null)) return true;
  const { ground, walked } = score;
  const { events, next } = ground.table;
  return events.some(({ type }, event) => {
    const cell = ground.cell(state, event);
    const isWanted = begins?.includes(type) === true && next[cell] !== FORBIDDEN;
    return isWanted && !(isNew && walked.has(cell));
  });
}
