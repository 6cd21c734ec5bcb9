import '../../programs/operations/index.ts';
import { expect, test } from 'vitest';
import { CopyDriver } from '../../../impl/drm/dma/copy-driver.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { World } from '../../../impl/kernel/world.ts';
import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import { resultNamed } from '../../check/results.ts';
import { STANDARD_JUDGES } from '../../judges/standard.ts';
import { CopyBench } from '../../programs/copy-bench.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { Run } from '../../run/run.ts';

/** Two copies, of which the first one ends when its time-out comes. */
function two(options: string): Program {
  return program('two', {
    world: { time: 'free' },
    setup: `d = dma.create(${options}); a = dma.buffer(d, 1, 8); b = dma.buffer(d)
      c = dma.buffer(d)`,
    tasks: {
      A: `f = dma.copy(d, a, b, 8); v = fence.wait(f); h = dma.copy(d, a, c, 8); w = fence.wait(h)
        s = fence.getStatus(f); t = fence.getStatus(h); y = dma.look(d, c, 7)`,
    },
  });
}

/** How the second copy ends, where the engine is slow after the end of each one. */
interface Second {
  readonly status: unknown;
  readonly lastLine: unknown;
  readonly rules: readonly string[];
}

function second(types: StackTypes, options = ''): Second {
  const judges = STANDARD_JUDGES.map((create) => create());
  const run = new Run(two(options), { types, judges });
  const choose = ({ choiceTasks }: World, count: number): number => {
    const bench = run.environment.find('d', CopyBench);
    const isDone = bench.hardware.engine.abstract().state === 'done';
    const tasks = choiceTasks.slice(0, count);
    const other = tasks.findIndex(({ name }) => name !== 'dma');
    const engine = tasks.findIndex(({ name }) => name.startsWith('dma'));
    // What a copy does comes before everything, and what it tells comes after everything.
    return Math.max(0, isDone ? other : engine);
  };
  run.execute({ choose });
  expect(run.isOver).toBe(true);
  expect(resultNamed(run, 's')).toBe(1);
  const rules = run.findings.flatMap((finding) => finding.rules);
  return { status: resultNamed(run, 't'), lastLine: resultNamed(run, 'y'), rules };
}

test.each(['', 'isRelayed: true'])(
  'an engine that is still at the end of a copy is made to rest before the next one (%s)',
  (options) => {
    const { lastLine, ...others } = second(INTACT, options);
    expect(others).toEqual({ status: 1, rules: [] });
    expect(lastLine).toMatch(/ f1 l7$/);
  },
);

test('without that, the end of one copy is taken for that of the next', () => {
  class Hasty extends CopyDriver {
    protected override *awaitIdle(): KernelTask<boolean> {
      yield* super.awaitIdle();
      return true;
    }
  }
  const { devices } = INTACT;
  const types = { ...INTACT, devices: { ...devices, CopyDriver: Hasty } };
  expect(second(types)).toEqual({ status: 1, lastLine: 'ZERO', rules: ['E2E-004'] });
});
