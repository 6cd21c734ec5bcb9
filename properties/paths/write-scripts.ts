import { INTACT } from '../../impl/stack.ts';
import type { Lifecycle } from '../../model/lifecycle.ts';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import { keep, keptScripts, type KeptScript } from './kept.ts';
import { Score } from './score.ts';
import { withoutIdle } from './script.ts';
import { replay, search, walkOf } from './walk.ts';

/** What the search for one machine may cost. Unit: runs. */
const RUNS_MAX = 600_000;

/** Drawn runs walk much each, so more of them mean fewer scripts. Unit: rounds without news. */
const IDLE_MAX = 3000;

const found = new Map<Lifecycle, readonly KeptScript[]>();
for (const lifecycle of boundedLifecycles()) {
  const walk = walkOf(lifecycle);
  const known = replay(walk, keptScripts(lifecycle), INTACT);
  const score = new Score(walk.ground, RUNS_MAX);
  score.take(known);
  if (!score.isSpent) search(walk, score, IDLE_MAX);
  found.set(lifecycle, withoutIdle(score.scripts));
  const { walked, unwalked, runs } = score;
  process.stdout.write(`${lifecycle.kind}: ${walked.size} walked, ${runs} runs\n`);
  for (const cell of unwalked) process.stdout.write(`  not ${walk.ground.cellName(cell)}\n`);
}
keep(found);
