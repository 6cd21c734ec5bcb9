import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { Lifecycle } from '../../model/lifecycle.ts';
import { modelPaths } from '../../model/paths.ts';
import { cachedTable } from '../../model/table-cache.ts';
import { Execution } from './execution.ts';
import { Ground } from './referee.ts';
import type { SceneKind } from './scene.ts';
import { scenesOf } from './scenes.ts';
import { Score } from './score.ts';
import { play, type Script } from './script.ts';
import { Search } from './search.ts';
import { wander } from './wander.ts';

/** The paths of one machine, and where they are walked. */
export interface Walk {
  readonly lifecycle: Lifecycle;
  readonly ground: Ground;
  readonly scenes: readonly SceneKind[];
}

export function walkOf(lifecycle: Lifecycle): Walk {
  const table = cachedTable(lifecycle);
  const ground = new Ground(table, modelPaths(table));
  return { lifecycle, ground, scenes: scenesOf(lifecycle) };
}

/** Runs scripts that are known to walk transitions. */
export function replay(
  { ground, scenes }: Walk,
  scripts: readonly Pick<Script, 'scene' | 'decisions'>[],
  types: StackTypes,
): Score {
  const score = new Score(ground, Number.POSITIVE_INFINITY);
  for (const { scene: number, decisions } of scripts) {
    const scene = scenes[number];
    if (scene === undefined) continue;
    const execution = new Execution(ground, scene, types);
    play(execution, decisions);
    score.count(number, execution);
  }
  return score;
}

/**
 * Looks for runs that walk what is left. Drawn runs come first. Then paths are followed, event by
 * event, by continuing whatever run has come to the path's state. What cannot be reached like
 * that (a late event of a task that began long before) is looked for by detours: runs that reach
 * the same transition on another way through the table.
 */
export function search({ ground, scenes }: Walk, score: Score, idleMax: number): void {
  const paths = ground.paths.toSorted((a, b) => a.steps.length - b.steps.length);
  wander(score, scenes, INTACT, idleMax);
  const searches = scenes.map((scene, number) => new Search(score, number, scene, INTACT));
  const liveMax = Math.max(...scenes.map((scene) => scene.liveMax));
  for (let live = 0; live <= liveMax && !score.isSpent; live += 1) {
    for (const one of searches) one.widen(live);
    for (const path of paths) for (const one of searches) one.follow(path);
    for (const one of searches) around(one, score);
  }
  for (const one of searches) {
    for (const cell of score.unwalked) if (!score.walked.has(cell)) one.approach(cell);
  }
}

function around(one: Search, score: Score): void {
  one.prepare();
  for (const cell of score.unwalked) {
    if (!score.walked.has(cell)) one.detour(cell);
    if (!score.walked.has(cell) && one.canStart(cell)) one.approach(cell);
  }
}
