import { expect, test } from 'vitest';
import { searchTree } from '../explore/tree-search.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import { runOnce } from '../run/explore.ts';
import type { Strategy } from './strategy.ts';
import { PreemptionLevel } from './preemption-levels.ts';
import { ScheduleTree } from './tree.ts';

const BOUND = 3;
/** More than any of them has. Unit: runs. */
const RUNS_MAX = 20_000;

const PROGRAMS = [
  program('signals', {
    setup: 'f = fence.create()',
    tasks: { A: 'fence.signal(f); fence.signal(f)', B: 'fence.signal(f); fence.signal(f)' },
  }),
  program('memory that may be missing', {
    setup: 'x = word.create(0); b = buf.export()',
    tasks: {
      A: 'word.readOnce(x); a = attach.static(b, gpu)',
      B: 'word.readOnce(x); word.readOnce(x)',
    },
    world: { failuresMax: 1 },
  }),
  program('three tasks', {
    setup: 'x = word.create(0)',
    tasks: {
      A: 'word.readOnce(x)',
      B: 'word.readOnce(x); word.readOnce(x)',
      C: 'word.readOnce(x)',
    },
  }),
];

/** The choices of every schedule, in the order in which they are run. */
function schedulesOf(
  tested: Program,
  tree: PreemptionLevel | ScheduleTree,
  isWanted: () => boolean = () => true,
): string[] {
  const found: string[] = [];
  const run = (strategy: Strategy) => runOnce(tested, strategy, { judges: [], notes: false });
  const { isComplete } = searchTree(run, tree, RUNS_MAX, ({ choices }) => {
    if (isWanted()) found.push(choices.join(' '));
    return true;
  });
  expect(isComplete).toBe(true);
  return found;
}

test.each(PROGRAMS.map((tested) => [tested.name, tested] as const))(
  'the levels of %s are its schedules, each once, in the order of a depth-first search',
  (_name, tested) => {
    const seen = new Set<string>();
    let level = PreemptionLevel.first(false);
    for (let bound = 0; ; bound += 1) {
      const tree = new ScheduleTree(bound);
      const expected = schedulesOf(tested, tree, () => tree.isNew);
      const found = schedulesOf(tested, level);
      expect(found).toEqual(expected);
      expect(found.length).toBeGreaterThan(0);
      for (const schedule of found) {
        expect(seen).not.toContain(schedule);
        seen.add(schedule);
      }
      expect(level.pruned).toBe(tree.pruned);
      if (bound === BOUND || !level.pruned) break;
      level = level.next(bound + 1 === BOUND);
    }
    const whole = schedulesOf(tested, new ScheduleTree(BOUND));
    expect([...seen].toSorted()).toEqual(whole.toSorted());
    expect(seen.size).toBeGreaterThan(3);
  },
);
