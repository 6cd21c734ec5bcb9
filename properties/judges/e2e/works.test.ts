import { expect, test } from 'vitest';
import type { CopyJob } from '../../../impl/drm/dma/copy-driver.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import { devices } from '../../faults/hw-gpu/engine.ts';
import '../../programs/operations/index.ts';
import { program } from '../../programs/parse.ts';
import { explore, type Schedules } from '../../run/explore.ts';
import { E2eJudge } from './e2e-judge.ts';

interface Played {
  readonly calls: string;
  readonly setup: string;
  readonly world?: { readonly time?: 'free'; readonly hardwareFaultsMax?: number };
  readonly schedules: Schedules;
  readonly types?: StackTypes;
}

/** The rules that the books say are broken. */
function brokenBy({ calls, setup, world = {}, schedules, types = INTACT }: Played): string[] {
  const rules = new Set<string>();
  explore(program('books', { world, setup, tasks: { A: calls } }), schedules, {
    types,
    judges: [() => new E2eJudge()],
    visit: (run) => {
      for (const finding of run.findings) for (const rule of finding.rules) rules.add(rule);
      return true;
    },
  });
  return [...rules];
}

const FREE = { time: 'free' } as const;
const ENGINE = 'd = dma.create(); a = dma.buffer(d, 1, 8); v = dma.buffer(d, 0, 0)';

/** Where timers may come at any moment, they come while all is well, too. */
test('nobody is to blame when an engine ends between a look at it and its reset', () => {
  const schedules = { kind: 'random', runs: 30, seed: 1 } as const;
  const copy = 'f = dma.copy(d, a, v, 8); w = fence.wait(f)';
  expect(brokenBy({ setup: ENGINE, calls: copy, world: FREE, schedules })).toEqual([]);
  const twice = `${copy}; g = dma.copy(d, a, v, 8); u = fence.wait(g)`;
  expect(brokenBy({ setup: ENGINE, calls: twice, world: FREE, schedules })).toEqual([]);
});

test('a number that was on its way when the engine was reset was never written', () => {
  const setup =
    'g = gfx.create(timeout: 1, isDoorbellSure: true, isQuiet: true); b = gfx.buffer(g)';
  const calls = `gfx.context(g, 0); gfx.copy(g, b, b, 1); f = gfx.submit(g); gfx.plain(g, NOP)
    h = gfx.submit(g); w = fence.wait(h)`;
  const schedules = { kind: 'random', runs: 30, seed: 1 } as const;
  expect(brokenBy({ setup, calls, world: FREE, schedules })).toEqual([]);
});

/** Takes no interrupt; when time is up it looks at the engine, or it does not. */
function deaf(looks: boolean): StackTypes {
  const made = devices(INTACT, ({ CopyDriver }) => ({
    CopyDriver: class extends CopyDriver {
      override *handle(): KernelTask<void> {
        yield* this.hardware.bus.interrupt.mask();
      }

      protected override *take(): KernelTask<CopyJob[]> {
        return looks ? yield* super.take() : [];
      }
    },
  }));
  return { ...INTACT, ...made };
}

test('who does not look before a reset is to blame, where time tells', () => {
  const calls = 'f = dma.copy(d, a, v, 8); w = fence.wait(f)';
  const schedules = { kind: 'random', runs: 5, seed: 1 } as const;
  const blind = brokenBy({ setup: ENGINE, calls, schedules, types: deaf(false) });
  expect(blind).toContain('E2E-009');
  expect(brokenBy({ setup: ENGINE, calls, schedules, types: deaf(true) })).toEqual([]);
});

/** A frame is half drawn when it is shown; the job hangs, or goes on. */
function halfDrawn(draft: string): string {
  return `${draft}; e = pipe.draw(g, b, 2); gfx.sleep(90000); WAIT; f = pipe.commit(d, b, 2)
    w = fence.wait(f); gfx.sleep(3000000); disp.set(d, ENABLE, 0); gfx.sleep(3300000)`;
}

test('of a frame whose job has failed nothing is promised, whoever tells of the error', () => {
  const setup = `g = gfx.create(timeout: 3, isQuiet: true); d = pipe.screen(g); a = pipe.frame(g, d)
    b = pipe.frame(g, d); s = gfx.buffer(g); pipe.paint(d, a, 1); pipe.turnOn(d, a)`;
  const schedules = { kind: 'random', runs: 1, seed: 1 } as const;
  const fails = halfDrawn('gfx.plain(g, HANG)').replace('WAIT', 'u = fence.wait(e)');
  expect(brokenBy({ setup, calls: fails, schedules })).toEqual([]);
  const goesOn = halfDrawn('gfx.await(g, s, 1)').replace('WAIT', 'gfx.sleep(1)');
  const later = `${goesOn}; gfx.store(s, 0, 1); u = fence.wait(e)`;
  expect(brokenBy({ setup, calls: later, schedules })).toContain('E2E-001');
});
